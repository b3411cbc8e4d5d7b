import { useMutation } from '@tanstack/react-query';
import { asApiError } from '../../api/error';
import { saveFile } from '../../api/download';
import type { SqlRequest } from '../../api/types';
import { problemText } from '../../format/codes';
import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable, type Column } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';
import { EmptyState, Skeleton } from '../../ui/states';
import { file, shownRows_max, type SqlRows } from './ask';
import type { SqlCell } from './csv-rows';
import type { Run } from './useRun';

const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** What came of a statement: its rows, and all of them as a file. */
export function Result({ run }: { run: Run }) {
  const { t } = useI18n();
  const { locale } = useFormat();
  const { answer, request } = run;
  if (run.state === 'running') return <Card title={t('sql.result')}><Skeleton lines={6} /></Card>;
  if (run.state === 'stopped') return <Card title={t('sql.result')}><EmptyState title={t('sql.stopped')} hint={t('sql.stopped.hint')} /></Card>;
  if (!answer) return null;
  const seconds = (answer.took_ms / 1_000).toLocaleString(locale, { maximumFractionDigits: 1 });
  const told = answer.whole
    ? t('sql.rows', { count: answer.rows.length, seconds })
    : t('sql.rows.more', { count: formatNumber(shownRows_max, locale) });
  return (
    <Card title={t('sql.result')} aside={<Files request={request} />}>
      <p role="status" className="quiet" data-testid="sql-told">{told}</p>
      {answer.rows.length === 0 ? <EmptyState title={t('sql.empty')} hint={t('sql.empty.hint')} /> : <Rows answer={answer} />}
    </Card>
  );
}

function Rows({ answer: { names, rows } }: { answer: SqlRows }) {
  const { t } = useI18n();
  const columns = names.map((name, place): Column<readonly SqlCell[]> => ({
    id: String(place),
    head: name,
    number: rows.every((row) => row[place] === null || isNumber.test(row[place] ?? '')),
    cell: (row) => (row[place] === null ? <span className="quiet">NULL</span> : row[place]),
  }));
  const [first, ...others] = columns;
  if (!first) return null;
  const places = new Map(rows.map((row, place) => [row, String(place)]));
  return <DataTable name={t('sql.table')} className="sql-table" testid="sql-table" role="region" rows={rows} rowKey={(row) => places.get(row) ?? ''} columns={[first, ...others]} />;
}

function Files({ request }: { request: SqlRequest }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const saving = useMutation({
    mutationFn: async (format: 'csv' | 'parquet') => saveFile(await file(site, request, format), `${site}-sql.${format}`),
  });
  return (
    <span className="export">
      {(['csv', 'parquet'] as const).map((format) => (
        <button key={format} type="button" className="button button-quiet" disabled={saving.isPending} onClick={() => saving.mutate(format)} title={t('sql.save', { format: names[format] })}>
          <Icon name="download" size={16} />
          <span aria-hidden="true">{names[format]}</span>
          <span className="sr-only">{t('sql.save', { format: names[format] })}</span>
        </button>
      ))}
      <span role="status" className="small">
        {saving.isPending ? <span className="sr-only">{t('app.loading')}</span> : saving.error ? problemText(asApiError(saving.error), i18n) : ''}
      </span>
    </span>
  );
}

const names = { csv: 'CSV', parquet: 'Parquet' } as const;
