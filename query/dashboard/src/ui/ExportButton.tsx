import { useState } from 'react';
import { ApiError, type QueryParameters } from '../api/client';
import { fetchCsv, saveCsv } from '../api/download';
import { problemText } from '../format/codes';
import { useI18n } from '../i18n/context';
import { useSite } from '../state/site';
import { Icon } from './Icon';

interface ExportButtonProps {
  /** What is saved, in the reader's words. */
  what: string;
  /** The list or table, below `/api/v1`. */
  path: string;
  query?: QueryParameters;
  /** Of the file, after the site's name. */
  name: string;
}

/** Saves what a list or table shows as CSV: all its rows, with the same period, filters and order. */
export function ExportButton({ what, path, query = {}, name }: ExportButtonProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState('');
  const save = async () => {
    setBusy(true);
    setTold('');
    try {
      const { text, whole } = await fetchCsv(path, query);
      const period = [query['from'], query['to']].filter(Boolean).map(String);
      saveCsv(text, `${[site, name, ...period].join('-')}.csv`);
      if (!whole) setTold(t('export.cut'));
    } catch (error) {
      setTold(error instanceof ApiError ? problemText(error, i18n) : t('error.title'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <span className="export">
      <button type="button" className="button button-quiet" disabled={busy} onClick={() => void save()} title={t('export.save', { what })}>
        <Icon name="download" size={16} />
        <span aria-hidden="true">CSV</span>
        <span className="sr-only">{t('export.save', { what })}</span>
      </button>
      <span role="status" className="small">{busy ? <span className="sr-only">{t('app.loading')}</span> : told}</span>
    </span>
  );
}
