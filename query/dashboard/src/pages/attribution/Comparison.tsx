import { useCallback, useMemo, useRef } from 'react';
import { Chart } from '../../charts/Chart';
import { ChartTable } from '../../charts/ChartTable';
import { groupOption } from '../../charts/groupOption';
import { hueProperties, type Palette } from '../../charts/palette';
import { formatCompact } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { PictureButton } from '../../ui/PictureButton';
import { amountOf, models, type Figures } from './figures';
import { useCreditText, useRowName, type PartProps } from './useAttribution';

/** More groups of so many bars are no picture any more. */
const groups_max = 6;
const group_px = 82;
const axis_px = 40;

/** What each model makes of the largest touchpoints, as a picture and, on demand, as a table. */
export function Comparison({ data, rows, stale, attribution }: PartProps) {
  const { t } = useI18n();
  const { locale, currency } = useFormat();
  const { credit, model, from, to } = attribution.choices;
  const picture = useRef<HTMLElement>(null);
  const creditText = useCreditText(credit);
  const rowName = useRowName(data.group_by);
  const shown = useMemo(() => rows.slice(0, groups_max), [rows]);
  // Each keeps its colour where one of them is not there.
  const told = useMemo(
    () => models.map((id, place) => ({ id, place, name: t(`attribution.model.${id}`) })).filter(({ id }) => shown.every(({ credits }) => credits.has(id))),
    [shown, t],
  );
  const option = useCallback(
    (palette: Palette) =>
      groupOption(
        shown.map(rowName),
        told.map(({ id, place, name }) => ({
          name,
          colour: palette.hues[place] ?? palette.accent,
          values: shown.map(({ credits }) => amountOf(credits.get(id), credit)),
        })),
        {
          value: (value) => creditText({ conversions: value, revenue: String(value) }),
          axis: (value) => formatCompact(value, locale),
        },
        palette,
      ),
    [shown, told, rowName, credit, creditText, locale],
  );
  const title = t('attribution.picture');
  const list = shown.map((row) => `${rowName(row)} ${creditText(row.credits.get(model))}`).join(', ');
  const measure = credit === 'revenue' ? `${t('attribution.credit.revenue')} (${currency})` : t('attribution.credit.conversions');
  return (
    <Card title={title} stale={stale} aside={<PictureButton what={title} period={{ from, to }} of={picture} />}>
      <figure ref={picture} data-testid="attribution-picture">
        <figcaption className="quiet small">{t('attribution.picture.of', { measure, count: shown.length })}</figcaption>
        <Chart
          option={option}
          summary={t('attribution.picture.summary', { model: t(`attribution.model.${model}`), list })}
          height={axis_px + shown.length * group_px}
        />
        <ul className="attribution-legend">
          {told.map(({ id, place, name }) => (
            <li key={id}><span style={{ background: `var(${hueProperties[place]})` }} aria-hidden="true" />{name}</li>
          ))}
        </ul>
        <ChartTable>
          <DataTable
            name={title}
            rows={shown}
            rowKey={(row) => row.value}
            columns={[
              { id: 'touchpoint', head: t('attribution.touch'), cell: rowName },
              ...told.map(({ id, name }) => ({ id, head: name, number: true, cell: (row: Figures) => creditText(row.credits.get(id)) })),
            ]}
          />
        </ChartTable>
      </figure>
    </Card>
  );
}
