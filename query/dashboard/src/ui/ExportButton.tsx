import { useMutation } from '@tanstack/react-query';
import { fetchCsv, saveCsv, type Csv } from '../api/download';
import { asApiError } from '../api/error';
import { addressOf, type Question } from '../api/questions';
import { problemText } from '../format/codes';
import { csvText, type Cell } from '../format/csv';
import { useI18n } from '../i18n/context';
import { useSite } from '../state/site';
import { Icon } from './Icon';

interface Period {
  readonly from: string;
  readonly to: string;
}

interface ExportProps {
  /** What is saved, in the reader's words. */
  what: string;
  /** Of the file, after the site's name. */
  name: string;
}

interface ExportButtonProps extends ExportProps {
  /** What the list or table answers; with as many rows as one answer may hold, it is fewer requests. */
  question: Question;
}

/** Saves what a list or table shows as CSV: all its rows, with the same period, filters and order. */
export function ExportButton({ question, ...props }: ExportButtonProps) {
  const [, , { from, to }] = question.queryKey;
  const period = [from, to].filter(Boolean).map(String);
  return <SaveButton {...props} period={period} csv={() => fetchCsv(addressOf(question))} />;
}

interface ExportTableProps extends ExportProps {
  period: Period;
  /** With the names of the columns first. */
  rows: () => readonly (readonly Cell[])[];
}

/** The same for a table that is on the page as a whole and has no address of its own. */
export function ExportTable({ period: { from, to }, rows, ...props }: ExportTableProps) {
  return <SaveButton {...props} period={[from, to]} csv={() => Promise.resolve({ text: csvText(rows()), whole: true })} />;
}

function SaveButton({ what, name, period, csv }: ExportProps & { period: readonly string[]; csv: () => Promise<Csv> }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const saving = useMutation({
    mutationFn: async () => {
      const { text, whole } = await csv();
      saveCsv(text, `${[site, name, ...period].join('-')}.csv`);
      return whole;
    },
  });
  const told = saving.error ? problemText(asApiError(saving.error), i18n) : saving.data === false ? t('export.cut') : '';
  return (
    <span className="export">
      <button type="button" className="button button-quiet" disabled={saving.isPending} onClick={() => saving.mutate()} title={t('export.save', { what })}>
        <Icon name="download" size={16} />
        <span aria-hidden="true">CSV</span>
        <span className="sr-only">{t('export.save', { what })}</span>
      </button>
      <span role="status" className="small">{saving.isPending ? <span className="sr-only">{t('app.loading')}</span> : told}</span>
    </span>
  );
}
