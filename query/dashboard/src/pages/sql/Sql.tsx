import { useRef, useState } from 'react';
import type { ApiError } from '../../api/error';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { usePeriod, useTexts } from '../../state/useAddress';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { useErrorMessage } from '../../ui/states';
import { placeOf } from './ask';
import { Columns } from './Columns';
import { exampleNames, examples } from './examples';
import { forgetHistory, keepInHistory, readHistory } from './history';
import { Result } from './Result';
import './sql.css';
import { useRun } from './useRun';

/** What is longer does not stand in the address. */
const addressLetters_max = 4_000;

/** Questions that no page answers, in SQL. */
export default function Sql() {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const [text, write] = useTexts();
  const [history, setHistory] = useState(() => readHistory(site));
  const [query, setQuery] = useState(() => text('query') ?? history[0] ?? examples.campaigns);
  const { run, start, stop } = useRun(site);
  const field = useRef<HTMLTextAreaElement>(null);
  const isRunning = run?.state === 'running';

  const ask = () => {
    if (query.trim() === '') return;
    start({ query, params: { from: resolved.from, to: resolved.to } });
    setHistory(keepInHistory(site, query));
    write({ query: query.length <= addressLetters_max ? query : null });
  };
  const take = (statement: string) => {
    setQuery(statement);
    field.current?.focus();
  };
  const insert = (name: string) => {
    const area = field.current;
    if (!area) return;
    area.focus();
    area.setRangeText(name, area.selectionStart, area.selectionEnd, 'end');
    setQuery(area.value);
  };

  return (
    <Page title={t('sql.title')} lead={t('sql.lead')} controls={<PeriodPicker />}>
      <div className="sql-page">
        <Card title={t('sql.statement')} className="sql-editor">
          <label className="sr-only" htmlFor="sql-query">{t('sql.statement')}</label>
          <textarea
            id="sql-query"
            ref={field}
            value={query}
            rows={16}
            spellCheck={false}
            autoCapitalize="off"
            aria-describedby="sql-hint"
            aria-invalid={run?.state === 'failed' || undefined}
            onChange={({ currentTarget }) => setQuery(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              ask();
            }}
          />
          {run?.error && <Wrong error={run.error} query={run.request.query} field={field} />}
          <p id="sql-hint" className="quiet small">{t('sql.hint', { from: resolved.from, to: resolved.to })}</p>
          <div className="sql-actions">
            <button type="button" className="button button-main" disabled={isRunning || query.trim() === ''} onClick={ask}>{t('sql.run')}</button>
            {isRunning && <button type="button" className="button" onClick={stop}>{t('sql.stop')}</button>}
          </div>
          <section aria-label={t('sql.examples')}>
            <h3 className="option-name">{t('sql.examples')}</h3>
            <ul className="sql-list">
              {exampleNames.map((name) => (
                <li key={name}><button type="button" className="button" onClick={() => take(examples[name])}>{t(`sql.example.${name}`)}</button></li>
              ))}
            </ul>
          </section>
          {history.length > 0 && (
            <details className="sql-history">
              <summary>{t('sql.history')}</summary>
              <ol>
                {history.map((statement) => (
                  <li key={statement}><button type="button" className="link-button" onClick={() => take(statement)}><code>{statement.replace(/\s+/g, ' ').slice(0, 160)}</code></button></li>
                ))}
              </ol>
              <button type="button" className="button button-quiet" onClick={() => { forgetHistory(site); setHistory([]); }}>{t('sql.history.forget')}</button>
            </details>
          )}
        </Card>
        <Card title={t('sql.columns')} className="sql-side"><Columns insert={insert} /></Card>
      </div>
      {run && <Result run={run} />}
    </Page>
  );
}

interface WrongProps {
  error: ApiError;
  query: string;
  field: { readonly current: HTMLTextAreaElement | null };
}

/** What is wrong in the reader's words, then in the store's, and where. */
function Wrong({ error, query, field }: WrongProps) {
  const { t } = useI18n();
  const message = useErrorMessage(error);
  const place = placeOf(error, query);
  const show = () => {
    field.current?.focus();
    // To the end of the word that was not understood.
    const end = place === undefined ? 0 : place + (/^\w*|^./.exec(query.slice(place))?.[0].length ?? 0);
    field.current?.setSelectionRange(place ?? 0, end);
  };
  return (
    <div className="form-error" role="alert" data-testid="sql-error">
      <p>{message}</p>
      {error.message !== '' && <p lang="en"><code>{error.message}</code></p>}
      {place !== undefined && field.current?.value === query && <button type="button" className="button" onClick={show}>{t('sql.place')}</button>}
    </div>
  );
}
