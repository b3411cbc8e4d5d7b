import { questions } from '../../api/questions';
import type { Segment } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { sinceMade } from '../../segments/history';
import { useSite } from '../../state/site';

const width = 110;
const height = 28;
/** So that a line at the edge is drawn as a whole. */
const edge = 3;

/** How many people a segment had in the last month, as a line in a table. */
export function SegmentTrend({ segment: { segment, name, created_at: made } }: { segment: Segment }) {
  const { t, locale } = useI18n();
  const { site, timezone } = useSite();
  const { data } = useAnswer(questions.segmentHistory(site, segment, {}));
  const counts = sinceMade(data?.items ?? [], made, timezone).map(({ people }) => people);
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined || counts.length < 2) return null;
  const summary = t('segments.trend.summary', { name, from: formatNumber(first, locale), to: formatNumber(last, locale) });
  return (
    <svg className="segment-trend" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={summary}>
      <title>{summary}</title>
      <polyline points={pointsOf(counts).join(' ')} />
    </svg>
  );
}

/** Where the line goes; one that never changes lies in the middle. */
function pointsOf(counts: readonly number[]): string[] {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const inner = height - 2 * edge;
  return counts.map((count, place) => {
    const share = most === least ? 0.5 : (count - least) / (most - least);
    return `${(edge + (place / (counts.length - 1)) * (width - 2 * edge)).toFixed(1)},${(edge + (1 - share) * inner).toFixed(1)}`;
  });
}
