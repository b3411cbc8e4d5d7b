import { formatLatency } from '../format/duration';
import { formatNumber, missing } from '../format/number';
import { ratingOf, vitalNames } from '../format/rating';
import { useI18n } from '../i18n/context';

/** One measured vital of one page view, with the colour and the word of its rating. */
export function VitalBadge({ name, value, rating }: { name: string; value: number | null; rating: string }) {
  const { t, locale } = useI18n();
  const known = vitalNames.find((one) => one === name);
  const rated = ratingOf(rating);
  const word = rated ? t(`quality.${rated}`) : t('quality.none');
  return (
    <span className={`badge rating-${rated ?? 'none'}`} title={`${known ? t(`quality.name.${known}`) : name}: ${word}`}>
      {name} {value === null ? missing : name === 'CLS' ? formatNumber(value, locale, 3) : formatLatency(value, locale)}
      <span className="sr-only"> {word}</span>
    </span>
  );
}
