import { useId, useState } from 'react';
import type { Person } from '../../api/types';
import { readableHost } from '../../format/address';
import { formatAgo } from '../../format/duration';
import { countryName, languageName } from '../../format/names';
import { formatMoneys, missing } from '../../format/number';
import { formatDay, formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { useNow } from '../../state/useNow';
import { touchpointColour, touchpointIcon } from '../../steps/kinds';
import { Avatar } from '../../ui/Avatar';
import { Explain } from '../../ui/Explain';
import { Icon } from '../../ui/Icon';
import { PersonLinks } from './PersonLinks';

interface PersonCardProps {
  person: Person;
  name: string;
  /** To be called when a link was undone. */
  changed: () => void;
}

/** Who the person is: traits, ids and their provenance, devices, touchpoints, value. */
export function PersonCard({ person, name, changed }: PersonCardProps) {
  const { t, label } = useI18n();
  const [more, setMore] = useState(false);
  const id = useId();
  const { locale, timeZone } = useFormat();
  const now = useNow(10_000);
  const place = [person.city, person.region, person.country && countryName(person.country, locale)].filter(Boolean).join(', ');
  const firstFrom = readableHost(person.first_source) || (person.first_channel === '' ? '' : label('channel', person.first_channel));
  const facts: [string, string, string?][] = [
    [t('journey.firstSeen'), formatDay(person.first_seen, locale, timeZone), formatMoment(person.first_seen, locale, timeZone)],
    [t('journey.lastSeen'), formatAgo(person.last_seen, now, locale), formatMoment(person.last_seen, locale, timeZone)],
    [t('journey.firstFrom'), firstFrom],
    [t('journey.place'), place],
    [t('journey.language'), person.language === '' ? '' : languageName(person.language, locale)],
  ];
  return (
    <div className="card person-card" data-testid="person-card" data-identified={person.identified}>
      <div className="person-head">
        <Avatar name={name} identified={person.identified} large />
        <div>
          <h1>{name}</h1>
          <span className={person.identified ? 'badge badge-known' : 'badge'}>
            {person.identified ? t('journey.identified') : t('journey.anonymous')}
          </span>
        </div>
      </div>
      <div className="person-value">
        <div className={person.orders > 0 ? 'is-money' : ''}>
          <strong>{formatMoneys(person.revenue, person.other_revenue, locale) || missing}</strong>
          <span>{person.orders > 0 ? t('journey.orders', { count: person.orders }) : t('journey.value')}<Explain of="person_value" name={t('journey.value')} /></span>
        </div>
        <p className="quiet">
          {t('journey.sessions', { count: person.sessions })} · {t('journey.pageViews', { count: person.page_views })} ·{' '}
          {t('journey.events', { count: person.events })}
        </p>
      </div>
      <button type="button" className="person-toggle link-button" aria-expanded={more} aria-controls={id} onClick={() => setMore(!more)}>
        {t(more ? 'journey.less.about' : 'journey.more.about')}
      </button>
      <div className={more ? 'person-more is-open' : 'person-more'} id={id}>
        <dl className="facts">
          {facts.map(([title, value, long]) => value !== '' && (
            <div key={title}>
              <dt>{title}</dt>
              <dd title={long}>{value}</dd>
            </div>
          ))}
        </dl>
        <Touchpoints person={person} />
        <Traits person={person} />
        <PersonLinks person={person} changed={changed} />
        <Devices person={person} />
      </div>
    </div>
  );
}

function Touchpoints({ person }: { person: Person }) {
  const { t, label, locale } = useI18n();
  if (person.touchpoints.length === 0) return null;
  const number = new Intl.NumberFormat(locale);
  return (
    <section>
      <h2>{t('journey.touchpoints')}</h2>
      <ul className="touchpoint-list">
        {person.touchpoints.map((one) => (
          <li key={one.touchpoint} style={{ '--dot': touchpointColour(one.touchpoint) }}>
            <Icon name={touchpointIcon(one.touchpoint)} size={15} />
            <span>{label('touchpoint', one.touchpoint)}</span>
            <b>{number.format(one.events)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Traits({ person }: { person: Person }) {
  const { t, label } = useI18n();
  const traits = Object.entries(person.traits).filter(([, value]) => value !== '');
  if (traits.length === 0) return null;
  return (
    <section>
      <h2>{t('journey.traits')}</h2>
      <dl className="facts">
        {traits.map(([trait, value]) => (
          <div key={trait}>
            <dt>{label('trait', trait)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Devices({ person }: { person: Person }) {
  const { t, label } = useI18n();
  if (person.devices.length === 0) return null;
  return (
    <section>
      <h2>{t('journey.devices')}</h2>
      <ul className="devices">
        {person.devices.map((device, index) => (
          <li key={index}>
            <Icon name={device.class === 'desktop' ? 'system' : 'phone'} size={16} />
            <span>
              {[device.brand, device.model].filter(Boolean).join(' ') || label('device', device.class)}
              <span className="quiet small">
                {[device.browser, [device.os, device.os_version].filter(Boolean).join(' '), t('journey.sessions', { count: device.sessions })]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
