import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { likely } from './difference-bar';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

/** What is found, in sentences: the most frequent way, how many convert, and what comes with that most. */
export function Findings({ data, stale, journeys }: PartProps) {
  const { t } = useI18n();
  const words = useWords(data, journeys);
  const { all, variants, separation } = data;
  const [first] = variants;
  const strongest = separation.differences.find((one) => likely(one) && one.difference > 0);
  return (
    <Card className="findings" stale={stale}>
      <p className="finding" data-testid="journeys-finding">
        {t(words.isBought ? 'journeys.found.bought' : 'journeys.found.converted', { who: words.who(all.count), share: words.rate(all.conversion_rate), converted: all.converted })}
      </p>
      {first && (
        <p data-testid="journeys-first">
          {t('journeys.found.first', { way: first.nodes.length === 0 ? t('journeys.atOnce') : first.nodes.map(words.name).join(' → ') + (first.is_cut ? ' → …' : ''), share: words.rate(first.share) })}
        </p>
      )}
      {strongest && (
        <p data-testid="journeys-strongest">
          {t('journeys.found.strongest', { name: words.partName(strongest), converts: words.converts, share: words.rate(strongest.converted_share), others: words.rate(strongest.not_converted_share) })}
        </p>
      )}
    </Card>
  );
}
