import { formatLatency } from '../../format/duration';
import { useI18n } from '../../i18n/context';
import { ratings } from '../../format/rating';
import type { Step } from '../../steps/fold';
import { VitalBadge } from '../../steps/VitalBadge';
import { hasFailed } from './select';

/** What was measured on a page, in one line: how good the worst vital is and how many requests failed. The rest on demand. */
export function Measures({ step }: { step: Step }) {
  const { t, locale } = useI18n();
  const { vitals, requests } = step;
  if (vitals.length === 0 && requests.length === 0) return null;
  const worst = ratings.findLast((rating) => vitals.some((vital) => vital.rating === rating));
  const failed = requests.filter((one) => hasFailed(one.props['status'])).length;
  return (
    <details className="step-measures" data-testid="step-measures">
      <summary>
        <span>{t('journey.measures')}</span>
        {worst && <span className={`badge rating-${worst}`}>{t(`quality.${worst}`)}</span>}
        {vitals.length > 0 && <span className="quiet">{t('journey.measures.vitals', { count: vitals.length })}</span>}
        {requests.length > 0 && <span className="quiet">{t('journey.measures.requests', { count: requests.length })}</span>}
        {failed > 0 && <span className="badge rating-poor">{t('journey.measures.failed', { count: failed })}</span>}
      </summary>
      {vitals.length > 0 && (
        <p className="step-vitals">
          {vitals.map((vital) => (
            <VitalBadge key={vital.name} name={vital.name} value={vital.value ?? null} rating={vital.rating} />
          ))}
        </p>
      )}
      {requests.length > 0 && (
        <ul className="step-requests">
          {requests.map((one) => (
            <li key={one.event_id}>
              <span className="mono">{one.props['url'] || one.name || one.target}</span>
              {one.props['status'] && <b className={hasFailed(one.props['status']) ? 'is-poor' : 'quiet'}>{one.props['status']}</b>}
              {one.duration_ms != null && <span className="quiet">{formatLatency(one.duration_ms, locale)}</span>}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
