import { memo, useMemo } from 'react';
import { Link } from 'react-router';
import type { JourneyEvent, LiveActivity } from '../../api/types';
import { readableHost } from '../../format/address';
import { countryName } from '../../format/names';
import { formatMoney } from '../../format/number';
import { formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { personPath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { describe } from '../../steps/describe';
import type { Step } from '../../steps/fold';
import { lookOf, touchpointColour } from '../../steps/kinds';
import { VitalBadge } from '../../steps/VitalBadge';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/Icon';
import { ratings } from '../../format/rating';
import { viewOf, type LiveCard } from './cards';

/** Steps shown; those before are in the journey. */
const steps_shown = 6;

/** A person, how the person came, and the last steps; all of it leads to the journey. */
export const PersonCard = memo(function PersonCard({ card, present }: { card: LiveCard; present: number }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const { site } = useSite();
  const view = useMemo(() => viewOf(card, steps_shown), [card]);
  const name = card.identified ? card.person : t('live.anonymous');
  const way = readableHost(view.source) || label('channel', view.channel);
  const device = [view.device_class && label('device', view.device_class), view.browser].filter(Boolean).join(', ');
  const place = [view.city, view.country && countryName(view.country, locale)].filter(Boolean).join(', ');
  const latest = card.activities.at(-1);
  return (
    <li
      className="live-card"
      data-testid="live-card"
      data-person={card.person}
      data-identified={card.identified}
      data-present={present}
    >
      <div className="live-card-head">
        <Avatar name={name} identified={card.identified} />
        <div className="live-card-who">
          <h3>
            <Link to={personPath(site, card.person)}>{name}</Link>
            {!card.identified && <span className="quiet mono small"> {card.person.slice(-4)}</span>}
          </h3>
          <p className="quiet live-card-origin">
            {[way, device, place].filter(Boolean).map((fact) => <span key={fact}>{fact}</span>)}
          </p>
        </div>
        {present > 0 ? (
          <span className="badge badge-now">
            <span className="pulse" aria-hidden="true" />
            {t('live.card.now')}
          </span>
        ) : (
          latest && <time className="quiet small" dateTime={latest.ts}>{formatTime(latest.ts, locale, timeZone)}</time>
        )}
      </div>
      {view.earlier > 0 && <p className="quiet small live-card-earlier">{t('live.card.earlier', { count: view.earlier })}</p>}
      <ol className="live-steps">
        {view.steps.map((step) => (
          <LiveStep key={step.event.event_id} step={step} more={moreItems(card.activities, step.event)} />
        ))}
      </ol>
    </li>
  );
});

function moreItems(activities: readonly LiveActivity[], event: JourneyEvent): number {
  return activities.find((one) => one.event_id === event.event_id)?.items_more ?? 0;
}

function LiveStep({ step, more }: { step: Step; more: number }) {
  const translator = useI18n();
  const { t } = translator;
  const { locale, timeZone } = useFormat();
  const { event } = step;
  const look = lookOf(event.kind);
  const words = describe(event, translator);
  const worst = worstVital(step.vitals);
  const remark = [words.remark, more > 0 && words.remark ? t('live.card.more', { count: more }) : ''].filter(Boolean).join(' ');
  return (
    <li className={`live-step tone-${look.tone}`} data-testid="live-step" data-kind={event.kind} data-path={event.path} data-event={event.event_id}>
      <span className="dot" style={{ '--dot': touchpointColour(event.touchpoint) }}>
        <Icon name={look.icon} size={14} />
      </span>
      <span className="live-step-what">
        {words.kind && event.kind !== 'page_view' && <span className="quiet">{words.kind} </span>}
        <b>{words.subject}</b>
        {remark && <span className="quiet"> {remark}</span>}
        {event.revenue && <span className="money"> {formatMoney(event.revenue, locale)}</span>}
        {worst && <> <VitalBadge name={worst.name} value={worst.value ?? null} rating={worst.rating} /></>}
      </span>
      <time className="quiet small" dateTime={event.ts}>{formatTime(event.ts, locale, timeZone)}</time>
    </li>
  );
}

/** The measurement that says most about the page: the worst. */
function worstVital(vitals: readonly JourneyEvent[]): JourneyEvent | undefined {
  const severity = ({ rating }: JourneyEvent) => ratings.findIndex((one) => one === rating);
  return vitals.filter((vital) => severity(vital) >= 0).sort((a, b) => severity(b) - severity(a))[0];
}
