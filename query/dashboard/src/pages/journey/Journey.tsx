import { useEffect, useMemo, useRef } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../../api/client';
import { useResource } from '../../api/useResource';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../shell/site';
import { useChoice } from '../../state/useUrlState';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { Icon } from '../../ui/Icon';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import { foldJourney } from './fold';
import './journey.css';
import './person.css';
import { PersonCard } from './PersonCard';
import { Ribbon } from './Ribbon';
import { layRibbon } from './ribbon-layout';
import { Trail } from './Trail';
import { useJourney } from './useJourney';

const orders = ['newest', 'oldest'] as const;
const botChoices = ['without', 'with'] as const;

export default function Journey() {
  const { person: id = '' } = useParams();
  const { t } = useI18n();
  const { site, name: siteName } = useSite();
  const { locale, timeZone } = useFormat();
  const navigate = useNavigate();
  const [order, setOrder] = useChoice('order', orders);
  const [bots, setBots] = useChoice('bots', botChoices);
  const journey = useJourney(site, id, bots === 'with' ? 'bots' : undefined);
  const newestEvent = journey.sessions?.[0]?.events[0]?.event_id ?? '';
  const person = useResource(JSON.stringify([site, id]), (signal) => api.person(site, id, signal));
  // The card is asked at once, and again only when something happens.
  const { retry: askAgain } = person;
  const carded = useRef({ id, newestEvent });
  useEffect(() => {
    const before = carded.current;
    carded.current = { id, newestEvent };
    if (before.id === id && before.newestEvent !== '' && before.newestEvent !== newestEvent) askAgain();
  }, [id, newestEvent, askAgain]);
  const chapters = useMemo(() => foldJourney(journey.sessions ?? []), [journey.sessions]);
  const known = person.data?.person;
  const ribbon = useMemo(
    () => layRibbon(chapters, person.data?.first_seen ?? '', journey.more),
    [chapters, person.data?.first_seen, journey.more],
  );
  const name = person.data ? personName(person.data.traits, person.data.person, person.data.identified, t('people.anonymous')) : '';

  useEffect(() => {
    document.title = `${name || t('journey.steps')} · ${siteName || site} · orma`;
  }, [name, siteName, site, t]);
  useEffect(() => {
    // A visitor who has been recognised lives under the user's id from now on.
    if (known && known !== id && !person.stale) {
      void navigate(`/sites/${encodeURIComponent(site)}/people/${encodeURIComponent(known)}${window.location.search}`, { replace: true });
    }
  }, [known, id, site, navigate, person.stale]);

  const error = person.data ? undefined : person.error;
  if (error?.status === 404) {
    return (
      <EmptyState
        title={t('journey.unknown')}
        hint={t('journey.unknown.hint')}
        action={{ label: t('journey.back'), to: `/sites/${encodeURIComponent(site)}/people` }}
      />
    );
  }
  return (
    <div className="page">
      <Link className="back-link" to={`/sites/${encodeURIComponent(site)}/people`}>
        <Icon name="back" size={16} />
        {t('journey.back')}
      </Link>
      <div className="journey-layout">
        <aside className="journey-person" aria-label={t('journey.card')} tabIndex={0}>
          {person.data ? <PersonCard person={person.data} name={name} /> : error ? <ErrorState error={error} retry={person.retry} /> : <Card><Skeleton lines={7} /></Card>}
        </aside>
        <div className="journey-main">
          {ribbon && ribbon.steps > 0 && <Ribbon ribbon={ribbon} locale={locale} timeZone={timeZone} />}
          <div className="journey-head">
            <h2>{t('journey.steps')}<Explain of="journey" name={t('journey.steps')} /></h2>
            <span className="journey-live quiet">
              <span className="pulse" aria-hidden="true" />
              {t('journey.live')}
            </span>
            <label className="check">
              <input type="checkbox" checked={bots === 'with'} onChange={(event) => setBots(event.target.checked ? 'with' : 'without')} />
              <span>{t('journey.bots')}</span>
            </label>
            <Segments
              label={t('journey.order')}
              choices={orders.map((one) => ({ id: one, label: t(`journey.order.${one}`) }))}
              selected={order}
              onSelect={setOrder}
            />
          </div>
          {journey.error && !journey.sessions ? (
            <ErrorState error={journey.error} retry={journey.retry} />
          ) : !journey.sessions ? (
            <Card><Skeleton lines={10} /></Card>
          ) : chapters.length === 0 ? (
            <EmptyState title={t('journey.empty')} hint={t('people.empty.hint')} />
          ) : (
            <Trail chapters={chapters} oldestFirst={order === 'oldest'} journey={journey} personName={name} />
          )}
        </div>
      </div>
    </div>
  );
}

function personName(traits: Record<string, string>, id: string, identified: boolean, anonymous: string): string {
  return identified ? traits['name'] || traits['email'] || id : anonymous;
}
