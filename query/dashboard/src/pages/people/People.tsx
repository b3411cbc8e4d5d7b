import { useInfiniteQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { Link, useLocation, useNavigationType } from 'react-router';
import type { ApiError } from '../../api/error';
import { questions } from '../../api/questions';
import type { PersonSummary } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { choices, sitePath, type Choice } from '../../state/address';
import { formatFilter } from '../../state/filters';
import { lastPlace, leavePlace, type Place } from '../../state/place';
import { useSite } from '../../state/site';
import { orderOf, orders, sortingOf, type Sorting } from '../../state/sorting';
import { useChoice, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import './people.css';
import { PeopleTable } from './PeopleTable';
import { withoutRepeats } from './repeats';

const page_size = 50;
/** The most that one answer holds. */
const page_size_max = 1000;

export default function People() {
  const { t } = useI18n();
  const { site, timezone, making_visits: making } = useSite();
  const { resolved } = usePeriod(timezone);
  const { filters } = useFilters();
  const [who, setWho] = useChoice('who');
  const [sorting, setSorting] = useChoice('sort');
  const [text, write] = useTexts();
  const search = text('search') ?? '';
  const [typed, type] = useDraft(search, (typed) => write({ search: typed || null }));
  const { order, ascending } = orderOf(sorting);
  const asked = {
    search,
    ...parametersOf(who),
    from: resolved.from,
    to: resolved.to,
    filter: filters.map(formatFilter),
    order_by: order,
    direction: ascending ? 'asc' : 'desc',
  };
  const question = JSON.stringify([site, asked]);
  const back = useReturn(question);
  const size = back ? Math.min(page_size_max, Math.max(page_size, back.rows)) : page_size;
  const first = useAnswer(questions.people(site, { ...asked, limit: size }), { refresh_ms: size > page_size ? 60_000 : 10_000 });
  // The cursor of an older question is not one of this.
  const cursor = first.stale ? null : (first.data?.next_cursor ?? null);
  const more = useMore(site, { ...asked, size }, cursor);
  const people = withoutRepeats([...(first.data?.items ?? []), ...more.items]);
  useReturned(back, first.data !== undefined && !first.stale);

  // Not the window's address: a link has changed that before its row hears of the click.
  const { pathname, search: address } = useLocation();
  const leave = (row: string) =>
    leavePlace({ address: pathname + address, rows: people.length, row, scroll_px: window.scrollY });
  return (
    <Page title={t('people.title')} controls={<PeriodPicker />}>
      <FilterBar />
      <div className="people-controls">
        <label className="search">
          <Icon name="search" size={18} />
          <span className="sr-only">{t('people.search')}</span>
          <input type="search" placeholder={t('people.search')} value={typed} onChange={(event) => type(event.target.value)} />
        </label>
        <Segments
          label={t('people.filter')}
          choices={choices.who.map((id) => ({ id, label: t(`people.filter.${id}`) }))}
          selected={who}
          onSelect={setWho}
        />
        <SortPicker sorting={sorting} sort={setSorting} />
        <ExportButton what={t('people.title')} question={questions.people(site, { ...asked, limit: page_size_max })} name="people" />
      </div>
      <p className="quiet small">
        {t('people.explained')} <Link to={sitePath(site, 'suspicious')}>{t('suspicious.link')}</Link>
      </p>
      <Card className="card-flush" stale={first.stale}>
        <Answered answer={first} loading={<Skeleton lines={8} />}>
          {() =>
            people.length > 0 ? (
              <PeopleTable people={people} sorting={sorting} sort={setSorting} leave={leave} />
            ) : making ? (
              <EmptyState title={t('making.title')} hint={t('making.incomplete')} />
            ) : filters.length > 0 ? (
              <NothingMatches />
            ) : (
              <EmptyState title={t('people.empty')} hint={t(search === '' && who === 'all' ? 'overview.empty.period.hint' : 'people.empty.hint')} />
            )
          }
        </Answered>
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

function parametersOf(who: Choice<'who'>): { identified?: boolean; customers?: boolean } {
  switch (who) {
    case 'all':
      return {};
    case 'customers':
      return { customers: true };
    default:
      return { identified: who === 'identified' };
  }
}

/** The place in this very list that somebody comes back to, as long as the question stays what it was. */
function useReturn(question: string): Place | null {
  const { pathname, search, state } = useLocation();
  const way = useNavigationType();
  const [back] = useState(() => {
    const comesBack = way === 'POP' || (state as { returning?: boolean } | null)?.returning === true;
    const place = lastPlace();
    return comesBack && place?.address === pathname + search ? { place, question } : null;
  });
  return back?.question === question ? back.place : null;
}

/** Scrolls to where the list was left and gives the focus to the row that was opened, once the rows are there. */
function useReturned(place: Place | null, ready: boolean) {
  const done = useRef(false);
  useLayoutEffect(() => {
    if (!place || !ready || done.current) return;
    done.current = true;
    window.scrollTo(0, place.scroll_px);
    const row = document.querySelector(`.person-row[data-person="${CSS.escape(place.row)}"]`);
    row?.querySelector('a')?.focus({ preventScroll: true });
    const seen = row?.getBoundingClientRect();
    // Somebody new may have pushed the row away.
    if (row && seen && (seen.bottom < 0 || seen.top > window.innerHeight)) row.scrollIntoView({ block: 'center' });
  }, [place, ready]);
}

/** The order as a list and a direction: for narrow screens, which have no heads of columns, and for what has no column. */
function SortPicker({ sorting, sort }: { sorting: Sorting; sort: (sorting: Sorting) => void }) {
  const { t } = useI18n();
  const { order, ascending } = orderOf(sorting);
  const turn = t(ascending ? 'people.sort.ascending' : 'people.sort.descending');
  return (
    <div className="people-sort">
      <label>
        <span>{t('people.sort')}</span>
        <select
          value={order}
          onChange={(event) => sort(orders.find((one) => one === event.target.value) ?? 'last_seen')}
        >
          {orders.map((one) => <option key={one} value={one}>{t(`people.sort.${one}`)}</option>)}
        </select>
      </label>
      <button type="button" className="icon-button" title={turn} onClick={() => sort(sortingOf(order, !ascending))}>
        <Icon name={ascending ? 'up' : 'down'} />
        <span className="sr-only">{turn}</span>
      </button>
    </div>
  );
}

type Asked = Parameters<typeof questions.people>[1] & { readonly size: number };

interface More {
  readonly items: readonly PersonSummary[];
  readonly available: boolean;
  readonly loading: boolean;
  readonly error: ApiError | undefined;
  readonly load: () => void;
}

/** Further pages behind the cursor of the first; forgotten when the question changes. */
function useMore(site: string, { size, ...asked }: Asked, firstCursor: string | null): More {
  const pages = useInfiniteQuery({
    queryKey: ['more people', site, asked, size],
    queryFn: ({ pageParam: cursor, client, signal }) => questions.people(site, { ...asked, limit: page_size, cursor }).askOnce(client, signal),
    initialPageParam: firstCursor ?? '',
    getNextPageParam: (last) => last.next_cursor,
    enabled: false,
    retry: false,
    gcTime: 0,
  });
  const cursor = pages.data ? pages.data.pages.at(-1)?.next_cursor : firstCursor;
  return {
    items: pages.data?.pages.flatMap((page) => page.items) ?? [],
    available: cursor != null,
    loading: pages.isFetching,
    error: pages.isFetching ? undefined : (pages.error ?? undefined),
    load: () => void pages.fetchNextPage(),
  };
}
