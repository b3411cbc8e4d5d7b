import { useCallback, useMemo } from 'react';
import { questions } from '../../api/questions';
import type { Segment, SegmentHistory as History } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import type { Palette } from '../../charts/palette';
import { stackOption } from '../../charts/stackOption';
import { timeOption } from '../../charts/timeOption';
import { formatCompact, formatNumber, missing } from '../../format/number';
import { formatBucket } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { sinceMade } from '../../segments/history';
import { useFormat, useSite } from '../../state/site';
import { usePeriod } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { Skeleton } from '../../ui/states';

/** How many people a segment had over time, and how many came and went. */
export function SegmentHistory({ segment: { segment, name, created_at: made } }: { segment: Segment }) {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved: { from, to } } = usePeriod(timezone);
  const answer = useAnswer(questions.segmentHistory(site, segment, { from, to }));
  const title = t('segments.history');
  const exported = () => [
    ['time', 'people', 'entered', 'left'],
    ...sinceMade(answer.data?.items ?? [], made, timezone).map(({ at, people, entered, left }) => [at, people, entered, left]),
  ];
  return (
    <Card
      title={title}
      stale={answer.stale}
      aside={<ExportTable what={title} name={`segment-${name}`} period={{ from, to }} rows={exported} />}
    >
      <div className="segment-period"><PeriodPicker /></div>
      <Answered answer={answer} loading={<Skeleton lines={2} tall />}>
        {(data) => <Charts interval={data.interval} all={data.items} made={made} />}
      </Answered>
    </Card>
  );
}

interface ChartsProps {
  interval: string;
  all: History['items'];
  /** When the segment was made. */
  made: string;
}

function Charts({ interval, all, made }: ChartsProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const items = useMemo(() => sinceMade(all, made, timeZone), [all, made, timeZone]);
  const buckets = useMemo(() => items.map(({ at }) => at), [items]);
  const short = useCallback((at: string) => formatBucket(at, interval, locale, timeZone), [interval, locale, timeZone]);
  const long = useCallback((at: string) => formatBucket(at, interval, locale, timeZone, true), [interval, locale, timeZone]);
  const number = useCallback((value: number | null) => (value === null ? missing : formatNumber(Math.abs(value), locale)), [locale]);
  const people = useCallback(
    (palette: Palette) =>
      timeOption(
        {
          buckets,
          current: { name: t('metric.people'), values: items.map((one) => one.people) },
          bucketName: short,
          bucketTitle: (index) => long(buckets[index] ?? ''),
          valueText: number,
          axisText: (value) => formatCompact(value, locale),
          wholeNumbers: true,
        },
        palette,
      ),
    [buckets, items, short, long, number, locale, t],
  );
  const changes = useCallback(
    (palette: Palette) =>
      stackOption(
        buckets.map(short),
        [
          { name: t('segments.entered'), colour: palette.good, values: items.map(({ entered }) => entered) },
          { name: t('segments.left'), colour: palette.poor, values: items.map(({ left }) => -left) },
        ],
        number,
        palette,
      ),
    [buckets, items, short, number, t],
  );
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last) return <p className="quiet">{t('segments.history.none')}</p>;
  const sum = (name: 'entered' | 'left') => items.reduce((total, one) => total + one[name], 0);
  const summary = t('segments.history.summary', { from: long(first.at), to: long(last.at), first: number(first.people), last: number(last.people) });
  const moved = t('segments.history.moved', { entered: number(sum('entered')), left: number(sum('left')) });
  return (
    <figure data-testid="segment-history">
      <Chart option={people} summary={summary} height={200} />
      <figcaption className="segment-moved">
        <span className="dot-entered" aria-hidden="true" />{t('segments.entered')}
        <span className="dot-left" aria-hidden="true" />{t('segments.left')}
        <Explain name={t('segments.moved')} text={t('segments.def.moved')} />
        <span className="quiet small">{moved}</span>
      </figcaption>
      <Chart option={changes} summary={moved} height={130} />
      <ChartTable>
        <DataTable
          name={t('segments.history')}
          rows={items}
          rowKey={({ at }) => at}
          columns={[
            { id: 'at', head: t('period.label'), cell: ({ at }) => long(at) },
            { id: 'people', head: t('metric.people'), number: true, cell: (one) => number(one.people) },
            { id: 'entered', head: t('segments.entered'), number: true, cell: ({ entered }) => number(entered) },
            { id: 'left', head: t('segments.left'), number: true, cell: ({ left }) => number(left) },
          ]}
        />
      </ChartTable>
    </figure>
  );
}
