import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, ApiError } from '../../api/client';
import type { PersonList, PersonSummary } from '../../api/types';
import { useResource } from '../../api/useResource';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../shell/site';
import { useDraft } from '../../state/useDraft';
import { useChoice, usePeriod } from '../../state/useUrlState';
import { Card } from '../../ui/Card';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import { PeopleTable } from './PeopleTable';
import './people.css';

const whoChoices = ['all', 'identified', 'anonymous'] as const;
const page_size = 50;

export default function People() {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { resolved } = usePeriod(timezone);
  const [who, setWho] = useChoice('who', whoChoices);
  const [search, setSearch] = useSearch();
  const [typed, type] = useDraft(search, setSearch);
  const query = {
    search,
    identified: who === 'all' ? undefined : who === 'identified',
    from: resolved.from,
    to: resolved.to,
    limit: page_size,
  };
  const key = JSON.stringify([site, query]);
  const first = useResource(key, (signal) => api.people(site, query, signal), 10_000);
  const more = useMore(key, first.data?.next_cursor ?? null, (cursor) => api.people(site, { ...query, cursor }));
  const people = withoutRepeats([...(first.data?.items ?? []), ...more.items]);

  return (
    <Page title={t('people.title')} controls={<PeriodPicker />}>
      <div className="people-controls">
        <label className="search">
          <Icon name="search" size={18} />
          <span className="sr-only">{t('people.search')}</span>
          <input type="search" placeholder={t('people.search')} value={typed} onChange={(event) => type(event.target.value)} />
        </label>
        <Segments
          label={t('people.filter')}
          choices={whoChoices.map((id) => ({ id, label: t(`people.filter.${id}`) }))}
          selected={who}
          onSelect={setWho}
        />
      </div>
      <Card className="card-flush" stale={first.stale}>
        {first.error && !first.data ? (
          <ErrorState error={first.error} retry={first.retry} />
        ) : !first.data ? (
          <Skeleton lines={8} />
        ) : people.length === 0 ? (
          <EmptyState title={t('people.empty')} hint={t('people.empty.hint')} />
        ) : (
          <PeopleTable people={people} />
        )}
        {more.error && <ErrorState error={more.error} retry={more.load} />}
        {more.available && !more.error && (
          <div className="more">
            <button type="button" className="button" disabled={more.loading} onClick={more.load}>
              {more.loading ? t('app.loading') : t('people.more')}
            </button>
          </div>
        )}
      </Card>
    </Page>
  );
}

/** The search text in the address, without a history entry for each word typed. */
function useSearch(): [string, (text: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const setSearch = useCallback(
    (text: string) =>
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          if (text === '') next.delete('search');
          else next.set('search', text);
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  return [parameters.get('search') ?? '', setSearch];
}

interface More<T> {
  key: string;
  items: T[];
  /** Undefined until the first further page is there. */
  cursor: string | null | undefined;
  loading: boolean;
  error: ApiError | undefined;
}

/** Further pages behind a cursor; forgotten when the question changes. */
function useMore(key: string, firstCursor: string | null, fetchPage: (cursor: string) => Promise<PersonList>) {
  const nothing: More<PersonSummary> = { key, items: [], cursor: undefined, loading: false, error: undefined };
  const [state, setState] = useState<More<PersonSummary>>(nothing);
  useEffect(() => {
    setState({ key, items: [], cursor: undefined, loading: false, error: undefined });
  }, [key]);
  const current = state.key === key ? state : nothing;
  const cursor = current.cursor === undefined ? firstCursor : current.cursor;
  const load = () => {
    if (cursor === null) return;
    setState({ ...current, loading: true, error: undefined });
    fetchPage(cursor).then(
      (page) =>
        setState((before) =>
          before.key === key
            ? { ...before, items: [...before.items, ...page.items], cursor: page.next_cursor ?? null, loading: false }
            : before,
        ),
      (error: unknown) =>
        setState((before) => ({
          ...before,
          loading: false,
          error: error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error)),
        })),
    );
  };
  return { items: current.items, available: cursor !== null, loading: current.loading, error: current.error, load };
}

/** Somebody seen again moves to the first page and would stand twice. */
function withoutRepeats(people: readonly PersonSummary[]): PersonSummary[] {
  const seen = new Set<string>();
  return people.filter((one) => !seen.has(one.person) && seen.add(one.person));
}
