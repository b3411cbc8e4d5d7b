import { Link, useNavigate } from 'react-router';
import type { PersonSummary } from '../../api/types';
import { readableHost } from '../../format/address';
import { formatAgo } from '../../format/duration';
import { countryName } from '../../format/names';
import { formatMoneys, formatNumber, missing } from '../../format/number';
import { formatDay, formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { personPath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { orderOf, sortedBy, type Order, type Sorting } from '../../state/sorting';
import { useSharedQuery } from '../../state/useAddress';
import { useNow } from '../../state/useNow';
import { Avatar } from '../../ui/Avatar';
import { Explain } from '../../ui/Explain';
import { Icon } from '../../ui/Icon';

interface PeopleTableProps {
  people: readonly PersonSummary[];
  sorting: Sorting;
  sort: (sorting: Sorting) => void;
  /** To be called before a person is opened. */
  leave: (person: string) => void;
}

/** A table on wide screens; the same rows become cards on narrow ones. */
export function PeopleTable({ people, sorting, sort, leave }: PeopleTableProps) {
  const { t } = useI18n();
  const now = useNow(30_000);
  const head = { sorting, sort };
  return (
    <table className="people-table">
      <thead>
        <tr>
          <th scope="col">{t('people.column.person')}<Explain of="person" name={t('people.column.person')} /></th>
          <SortHead {...head} explain="person_seen" order="last_seen">{t('people.column.seen')}</SortHead>
          <SortHead {...head} explain="person_sessions" order="sessions" number>{t('people.column.sessions')}</SortHead>
          <SortHead {...head} explain="person_pages" order="page_views" number>{t('people.column.pages')}</SortHead>
          <SortHead {...head} explain="person_value" order="revenue" number>{t('people.column.value')}</SortHead>
          <th scope="col">{t('people.column.from')}<Explain of="person_from" name={t('people.column.from')} /></th>
          <th scope="col">{t('people.column.device')}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <PersonRow key={person.person} person={person} now={now} leave={leave} order={orderOf(sorting).order} />
        ))}
      </tbody>
    </table>
  );
}

interface SortHeadProps {
  order: Order;
  /** The definition of the column. */
  explain: string;
  sorting: Sorting;
  sort: (sorting: Sorting) => void;
  number?: boolean;
  children: string;
}

/** The head of a column by which the list can be sorted. */
function SortHead({ order, explain, sorting, sort, number = false, children }: SortHeadProps) {
  const current = orderOf(sorting);
  const chosen = current.order === order;
  return (
    <th scope="col" className={number ? 'number' : undefined} aria-sort={chosen ? (current.ascending ? 'ascending' : 'descending') : undefined}>
      <button type="button" className="sort-head" onClick={() => sort(sortedBy(order, sorting))}>
        {children}
        <span className="sort-mark">{chosen && <Icon name={current.ascending ? 'up' : 'down'} size={14} />}</span>
      </button>
      <Explain of={explain} name={children} />
    </th>
  );
}

interface PersonRowProps {
  person: PersonSummary;
  now: number;
  leave: (person: string) => void;
  order: Order;
}

function PersonRow({ person, now, leave, order }: PersonRowProps) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const { site } = useSite();
  const navigate = useNavigate();
  const address = personPath(site, person.person) + useSharedQuery();
  const name = person.identified ? person.name || person.person : t('people.anonymous');
  const from = readableHost(person.source) || (person.channel === '' ? '' : label('channel', person.channel));
  const money = formatMoneys(person.revenue, person.other_revenue, locale);
  const device = [person.device_class && label('device', person.device_class), person.browser, person.os].filter(Boolean).join(' · ');
  return (
    <tr
      className="person-row"
      data-testid="person-row"
      data-person={person.person}
      data-identified={person.identified}
      onClick={(event) => {
        leave(person.person);
        // The whole row is a target for the mouse; the link inside is the one for the keyboard.
        if (!(event.target as HTMLElement).closest('a')) void navigate(address);
      }}
    >
      <th scope="row">
        <div className="person-cell">
          <Avatar name={name} identified={person.identified} />
          <span>
            <Link to={address}>{name}</Link>
            <span className="quiet person-id">{person.person}</span>
          </span>
        </div>
      </th>
      <td data-label={t('people.column.seen')}>
        <time dateTime={person.last_seen} title={formatMoment(person.last_seen, locale, timeZone)}>
          {formatAgo(person.last_seen, now, locale)}
        </time>
        {order === 'first_seen' && (
          <span className="quiet second">{t('people.first', { when: formatDay(person.first_seen, locale, timeZone) })}</span>
        )}
      </td>
      <td className="number" data-label={t('people.column.sessions')}>{formatNumber(person.sessions, locale)}</td>
      <td className="number" data-label={t('people.column.pages')}>
        {formatNumber(person.page_views, locale)}
        {order === 'events' && <span className="quiet second">{t('journey.events', { count: person.events })}</span>}
      </td>
      <td className="number" data-label={t('people.column.value')}>
        {money !== '' ? <span className="money">{money}</span> : <span className="quiet">{missing}</span>}
        {person.orders > 0 && <span className="quiet second">{t('journey.orders', { count: person.orders })}</span>}
      </td>
      <td data-label={t('people.column.from')}>
        {from || missing}
        {person.country && <span className="quiet second">{countryName(person.country, locale)}</span>}
      </td>
      <td data-label={t('people.column.device')}>{device || missing}</td>
    </tr>
  );
}
