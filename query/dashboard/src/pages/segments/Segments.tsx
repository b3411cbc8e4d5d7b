import { Route, Routes } from 'react-router';
import { EditSegment, NewSegment } from './Builder';
import { SegmentList } from './SegmentList';
import { SegmentPage } from './SegmentPage';
import './segments.css';

/** People who have something in common: all such segments, one of them, and how one is put together. */
export default function Segments() {
  return (
    <Routes>
      <Route index element={<SegmentList />} />
      <Route path="new" element={<NewSegment />} />
      <Route path=":segment" element={<SegmentPage />} />
      <Route path=":segment/edit" element={<EditSegment />} />
    </Routes>
  );
}
