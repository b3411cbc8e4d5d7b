import type { CollectorReport } from '../../api/types';
import { formatAgo } from '../../format/duration';
import { formatBytes } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useNow } from '../../state/useNow';

/** The collectors and what each still holds. */
export function Collectors({ collectors }: { collectors: readonly CollectorReport[] }) {
  const { t, locale } = useI18n();
  const now = useNow(5_000);
  if (collectors.length === 0) return <p className="list-empty">{t('accounting.collectors.empty')}</p>;
  return (
    <ul className="collectors">
      {collectors.map((one) => (
        <li key={one.collector} data-testid="collector-row">
          <b className="mono">{one.collector}</b>
          <span className="quiet small">
            {[
              t('accounting.collector.reported', { when: formatAgo(one.reported_at, now, locale) }),
              t('accounting.collector.pending', { count: one.pending_events }),
              t('accounting.collector.spool', { size: formatBytes(one.spool_bytes, locale) }),
              one.oldest_pending_at ? t('accounting.collector.oldest', { when: formatAgo(one.oldest_pending_at, now, locale) }) : '',
            ].filter(Boolean).join(' · ')}
          </span>
          {!one.current && <span className="collector-silent">{t('accounting.collector.silent')}</span>}
          {one.quarantined_segments > 0 && (
            <span className="form-error">{t('accounting.collector.quarantined', { count: one.quarantined_segments })}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
