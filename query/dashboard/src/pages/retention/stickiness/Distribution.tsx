import { useCallback, useMemo, useRef } from 'react';
import { Chart } from '../../../charts/Chart';
import type { Palette } from '../../../charts/palette';
import { stackOption } from '../../../charts/stackOption';
import { formatCompact, formatNumber, formatRate } from '../../../format/number';
import { useI18n } from '../../../i18n/context';
import { Card } from '../../../ui/Card';
import { DataTable } from '../../../ui/DataTable';
import { Explain } from '../../../ui/Explain';
import { ExportTable } from '../../../ui/ExportButton';
import { NumberButton } from '../../../ui/NumberButton';
import { PictureButton } from '../../../ui/PictureButton';
import { formatBehind, rowsOf, type Behind } from './figures';
import type { PartProps } from './Findings';

interface DistributionProps extends PartProps {
  behind: Behind | undefined;
  toggle: (behind: Behind) => void;
}

/** How many came in one interval, in two, and so on. */
export function Distribution({ data, stale, beat, presence: { members, from, to }, behind, toggle }: DistributionProps) {
  const { t, locale } = useI18n();
  const picture = useRef<HTMLElement>(null);
  const rows = useMemo(() => rowsOf(data), [data]);
  const count = useCallback((number: number) => t(`stickiness.count.${beat}`, { count: number }), [t, beat]);
  const who = t(`metric.${members}`);
  const option = useCallback(
    (palette: Palette) =>
      stackOption(
        rows.map(({ intervals }) => String(intervals)),
        [{ name: who, colour: palette.accent, values: rows.map(({ people }) => people) }],
        (value) => formatCompact(value, locale),
        palette,
      ),
    [rows, who, locale],
  );
  const title = t(`stickiness.picture.${beat}`);
  const button = (people: number, one: Behind) => (
    <NumberButton
      text={formatNumber(people, locale)}
      title={t(one.or_more ? 'stickiness.show.more' : 'stickiness.show', { who: t(`counted.${members}`, { count: people }), count: count(one.intervals) })}
      count={people}
      isShown={behind !== undefined && formatBehind(behind) === formatBehind(one)}
      show={() => toggle(one)}
    />
  );
  const exported = () => [
    ['intervals', 'people', 'share', 'people_or_more'],
    ...rows.map(({ intervals, people, orMore }) => [intervals, people, Number((people / data.people).toFixed(6)), orMore]),
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="stickiness" period={{ from, to }} rows={exported} />
          <PictureButton what={title} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <figure ref={picture} data-testid="stickiness-picture">
        <figcaption className="quiet small">{t('stickiness.picture.of', { who, all: count(data.intervals) })}</figcaption>
        <Chart option={option} summary={t('stickiness.picture.summary', { who: t(`counted.${members}`, { count: data.people }) })} height={220} />
        {data.finished < data.intervals && <p className="quiet small" data-testid="stickiness-unfinished">{t('stickiness.unfinished')}</p>}
      </figure>
      <DataTable
        name={title}
        className="presence-table"
        testid="stickiness-table"
        rows={rows}
        rowKey={({ intervals }) => String(intervals)}
        rowData={({ intervals }) => ({ 'data-intervals': String(intervals) })}
        columns={[
          { id: 'intervals', head: t('stickiness.column.came'), cell: ({ intervals }) => count(intervals) },
          {
            id: 'people',
            head: <>{who}<Explain name={who} text={t('stickiness.def.people')} /></>,
            number: true,
            cell: ({ intervals, people }) => button(people, { intervals, or_more: false }),
          },
          { id: 'share', head: t('stickiness.column.share'), number: true, cell: ({ people }) => formatRate(people / data.people, locale) },
          {
            id: 'more',
            head: <>{t('stickiness.column.more')}<Explain name={t('stickiness.column.more')} text={t('stickiness.def.more')} /></>,
            number: true,
            cell: ({ intervals, orMore }) => button(orMore, { intervals, or_more: true }),
          },
        ]}
      />
    </Card>
  );
}
