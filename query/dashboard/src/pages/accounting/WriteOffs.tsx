import type { WriteOff } from '../../api/types';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';

/** What an operator has given up, each time with why. */
export function WriteOffs({ writeOffs }: { writeOffs: readonly WriteOff[] }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  return (
    <ul className="reasons">
      {writeOffs.map((one) => (
        <li key={one.written_at} data-testid="write-off">
          <div className="reason-head">
            <b>{one.note}</b>
            <span className="quiet small">
              <time dateTime={one.written_at}>{formatShort(one.written_at, locale, timeZone)}</time>
              {one.missing > 0 && <> · {t('accounting.writeOffs.missing', { count: one.missing })}</>}
              {one.surplus > 0 && <> · {t('accounting.writeOffs.surplus', { count: one.surplus })}</>}
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
