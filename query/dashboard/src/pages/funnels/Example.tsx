import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import type { ChosenEvent } from '../../events/event';
import { useEventName } from '../../events/useEventName';
import { numeric } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { usePeriod } from '../../state/useAddress';
import { EmptyState, Skeleton } from '../../ui/states';
import { exampleOf } from './proposal';

/** How to begin, and a funnel of what there is in the data. */
export function Example({ use }: { use: (steps: readonly ChosenEvent[]) => void }) {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const eventName = useEventName();
  const kinds = useAnswer(questions.stats(site, { from: resolved.from, to: resolved.to, metrics: 'events', group_by: 'kind', limit: 200 }));
  if (!kinds.data && !kinds.error) return <Skeleton lines={3} />;
  const events = new Map((kinds.data?.rows ?? []).map((row) => [row.dimensions['kind'] ?? '', numeric(row.metrics['events']) ?? 0]));
  const example = exampleOf(events);
  return (
    <EmptyState title={t('funnels.new')} hint={t('funnels.new.hint')}>
      {example && (
        <>
          <p className="funnel-example">{t('funnels.example', { steps: example.map(eventName).join(' → ') })}</p>
          <button type="button" className="button button-main" onClick={() => use(example)}>{t('funnels.example.use')}</button>
        </>
      )}
    </EmptyState>
  );
}
