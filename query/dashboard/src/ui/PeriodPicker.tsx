import { useState, type FormEvent } from 'react';
import { useI18n } from '../i18n/context';
import { isDate, periodNames, type Period } from '../state/period';
import { useSite } from '../state/site';
import { usePeriod } from '../state/useAddress';
import { Popover } from './Popover';

/** Choice of the period, kept in the address; `comparable` adds the comparison with the one before. */
export function PeriodPicker({ comparable = false }: { comparable?: boolean }) {
  const { t } = useI18n();
  const { timezone } = useSite();
  const { period, resolved, setPeriod } = usePeriod(timezone);
  const fixed = periodNames.filter((name) => name !== 'custom');
  return (
    <div className="period">
      <div className="segments" role="group" aria-label={t('period.label')}>
        {fixed.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={period.name === name}
            onClick={() => setPeriod({ name, compare: period.compare })}
          >
            {t(`period.${name}`)}
          </button>
        ))}
      </div>
      <div className={period.name === 'custom' ? 'period-custom is-active' : 'period-custom'}>
        <Popover icon="calendar" label={t('period.custom')} title={t('period.label')}>
          {(close) => (
            <CustomDates
              from={resolved.from}
              to={resolved.to}
              apply={(from, to) => {
                setPeriod({ name: 'custom', from, to, compare: period.compare });
                close();
              }}
            />
          )}
        </Popover>
      </div>
      {comparable && <CompareSwitch period={period} setPeriod={setPeriod} />}
    </div>
  );
}

function CompareSwitch({ period, setPeriod }: { period: Period; setPeriod: (period: Period) => void }) {
  const { t } = useI18n();
  return (
    <label className="check" title={t('period.compare')}>
      <input
        type="checkbox"
        checked={period.compare}
        onChange={(event) => setPeriod({ ...period, compare: event.target.checked })}
      />
      <span aria-hidden="true">{t('period.compare.short')}</span>
      <span className="sr-only">{t('period.compare')}</span>
    </label>
  );
}

function CustomDates({ from, to, apply }: { from: string; to: string; apply: (from: string, to: string) => void }) {
  const { t } = useI18n();
  const [dates, setDates] = useState({ from, to });
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isDate(dates.from) || !isDate(dates.to) || dates.from > dates.to) return setWrong(true);
    apply(dates.from, dates.to);
  };
  return (
    <form className="form-stack" onSubmit={submit} noValidate>
      <label>
        {t('period.from')}
        <input type="date" value={dates.from} onChange={(event) => setDates({ ...dates, from: event.target.value })} />
      </label>
      <label>
        {t('period.to')}
        <input type="date" value={dates.to} onChange={(event) => setDates({ ...dates, to: event.target.value })} />
      </label>
      {wrong && <p className="form-error" role="alert">{t('period.order')}</p>}
      <button type="submit" className="button">{t('period.apply')}</button>
    </form>
  );
}
