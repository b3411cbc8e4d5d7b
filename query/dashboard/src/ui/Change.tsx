import { formatChange } from '../format/number';
import { useI18n } from '../i18n/context';
import { Icon } from './Icon';

/** A relative change with its direction in words for those who do not see the arrow and colour. */
export function Change({ change, risesWell = true }: { change: number | null; risesWell?: boolean }) {
  const { t, locale } = useI18n();
  if (change === null) return null;
  if (Math.abs(change) < 0.0005) {
    return <span className="change"><span aria-hidden="true">=</span><span className="sr-only">{t('change.same')}</span></span>;
  }
  const up = change > 0;
  const size = formatChange(Math.abs(change), locale).replace('+', '');
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
