import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { firstBy } from './figures';
import { placeOf } from './question';
import type { PartProps } from './useTouchpoints';
import { useWords } from './useWords';

/** What is found, in sentences: where most are, where most get lost, and where they wait longest. */
export function Findings({ data, stale, touchpoints }: PartProps) {
  const { t } = useI18n();
  const { choices } = touchpoints;
  const words = useWords(choices);
  const [largest] = data.cells;
  const lost = firstBy(data.cells, 'lost_rank');
  const wait = firstBy(data.cells, 'wait_rank');
  return (
    <Card className="findings" stale={stale}>
      {largest && (
        <p className="finding" data-testid="touchpoints-finding">
          {t('touchpoints.found', { who: words.who(data.people), events: data.events, place: words.placeName(placeOf(largest)), share: words.rate(largest.people / data.people) })}
        </p>
      )}
      {lost && lost.lost > 0 && (
        <p data-testid="touchpoints-lost">
          {t('touchpoints.found.lost', { place: words.placeName(placeOf(lost)), share: words.rate(lost.lost_share), lost: lost.lost, count: lost.moved + lost.lost, days: words.days })}
        </p>
      )}
      {wait && <p data-testid="touchpoints-wait">{t('touchpoints.found.wait', { place: words.placeName(placeOf(wait)), wait: words.duration(wait.wait.median_ms), count: wait.moved })}</p>}
      {!lost && !wait && <p className="quiet small">{t('touchpoints.found.few', { count: data.min_stays })}</p>}
    </Card>
  );
}
