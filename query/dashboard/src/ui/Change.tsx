import type { MetricChange } from '../format/metric';
import { formatChange, formatNumber } from '../format/number';
import { useI18n } from '../i18n/context';
import { Icon } from './Icon';

/** A change with its direction in words for those who do not see the arrow and colour. */
export function Change({ change, risesWell = true }: { change: MetricChange | null; risesWell?: boolean }) {
  const { t, locale } = useI18n();
  if (change === null) return null;
  if (Math.abs(change.size) < 0.0005) {
    return <span className="change"><span aria-hidden="true">=</span><span className="sr-only">{t('change.same')}</span></span>;
  }
  const up = change.size > 0;
  const size =
    change.unit === 'points'
      ? t('change.points', { value: formatNumber(Math.abs(change.size) * 100, locale, 1) })
      : formatChange(Math.abs(change.size), locale).replace('+', '');
  return (
    <span className={up === risesWell ? 'change change-good' : 'change change-bad'}>
      <span aria-hidden="true">
        <Icon name={up ? 'up' : 'down'} size={14} />
        {size}
      </span>
      <span className="sr-only">{up ? t('change.up', { change: size }) : t('change.down', { change: size })}</span>
    </span>
  );
}
