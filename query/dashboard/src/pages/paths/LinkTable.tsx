import { useMemo } from 'react';
import { formatNumber, formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { linkRows } from './graph';
import { formatBehind, type Behind } from './question';
import type { PartProps } from './usePaths';
import { useWords } from './useWords';

/** Every link as a row: what the picture says, and what it has no room for. */
export function LinkTable(props: PartProps) {
  const { data, shown, direction, stale, paths } = props;
  const { t } = useI18n();
  const { locale } = useFormat();
  const words = useWords(props);
  const rows = useMemo(() => linkRows(data.links, direction), [data, direction]);
  const title = t('paths.table');
  const unit = t(shown.scope === 'session' ? 'metric.sessions' : 'metric.people');
  const share = t(direction === 'backward' ? 'paths.table.share.before' : 'paths.table.share');
  const origin = t(direction === 'backward' ? 'paths.table.all.before' : 'paths.table.all');
  const button = (count: number, behind: Behind) => {
    const isShown = paths.behind !== undefined && formatBehind(paths.behind) === formatBehind(behind);
    return (
      <NumberButton
        text={formatNumber(count, locale)}
        title={t('paths.show', { who: words.who(count) })}
        count={count}
        isShown={isShown}
        show={() => paths.show(isShown ? undefined : behind)}
      />
    );
  };
  const endName = (name: string | null, outside: 'beginning' | 'end') => (name === null ? t(`paths.node.${outside}`) : words.name(name));
  const exported = () => [
    ['step', 'from', 'to', shown.scope === 'session' ? 'sessions' : 'people', 'of', 'share'],
    ...rows.map(({ step, from, to, count, all, share: part }) => [step + 1, from, to, count, all, Number(part.toFixed(6))]),
  ];
  return (
    <Card title={title} stale={stale} aside={<ExportTable what={title} name="paths" period={{ from: shown.from, to: shown.to }} rows={exported} />}>
      <DataTable
        name={title}
        className="paths-table"
        testid="paths-table"
        rows={rows}
        rowKey={({ step, from, to }) => JSON.stringify([step, from, to])}
        rowData={({ step }) => ({ 'data-step': String(step) })}
        columns={[
          { id: 'step', head: t('paths.table.step'), cell: ({ column }) => words.columnName(direction === 'backward' ? column : column + 1) },
          { id: 'from', head: t('paths.table.from'), cell: ({ from }) => endName(from, 'beginning') },
          { id: 'to', head: t('paths.table.to'), cell: ({ to }) => endName(to, 'end') },
          {
            id: 'count',
            head: <>{unit}<Explain name={unit} text={t('paths.def.count')} /></>,
            number: true,
            cell: ({ step, from, to, count }) => button(count, { step, from, to }),
          },
          {
            id: 'all',
            head: <>{origin}<Explain name={origin} text={t('paths.def.all')} /></>,
            number: true,
            // Of links that are left out it is not told how many took them.
            cell: ({ step, from, to, all }) =>
              data.left_out > 0 ? formatNumber(all, locale) : button(all, direction === 'backward' ? { step, to } : { step, from }),
          },
          {
            id: 'share',
            head: <>{share}<Explain name={share} text={t('paths.def.share')} /></>,
            number: true,
            cell: ({ share: part }) => formatRate(part, locale),
          },
        ]}
      />
    </Card>
  );
}
