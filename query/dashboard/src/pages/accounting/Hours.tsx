import { useCallback, useMemo } from 'react';
import type { AccountingHour } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import type { Palette } from '../../charts/palette';
import { stackOption } from '../../charts/stackOption';
import { formatCompact, formatNumber } from '../../format/number';
import { formatBucket, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { DataTable, type Column } from '../../ui/DataTable';
import { countBars, type CountBar } from './hour-bars';

/** The newest are what an operator looks for. */
const table_rows_max = 200;
const counts = ['received', 'accepted', 'rejected', 'stored', 'duplicate'] as const;

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
  const isTooMany = bars.some((bar) => bar.tooMany > 0);
  const isWrittenOff = bars.some((bar) => (bar.written_off ?? 0) !== 0);
  const column = (id: string, head: string, value: (bar: CountBar) => number): Column<CountBar> => ({
    id,
    head,
    number: true,
    cell: (bar) => formatNumber(value(bar), locale),
  });
  const columns: [Column<CountBar>, ...Column<CountBar>[]] = [
    { id: 'hour', head: t('accounting.hour'), cell: barName },
    ...counts.map((name) => column(name, t(`accounting.${name}`), (bar) => bar[name])),
    column('pending', t('accounting.pendingEvents'), (bar) => bar.pending),
    column('missing', t('accounting.missing'), (bar) => bar.missing),
    ...(isTooMany ? [column('too_many', t('accounting.too_many'), (bar) => bar.tooMany)] : []),
    ...(isWrittenOff ? [column('written_off', t('accounting.written_off'), (bar) => bar.written_off ?? 0)] : []),
  ];
  return (
    <>
      <Chart option={option} summary={t('accounting.hours')} height={200} />
      <ChartTable>
        <DataTable
          name={t('accounting.hours')}
          columns={columns}
          rows={[...bars].reverse().slice(0, table_rows_max)}
          rowKey={(hour) => hour.start}
          rowClass={(hour) => (hour.missing > 0 ? 'has-gap' : hour.tooMany > 0 ? 'has-surplus' : '')}
        />
      </ChartTable>
    </>
  );
}
