import type { Stickiness } from '../../../api/types';
import { formatNumber, formatRate, missing } from '../../../format/number';
import { useI18n } from '../../../i18n/context';
import { Card } from '../../../ui/Card';
import { DataTable } from '../../../ui/DataTable';
import { Explain } from '../../../ui/Explain';
import { ExportTable } from '../../../ui/ExportButton';
import type { PartProps } from './Findings';

const figures = ['daily', 'weekly', 'monthly', 'daily_of_weekly', 'daily_of_monthly', 'weekly_of_monthly'] as const;
type Figure = (typeof figures)[number];

/** Who comes on a day, in seven and in thirty, and which part the one is of the other, beside the period before. */
export function Rolling({ data, stale, presence: { from, to }, rolling }: PartProps & { rolling: NonNullable<Stickiness['rolling']> }) {
  const { t, locale } = useI18n();
  const before = data.previous?.rolling;
  const title = t('stickiness.rolling');
  const text = (figure: Figure, value: number | null | undefined) => {
    if (value === null || value === undefined) return missing;
    return figure.includes('_of_') ? formatRate(value, locale) : formatNumber(value, locale, value < 100 ? 1 : 0);
  };
  const exported = () => [
    ['time', 'daily', 'weekly', 'monthly'],
    ...rolling.days.map(({ time, daily, weekly, monthly }) => [time, daily, weekly, monthly]),
  ];
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name="stickiness-days" period={{ from, to }} rows={exported} />}>
      <DataTable
        name={title}
        className="presence-table"
        testid="stickiness-rolling"
        rows={figures}
        rowKey={(figure) => figure}
        rowData={(figure) => ({ 'data-figure': figure })}
        columns={[
          {
            id: 'figure',
            head: t('stickiness.rolling.mean', { count: rolling.days.length }),
            cell: (figure) => <>{t(`stickiness.rolling.${figure}`)}<Explain name={t(`stickiness.rolling.${figure}`)} text={t(`stickiness.def.${figure}`)} /></>,
          },
          { id: 'value', head: t('period.current'), number: true, cell: (figure) => text(figure, rolling[figure]) },
          ...(before ? [{ id: 'before', head: t('period.previous'), number: true, cell: (figure: Figure) => text(figure, before[figure]) }] : []),
        ]}
      />
    </Card>
  );
}
