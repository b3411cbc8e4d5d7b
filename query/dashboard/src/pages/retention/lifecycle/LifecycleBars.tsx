import { useCallback, useRef } from 'react';
import type { Lifecycle, LifecycleBucket } from '../../../api/types';
import { Chart } from '../../../charts/Chart';
import { hueProperties, type Palette } from '../../../charts/palette';
import { stackOption } from '../../../charts/stackOption';
import { formatCompact, formatNumber, missing } from '../../../format/number';
import { formatBucket } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import type { Choice } from '../../../state/address';
import { useFormat } from '../../../state/site';
import { Card } from '../../../ui/Card';
import { DataTable } from '../../../ui/DataTable';
import { Explain } from '../../../ui/Explain';
import { ExportTable } from '../../../ui/ExportButton';
import { NumberButton } from '../../../ui/NumberButton';
import { PictureButton } from '../../../ui/PictureButton';
import type { Presence } from '../usePresence';
import { useCohortName } from '../useRetention';
import { formatBehind, states, type Behind, type State } from './figures';

/** As the legend has them, and the bars. */
const colours = { returning: '--accent', resurrected: '--middle', new: '--tp-app', lost: '--poor' } as const satisfies Record<State, string>;
/** Of these, where the picture is drawn. */
const shade = (palette: Palette): Readonly<Record<State, string>> => ({
  returning: palette.accent,
  resurrected: palette.middle,
  new: palette.hues[hueProperties.indexOf('--tp-app')] ?? palette.good,
  lost: palette.poor,
});

interface LifecycleBarsProps {
  data: Lifecycle;
  stale: boolean;
  stretch: Choice<'stretch'>;
  presence: Presence;
  behind: Behind | undefined;
  toggle: (behind: Behind) => void;
}

/** Who came in each interval, above the axis, and who came no more, below it; every number shows who. */
export function LifecycleBars({ data, stale, stretch, presence: { members, from, to }, behind, toggle }: LifecycleBarsProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const picture = useRef<HTMLElement>(null);
  const bucketName = useCohortName(stretch);
  const { buckets } = data;
  const name = useCallback((bucket: LifecycleBucket) => formatBucket(bucket.time, stretch, locale, timeZone), [stretch, locale, timeZone]);
  const option = useCallback(
    (palette: Palette) =>
      stackOption(
        buckets.map(name),
        states.map((state) => ({
          name: t(`lifecycle.state.${state}`),
          colour: shade(palette)[state],
          values: buckets.map((bucket) => (state === 'lost' ? -(bucket.lost ?? 0) : bucket[state])),
        })),
        // Below the axis stand people, too.
        (value) => formatCompact(Math.abs(value), locale),
        palette,
      ),
    [buckets, name, locale, t],
  );
  const title = t('lifecycle.picture');
  const exported = () => [
    ['time', 'active', 'new', 'returning', 'resurrected', 'lost', 'is_finished'],
    ...buckets.map((one) => [one.time, one.active, one.new, one.returning, one.resurrected, one.lost ?? null, String(one.is_finished)]),
  ];
  const cell = (state: Behind['state']) => (bucket: LifecycleBucket) => {
    const count = bucket[state];
    if (count === null || count === undefined) return <span title={t('lifecycle.unfinished')}>{missing}</span>;
    const one = { time: bucket.time, state };
    const title = t('lifecycle.show', { who: t(`counted.${members}`, { count }), state: t(`lifecycle.state.${state}`), when: bucketName(bucket.time) });
    return (
      <NumberButton
        text={formatNumber(count, locale)}
        title={title}
        count={count}
        isShown={behind !== undefined && formatBehind(behind) === formatBehind(one)}
        show={() => toggle(one)}
      />
    );
  };
  const hasUnfinished = buckets.some((bucket) => !bucket.is_finished);
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="lifecycle" period={{ from, to }} rows={exported} />
          <PictureButton what={title} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <figure ref={picture} data-testid="lifecycle-picture">
        <figcaption className="quiet small">{t('lifecycle.picture.of', { who: t(`metric.${members}`) })}</figcaption>
        <Chart option={option} summary={t('lifecycle.picture.summary')} height={260} />
        <ul className="presence-legend">
          {states.map((state) => (
            <li key={state}><span style={{ background: `var(${colours[state]})` }} aria-hidden="true" />{t(`lifecycle.state.${state}`)}</li>
          ))}
        </ul>
        {hasUnfinished && <p className="quiet small" data-testid="lifecycle-unfinished">{t('lifecycle.unfinished')}</p>}
      </figure>
      <DataTable
        name={title}
        className="presence-table"
        testid="lifecycle-table"
        rows={[...buckets].reverse()}
        rowKey={(bucket) => bucket.time}
        rowData={(bucket) => ({ 'data-time': bucket.time })}
        columns={[
          {
            id: 'time',
            head: t(`retention.head.${stretch}`),
            cell: (bucket) => (bucket.is_finished ? name(bucket) : `${name(bucket)} (${t('overview.unfinished')})`),
          },
          ...(['active', 'new', 'returning', 'resurrected', 'lost'] as const).map((state) => ({
            id: state,
            head: <>{t(`lifecycle.state.${state}`)}<Explain name={t(`lifecycle.state.${state}`)} text={t(`lifecycle.def.${state}`)} /></>,
            number: true,
            cell: cell(state),
            data: () => ({ 'data-state': state }),
          })),
        ]}
      />
    </Card>
  );
}
