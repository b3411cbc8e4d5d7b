import { formatNumber, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { DataTable, type Column } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { Segments } from '../../ui/Tabs';
import { amountOf, hasChain, models, tableRows, type Figures, type Measure, type Model } from './figures';
import type { Behind } from './question';
import { useCreditText, useRowName, type PartProps } from './useAttribution';

/** A row for each touchpoint: what the chosen model says, what the others say, and what else is counted. */
export function AttributionTable({ data, rows, before, stale, attribution }: PartProps) {
  const { t, label, locale } = useI18n();
  const [credit, setCredit] = useChoice('credit');
  const { model, from, to } = attribution.choices;
  const creditText = useCreditText(credit);
  const rowName = useRowName(data.group_by);
  const title = t('attribution.table');
  const isChain = hasChain(rows);
  const largest = Math.max(...rows.map(({ credits }) => amountOf(credits.get(model), credit)));
  const share = (row: Figures) => (largest > 0 ? Math.max(0, Math.min(1, amountOf(row.credits.get(model), credit) / largest)) : 0);
  const noChain = <span title={t('attribution.noChain')}>{missing}</span>;
  const head = (name: string, text: string) => <>{name}<Explain name={name} text={text} /></>;
  const ofModel = (one: Model) => ({
    id: one,
    head: head(t(`attribution.model.${one}`), t(`attribution.def.${one}`)),
    number: true,
    data: () => ({ 'data-model': one }),
  });
  const columns: [Column<Figures>, ...Column<Figures>[]] = [
    {
      id: 'touchpoint',
      head: head(label('dimension', data.group_by), t('attribution.def.touchpoint')),
      cell: (row) => <Name name={rowName(row)} row={row} dimension={data.group_by} />,
    },
    {
      ...ofModel(model),
      tone: 'attribution-chosen',
      cell: (row) => (
        <>
          <span>{row.credits.has(model) ? creditText(row.credits.get(model)) : noChain}</span>
          {before && row.kind === 'touchpoint' && <Before now={row} before={before.get(row.value)} model={model} credit={credit} />}
          {row.kind !== 'total' && (
            <span className="attribution-track" aria-hidden="true"><span style={{ width: `${share(row) * 100}%` }} /></span>
          )}
        </>
      ),
    },
    ...models.filter((one) => one !== model).map((one) => ({
      ...ofModel(one),
      cell: (row: Figures) => (row.credits.has(one) ? creditText(row.credits.get(one)) : noChain),
    })),
    {
      id: 'visits',
      head: head(t('attribution.visits'), t('attribution.def.visits')),
      number: true,
      cell: (row) => formatNumber(row.visits, locale),
    },
    ...(['people', 'unconverted'] as const).map((name) => ({
      id: name,
      head: head(t(`attribution.${name}`, { who: t(`metric.${attribution.choices.members}`) }), t(`attribution.def.${name}`)),
      number: true,
      data: () => ({ 'data-who': name }),
      cell: (row: Figures) => <People row={row} name={name} data={data} attribution={attribution} />,
    })),
    {
      id: 'removal',
      head: head(t('attribution.removal'), t('attribution.def.removal')),
      number: true,
      cell: (row) => (row.removalEffect !== null ? formatRate(row.removalEffect, locale) : isChain ? missing : noChain),
    },
  ];
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <Segments
            label={t('attribution.credit')}
            choices={choices.credit.map((one) => ({ id: one, label: t(`attribution.credit.${one}`) }))}
            selected={credit}
            onSelect={setCredit}
          />
          <ExportTable what={title} name={`attribution-${data.group_by}`} period={{ from, to }} rows={() => exported(data.group_by, rows)} />
        </span>
      }
    >
      <DataTable
        name={title}
        className="attribution-table"
        testid="attribution-table"
        columns={columns}
        rows={tableRows(rows)}
        rowKey={(row) => `${row.kind}:${row.value}`}
        rowClass={(row) => (row.kind === 'total' ? 'attribution-total' : '')}
        rowData={(row) => ({ 'data-kind': row.kind, 'data-value': row.value })}
      />
      {!isChain && <p className="quiet small attribution-note" data-testid="attribution-no-chain">{t('attribution.noChain')}</p>}
    </Card>
  );
}

/** How much more or less that is than in the period before. */
function Before({ now, before, model, credit }: { now: Figures; before: Figures | undefined; model: Model; credit: Measure }) {
  const { t } = useI18n();
  const creditText = useCreditText(credit);
  const was = amountOf(before?.credits.get(model), credit);
  const is = amountOf(now.credits.get(model), credit);
  return (
    <span className="attribution-before small" title={t('attribution.before', { value: creditText(before?.credits.get(model) ?? { conversions: 0, revenue: '0' }) })}>
      {was > 0 ? <Change change={{ unit: 'percent', size: is / was - 1 }} /> : <span className="quiet">{t('attribution.before.none')}</span>}
    </span>
  );
}

interface PeopleProps extends Pick<PartProps, 'data' | 'attribution'> {
  row: Figures;
  name: 'people' | 'unconverted';
}

/** Who is behind a touchpoint, or behind all. Of several together somebody would count for each. */
function People({ row, name, data, attribution: { behind, show, choices: { members } } }: PeopleProps) {
  const { t, locale } = useI18n();
  const rowName = useRowName(data.group_by);
  const count = row.kind === 'total' ? data[name] : row[name];
  if (count === undefined) return <>{missing}</>;
  const one: Behind = { outcome: name === 'people' ? 'converted' : 'unconverted', touchpoint: row.kind === 'total' ? undefined : row.value };
  const isShown = behind?.outcome === one.outcome && behind.touchpoint === one.touchpoint;
  return (
    <NumberButton
      text={formatNumber(count, locale)}
      title={t(`attribution.show.${one.outcome}`, { who: t(`counted.${members}`, { count }), name: rowName(row) })}
      count={count}
      isShown={isShown}
      show={() => show(isShown ? undefined : one)}
    />
  );
}

/** What has no value may be something else than what the value says: a visit without one, or no visit at all. */
function Name({ name, row, dimension }: { name: string; row: Figures; dimension: string }) {
  const { t } = useI18n();
  const why = dimension === 'source' ? 'attribution.nobody' : dimension === 'channel' ? 'attribution.noVisit' : 'attribution.nothing';
  return (
    <>
      <span className="attribution-name" title={name}>{name}</span>
      {row.kind === 'touchpoint' && row.value === '' && <span className="quiet second">{t(why)}</span>}
    </>
  );
}

/** All touchpoints with both numbers, whatever the table shows. */
function exported(dimension: string, rows: readonly Figures[]) {
  const rounded = (conversions: number | undefined) => (conversions === undefined ? null : Number(conversions.toFixed(6)));
  return [
    [dimension, ...models.map((one) => `conversions_${one}`), ...models.map((one) => `revenue_${one}`), 'visits', 'people', 'unconverted', 'removal_effect'],
    ...rows.map(({ value, credits, visits, people, unconverted, removalEffect }) => [
      value,
      ...models.map((one) => rounded(credits.get(one)?.conversions)),
      ...models.map((one) => credits.get(one)?.revenue),
      visits,
      people ?? null,
      unconverted ?? null,
      removalEffect,
    ]),
  ];
}
