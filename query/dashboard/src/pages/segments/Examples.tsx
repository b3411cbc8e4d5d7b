import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { changes } from '../../api/changes';
import type { Segment } from '../../api/types';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { builderPath } from '../../segments/link';
import { segmentError } from '../../segments/problem';
import { tell } from '../../segments/sentence';
import { useListener } from '../../segments/useListener';
import { useSite } from '../../state/site';
import { away_days, examples, recent, recentOf, without, type Example } from './proposals';

/** Segments to begin with. */
export function Examples({ segments }: { segments: readonly Segment[] }) {
  return (
    <ul className="segment-examples" data-testid="segment-examples">
      {examples.map((example) => <ExampleCard key={example.id} example={example} segments={segments} />)}
    </ul>
  );
}

function ExampleCard({ example, segments }: { example: Example; segments: readonly Segment[] }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const known = recentOf(segments);
  const needsOther = example.id === 'away';
  const otherName = t('segments.recent', { count: away_days });
  const listener = useListener([{ segment: 'recent', name: known?.name ?? otherName }]);
  const using = useMutation({
    mutationFn: async () => {
      const whole = needsOther ? without(example, known?.segment ?? (await changes.addSegment(site, recent(otherName))).segment) : example;
      await navigate(builderPath(site, { ...whole, name: t(`segments.example.${example.id}`) }));
    },
  });
  const problem = segmentError(using.error);
  const { condition, days } = needsOther ? without(example, 'recent') : example;
  return (
    <li className="card segment-example">
      <h2>{t(`segments.example.${example.id}`)}</h2>
      <p className="quiet">{tell(condition, days, listener)}</p>
      {needsOther && !known && <p className="quiet small">{t('segments.example.needs', { name: otherName })}</p>}
      {problem && <p className="form-error small" role="alert">{problemText(problem, i18n)}</p>}
      <button type="button" className="button" disabled={using.isPending} onClick={() => using.mutate()} aria-label={`${t('segments.example.use')}: ${t(`segments.example.${example.id}`)}`}>
        {t('segments.example.use')}
      </button>
    </li>
  );
}
