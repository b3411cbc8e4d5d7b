import { memo } from 'react';
import { Link } from 'react-router';
import type { LiveActivity } from '../../api/types';
import { readableHost, readablePath } from '../../format/address';
import { countryName } from '../../format/names';
import { formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../shell/site';
import { Icon } from '../../ui/Icon';
import { lookOf, touchpointColour } from '../journey/kinds';

/** One event of the stream; the whole row leads to the person's journey. */
export const ActivityRow = memo(function ActivityRow({ activity }: { activity: LiveActivity }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const { site } = useSite();
  const look = lookOf(activity.kind);
  const person = activity.identified ? activity.person : t('live.anonymous');
  const subject = (activity.kind === 'custom' && activity.name) || activity.title || readablePath(activity.path) || activity.name;
  const origin = [
    activity.country && countryName(activity.country, locale),
    activity.device_class && label('device', activity.device_class),
    activity.browser,
    readableHost(activity.source) || (activity.channel && label('channel', activity.channel)),
  ].filter(Boolean);
  return (
    <li data-testid="live-activity" data-kind={activity.kind} data-path={activity.path}>
      <Link
        className={`activity tone-${look.tone}`}
        to={`/sites/${encodeURIComponent(site)}/people/${encodeURIComponent(activity.person)}`}
        title={t('live.journey', { person })}
      >
        <span
          className={activity.identified ? 'dot' : 'dot dot-hollow'}
          style={{ '--dot': touchpointColour(activity.touchpoint) }}
        >
          <Icon name={look.icon} size={16} />
        </span>
        <span className="activity-what">
          <span className="activity-kind">
            {label('kind', activity.kind)}
            {subject && <b> {subject}</b>}
          </span>
          <span className="quiet activity-who">
            <span className={activity.identified ? 'activity-person' : ''}>{person}</span>
            {origin.length > 0 && ` · ${origin.join(' · ')}`}
          </span>
        </span>
        <time dateTime={activity.ts} className="quiet">{formatTime(activity.ts, locale, timeZone)}</time>
      </Link>
    </li>
  );
});
