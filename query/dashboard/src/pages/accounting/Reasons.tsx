import type { RefusalReason } from '../../api/types';
import { formatNumber } from '../../format/number';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';

/** Why events were refused, each with one of the payloads it concerns. */
export function Reasons({ reasons }: { reasons: readonly RefusalReason[] }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  if (reasons.length === 0) return <p className="list-empty">{t('accounting.reasons.empty')}</p>;
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason.reason}>
          <div className="reason-head">
            <b>{label('reason', reason.reason)}</b>
            <span className="reason-count">{formatNumber(reason.count, locale)}</span>
            <span className="quiet small">
              <span className="mono">{reason.reason}</span> · {t('accounting.last')}{' '}
              <time dateTime={reason.last_at}>{formatShort(reason.last_at, locale, timeZone)}</time>
            </span>
          </div>
          {reason.example !== '' && (
            <details>
              <summary>{t('accounting.example')}</summary>
              <pre className="snippet" tabIndex={0}><code>{reason.example}</code></pre>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
