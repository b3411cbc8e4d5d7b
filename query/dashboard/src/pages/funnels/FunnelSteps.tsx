import { useRef } from 'react';
import type { FunnelStep } from '../../api/types';
import { useEventName } from '../../events/useEventName';
import { formatLatency } from '../../format/duration';
import { formatNumber, formatRate, missing, relativeChange } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { DataTable, type Column } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { PictureButton } from '../../ui/PictureButton';
import { figuresOf, type StepFigures } from './figures';
import { PeopleButton } from './PeopleButton';
import type { PartProps } from './useFunnel';

/** The steps with a bar each, and all that is counted at them. */
export function FunnelSteps({ data, steps, stale, funnel }: PartProps) {
  const { t, locale } = useI18n();
  const eventName = useEventName();
  const { unit, from, to } = funnel.choices;
  const picture = useRef<HTMLDivElement>(null);
  const nameOf = (number: number) => {
    const step = steps[number - 1];
    return step ? eventName(step.event) : '';
  };
  // With nobody there is nothing to compare.
  const before = (data.previous?.steps[0]?.people ?? 0) > 0 ? data.previous?.steps : undefined;
  const rows = figuresOf(data.steps, before);
  const title = t('funnels.picture');
  const head = (name: string, text: string) => <>{name}<Explain name={name} text={text} /></>;
  const labelled = (label: string) => ({ number: true, data: () => ({ 'data-label': label }) });
  const columns: [Column<StepFigures>, ...Column<StepFigures>[]] = [
    { id: 'step', head: t('funnels.column.step'), cell: (row) => <StepBar row={row} name={nameOf(row.number)} /> },
    {
      id: 'people',
      head: head(t(`metric.${unit}`), t('funnels.def.people')),
      ...labelled(t(`metric.${unit}`)),
      cell: (row) => (
        <>
          <PeopleButton funnel={funnel} behind={{ step: row.number, outcome: 'reached' }} count={row.people} />
          {row.before !== null && (
            <>
              <span className="second"><Change change={percent(row.people, row.before)} /></span>
              <span className="quiet second">{t('period.before', { value: formatNumber(row.before, locale) })}</span>
            </>
          )}
        </>
      ),
    },
    {
      id: 'ofFirst',
      head: head(t('funnels.column.ofFirst'), t('funnels.def.ofFirst')),
      ...labelled(t('funnels.column.ofFirst')),
      cell: (row) => (row.ofFirst === null ? missing : formatRate(row.ofFirst, locale)),
    },
    {
      id: 'ofPrevious',
      head: head(t('funnels.column.ofPrevious'), t('funnels.def.ofPrevious')),
      ...labelled(t('funnels.column.ofPrevious')),
      cell: (row) => (row.ofPrevious === null ? missing : formatRate(row.ofPrevious, locale)),
    },
    {
      id: 'dropped',
      head: head(t('funnels.column.dropped'), t('funnels.def.dropped')),
      ...labelled(t('funnels.column.dropped')),
      cell: (row) =>
        row.number === rows.length ? missing : (
          <>
            <PeopleButton funnel={funnel} behind={{ step: row.number, outcome: 'dropped' }} count={row.dropped} />
            {row.droppedShare !== null && <span className="quiet second">{formatRate(row.droppedShare, locale)}</span>}
          </>
        ),
    },
    {
      id: 'time',
      head: head(t('funnels.column.time'), t('funnels.def.time')),
      ...labelled(t('funnels.column.time')),
      cell: (row) => <Took took={row.took} />,
    },
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="funnel" period={{ from, to }} rows={() => exported(data.steps, before, nameOf)} />
          <PictureButton what={t('funnels.title')} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <div ref={picture}>
        <DataTable
          name={title}
          className="funnel-table"
          testid="funnel-table"
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.number)}
          rowData={(row) => ({ 'data-step': String(row.number) })}
        />
      </div>
    </Card>
  );
}

function percent(now: number, before: number) {
  const size = relativeChange(now, before);
  return size === null ? null : { unit: 'percent' as const, size };
}

function StepBar({ row, name }: { row: StepFigures; name: string }) {
  return (
    <div className="step-bar">
      <span className="step-name"><span className="step-number">{row.number}</span> {name}</span>
      <span className="step-track" aria-hidden="true"><span style={{ width: `${(row.ofFirst ?? 0) * 100}%` }} /></span>
    </div>
  );
}

function Took({ took }: { took: StepFigures['took'] }) {
  const { t, locale } = useI18n();
  if (!took) return missing;
  const text = (duration_ms: number) => formatLatency(duration_ms, locale);
  return (
    <>
      <span>{t('funnels.took', { median: text(took.median_ms) })}</span>
      <span className="quiet second">{t('funnels.took.quarters', { q1: text(took.q1_ms), q3: text(took.q3_ms) })}</span>
    </>
  );
}

function exported(steps: readonly FunnelStep[], before: readonly FunnelStep[] | undefined, nameOf: (number: number) => string) {
  const names = ['step', 'event', 'people', 'of_first', 'of_previous', 'dropped', 'q1_ms', 'median_ms', 'q3_ms', ...(before ? ['people_before'] : [])];
  const cells = (row: StepFigures) => [
    row.number, nameOf(row.number), row.people, row.ofFirst, row.ofPrevious, row.dropped,
    row.took?.q1_ms, row.took?.median_ms, row.took?.q3_ms, ...(before ? [row.before] : []),
  ];
  return [names, ...figuresOf(steps, before).map(cells)];
}
