import { useCallback, useMemo } from 'react';
import type { AccountingHour } from '../../api/types';
import { Chart } from '../../charts/Chart';
import type { Palette } from '../../charts/palette';
import { stackOption } from '../../charts/stackOption';
import { formatCompact, formatNumber } from '../../format/number';
import { formatBucket, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { countBars, type CountBar } from './hour-bars';

/** The newest are what an operator looks for. */
const table_rows_max = 200;

/** What arrived in each hour and what became of it: a picture, and the numbers on demand. */
export function Hours({ hours }: { hours: readonly AccountingHour[] }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const bars = useMemo(() => countBars(hours), [hours]);
  const barName = useCallback(
    (bar: CountBar) => (bar.wholeDay ? formatBucket(bar.start, 'day', locale, timeZone) : formatShort(bar.start, locale, timeZone)),
    [locale, timeZone],
  );
  const option = useCallback(
    (palette: Palette) =>
      stackOption(
        bars.map(barName),
        [
          { name: t('accounting.stored'), colour: palette.accent, values: bars.map((one) => one.stored) },
          { name: t('accounting.duplicate'), colour: palette.previous, values: bars.map((one) => one.duplicate) },
          { name: t('accounting.pendingEvents'), colour: palette.middle, values: bars.map((one) => one.pending) },
          { name: t('accounting.rejected'), colour: palette.poor, values: bars.map((one) => one.rejected) },
        ],
        (value) => formatCompact(value, locale),
        palette,
      ),
    [bars, barName, locale, t],
  );
  if (hours.length === 0) return <p className="list-empty">{t('accounting.hours.empty')}</p>;
  const isWrittenOff = bars.some((bar) => (bar.written_off ?? 0) !== 0);
  const columns = ['received', 'accepted', 'rejected', 'stored', 'duplicate'] as const;
  return (
    <>
      <Chart option={option} summary={t('accounting.hours')} height={200} />
      <details className="chart-table">
        <summary>{t('overview.chart.table')}</summary>
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('accounting.hours')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('accounting.hour')}</th>
                {columns.map((column) => <th key={column} scope="col" className="number">{t(`accounting.${column}`)}</th>)}
                <th scope="col" className="number">{t('accounting.pendingEvents')}</th>
                <th scope="col" className="number">{t('accounting.gapEvents')}</th>
                {isWrittenOff && <th scope="col" className="number">{t('accounting.written_off')}</th>}
              </tr>
            </thead>
            <tbody>
              {[...bars].reverse().slice(0, table_rows_max).map((hour) => (
                <tr key={hour.start} className={hour.gap === 0 ? '' : 'has-gap'}>
                  <th scope="row">{barName(hour)}</th>
                  {columns.map((column) => <td key={column} className="number">{formatNumber(hour[column], locale)}</td>)}
                  <td className="number">{formatNumber(hour.pending, locale)}</td>
                  <td className="number">{formatNumber(hour.gap, locale)}</td>
                  {isWrittenOff && <td className="number">{formatNumber(hour.written_off ?? 0, locale)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
