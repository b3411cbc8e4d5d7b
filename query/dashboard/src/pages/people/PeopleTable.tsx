import { Link, useNavigate } from 'react-router';
import type { PersonSummary } from '../../api/types';
import { formatAgo } from '../../format/duration';
import { countryName } from '../../format/names';
import { formatMoneys, formatNumber, missing } from '../../format/number';
import { formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../shell/site';
import { Avatar } from '../../ui/Avatar';
import { Explain } from '../../ui/Explain';
import { useNow } from '../../ui/useNow';

/** A table on wide screens; the same rows become cards on narrow ones. */
export function PeopleTable({ people }: { people: readonly PersonSummary[] }) {
  const { t } = useI18n();
  const now = useNow(30_000);
  return (
    <table className="people-table">
      <thead>
        <tr>
          <th scope="col">{t('people.column.person')}<Explain of="person" name={t('people.column.person')} /></th>
          <th scope="col">{t('people.column.seen')}<Explain of="person_seen" name={t('people.column.seen')} /></th>
          <th scope="col" className="number">{t('people.column.sessions')}<Explain of="person_sessions" name={t('people.column.sessions')} /></th>
          <th scope="col" className="number">{t('people.column.pages')}<Explain of="person_pages" name={t('people.column.pages')} /></th>
          <th scope="col" className="number">{t('people.column.value')}<Explain of="person_value" name={t('people.column.value')} /></th>
          <th scope="col">{t('people.column.from')}<Explain of="person_from" name={t('people.column.from')} /></th>
          <th scope="col">{t('people.column.device')}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <PersonRow key={person.person} person={person} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function PersonRow({ person, now }: { person: PersonSummary; now: number }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const { site } = useSite();
  const navigate = useNavigate();
  const address = `/sites/${encodeURIComponent(site)}/people/${encodeURIComponent(person.person)}`;
  const name = person.identified ? person.name || person.person : t('people.anonymous');
  const from = person.source || (person.channel === '' ? '' : label('channel', person.channel));
  const money = formatMoneys(person.revenue, person.other_revenue, locale);
  const device = [person.device_class && label('device', person.device_class), person.browser, person.os].filter(Boolean).join(' · ');
  return (
    <tr
      className="person-row"
      data-testid="person-row"
      data-person={person.person}
      data-identified={person.identified}
      onClick={(event) => {
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
      </td>
      <td className="number" data-label={t('people.column.sessions')}>{formatNumber(person.sessions, locale)}</td>
      <td className="number" data-label={t('people.column.pages')}>{formatNumber(person.page_views, locale)}</td>
      <td className="number" data-label={t('people.column.value')}>
        {money !== '' ? <span className="money">{money}</span> : <span className="quiet">{missing}</span>}
      </td>
      <td data-label={t('people.column.from')}>
        {from || missing}
        {person.country && <span className="quiet second">{countryName(person.country, locale)}</span>}
      </td>
      <td data-label={t('people.column.device')}>{device || missing}</td>
    </tr>
  );
}
