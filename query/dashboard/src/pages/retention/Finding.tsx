import type { Cohort } from '../../api/types';
import { useEventName } from '../../events/useEventName';
import { formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { meanOf } from './cohorts';
import type { RetentionState } from './useRetention';

interface FindingProps {
  rows: readonly Cohort[];
  stale: boolean;
  retention: RetentionState;
}

/** What is found, in a sentence. */
export function Finding({ rows, stale, retention }: FindingProps) {
  const { t, locale } = useI18n();
  const eventName = useEventName();
  const { first, again, stretch, mode, members } = retention.choices;
  const mean = meanOf(rows, 1);
  if (mean.share === null) return <Card stale={stale}><p data-testid="retention-finding">{t('retention.found.none')}</p></Card>;
  const said = {
    who: t(`counted.${members}`, { count: mean.people }),
    count: mean.again,
    share: formatRate(mean.share, locale),
    within: t(`retention.within.${stretch}`),
    after: t(`retention.after.${mode}.${stretch}`),
  };
  const nameOf = (event: typeof first) => (event ? eventName(event) : t('retention.any'));
  return (
    <Card className="findings" stale={stale}>
      <p className="finding" data-testid="retention-finding">
        {first || again ? t('retention.found.events', { ...said, first: nameOf(first), again: nameOf(again) }) : t('retention.found', said)}
      </p>
      <p className="quiet small">{t('retention.found.based', { count: mean.rows })}</p>
    </Card>
  );
}
