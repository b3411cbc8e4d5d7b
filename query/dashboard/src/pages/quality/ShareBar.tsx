import { formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { ratings } from '../../format/rating';

interface ShareBarProps {
  good: number;
  middle: number;
  poor: number;
  /** Show the shares as text under the bar. */
  labelled?: boolean;
}

/** Shares of good, middling and poor as one bar, told in words as well. */
export function ShareBar({ good, middle, poor, labelled = false }: ShareBarProps) {
  const { t, locale } = useI18n();
  const words = t('quality.split', {
    good: formatRate(good, locale),
    middle: formatRate(middle, locale),
    poor: formatRate(poor, locale),
  });
  const shares = { good, needs_improvement: middle, poor };
  const parts = ratings.map((rating) => ({ rating, share: shares[rating] }));
  return (
    <div className="share">
      <div className="share-bar" role="img" aria-label={words} title={words}>
        {parts.map((part) => (
          <span key={part.rating} className={`share-${part.rating}`} style={{ width: `${part.share * 100}%` }} />
        ))}
      </div>
      {labelled && (
        <p className="share-words quiet" aria-hidden="true">
          {parts.map((part) => (
            <span key={part.rating} className={`rating-text rating-${part.rating}`}>
              {formatRate(part.share, locale)} {t(`quality.${part.rating}`)}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
