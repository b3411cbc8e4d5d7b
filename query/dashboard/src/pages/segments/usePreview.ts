import { useEffect, useState } from 'react';
import { questions } from '../../api/questions';
import type { SegmentPreview } from '../../api/types';
import type { Condition } from '../../api/types';
import { useAnswer, type Answer } from '../../api/useAnswer';
import { formatCondition, parseCondition } from '../../segments/text';
import { useSite } from '../../state/site';

/** Long enough not to ask for what is in the middle of being changed. */
const pause_ms = 400;

/** For how many people a condition holds, a moment after it was changed; what was asked before is given up. */
export function usePreview(condition: Condition, days: number): Answer<SegmentPreview> {
  const { site } = useSite();
  const text = formatCondition(condition);
  const [settled, setSettled] = useState({ text, days });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ text, days }), pause_ms);
    return () => clearTimeout(timer);
  }, [text, days]);
  const answer = useAnswer(questions.segmentPreview(site, { condition: parseCondition(settled.text) ?? condition, days: settled.days }));
  const isBehind = settled.text !== text || settled.days !== days;
  return { ...answer, error: isBehind ? undefined : answer.error, stale: answer.stale || (isBehind && answer.data !== undefined) };
}
