import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink, useLocation, useNavigate } from 'react-router';
import { questions } from '../api/questions';
import { useAnswer } from '../api/useAnswer';
import { useOldestUnanswered } from '../api/waiting';
import { problemText } from '../format/codes';
import { formatRate } from '../format/number';
import { formatDay, formatTime } from '../format/time';
import { useI18n } from '../i18n/context';
import type { Key } from '../i18n/dictionary';
import { sitePath } from '../state/address';
import { useSite, useSites } from '../state/site';
import { useSharedQuery } from '../state/useAddress';
import { Icon, type IconName } from '../ui/Icon';
import { Mark } from '../ui/Mark';
import { HeaderSwitches } from './HeaderSwitches';

const pages = [
  { path: 'overview', label: 'nav.overview', icon: 'overview' },
  { path: 'live', label: 'nav.live', icon: 'live' },
  { path: 'people', label: 'nav.people', icon: 'people' },
  { path: 'funnels', label: 'nav.funnels', icon: 'funnel' },
  { path: 'retention', label: 'nav.retention', icon: 'return' },
  { path: 'attribution', label: 'nav.attribution', icon: 'attribution' },
  { path: 'paths', label: 'nav.paths', icon: 'paths' },
  { path: 'touchpoints', label: 'nav.touchpoints', icon: 'touchpoints' },
  { path: 'journeys', label: 'nav.journeys', icon: 'journeys' },
  { path: 'segments', label: 'nav.segments', icon: 'segments' },
  { path: 'reports', label: 'nav.reports', icon: 'report' },
  { path: 'boards', label: 'nav.boards', icon: 'board' },
  { path: 'alerts', label: 'nav.alerts', icon: 'bell' },
  { path: 'sql', label: 'nav.sql', icon: 'sql' },
  { path: 'newsletter', label: 'nav.newsletter', icon: 'mail' },
  { path: 'quality', label: 'nav.quality', icon: 'quality' },
  { path: 'accounting', label: 'nav.accounting', icon: 'accounting' },
  { path: 'installation', label: 'nav.installation', icon: 'plug' },
  { path: 'settings', label: 'nav.settings', icon: 'settings' },
] as const satisfies readonly { path: string; label: Key; icon: IconName }[];

/** How often it is asked whether an alert fires. */
const alerts_ms = 30_000;

/** The frame of every page of a site: header, navigation, content, footer. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const { pathname } = useLocation();

  useEffect(() => {
    window.scrollTo(0, 0);
  }, [pathname]);

  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <header className="shell-header">
        <NavLink className="brand" to={sitePath(site, 'overview')}>
          <Mark />
          <span>orma</span>
        </NavLink>
        <SiteSwitch />
        <Alarm />
        <Firing />
        <HeaderSwitches signOut />
      </header>
      <Navigation />
      <main id="content" className="shell-content" tabIndex={-1}>
        <Aged />
        <MakingVisits />
        {children}
        <footer className="shell-footer">
          <span>{t('app.timezone', { zone: timezone })}</span>
          <Attributions />
          <NavLink to={sitePath(site, 'about')}>{t('nav.about')}</NavLink>
        </footer>
      </main>
    </div>
  );
}

/** What is on the page is old: why there is nothing newer, how old it is, and that it does not stay so. */
function Aged() {
  const i18n = useI18n();
  const { t, locale } = i18n;
  const { timezone } = useSite();
  const oldest = useOldestUnanswered();
  return (
    <div role="status">
      {oldest && (
        <p className="aged" data-testid="aged">
          <b>{oldest.problem.status === 0 ? t('waiting.title') : problemText(oldest.problem, i18n)}</b>{' '}
          {t('waiting.text', { when: formatTime(new Date(oldest.answered_ms).toISOString(), locale, timezone) })}
        </p>
      )}
    </div>
  );
}

/** Visits are made anew of the events, as after an upgrade: how far it is, and which numbers are not complete until then. */
function MakingVisits() {
  const { t, locale } = useI18n();
  const { timezone, making_visits: making } = useSite();
  if (!making) return null;
  const { sessions_left: count, incomplete_until: until } = making;
  // What is not done is not 100 %.
  const share = Math.min(0.99, making.share);
  const isAllOpen = Date.parse(until) > Date.now();
  const lastDay = formatDay(new Date(Date.parse(until) - 1).toISOString(), locale, timezone);
  return (
    <section className="making" aria-label={t('making.title')} data-testid="making-visits">
      <p>
        <b>{t('making.title')}</b> {t('making.left', { count, share: formatRate(share, locale) })}{' '}
        {isAllOpen ? t('making.incomplete') : t('making.incomplete.until', { day: lastDay })}
      </p>
      <progress aria-label={t('making.title')} max={1} value={share} />
    </section>
  );
}

/** Whom the countries and cities on the pages are owed to, as their licences ask. */
function Attributions() {
  const about = useAnswer(questions.about());
  const databases = about.data?.geo_databases.filter((one) => one.url) ?? [];
  const distinct = databases.filter((one, place) => databases.findIndex(({ url }) => url === one.url) === place);
  return distinct.map((one) => <a key={one.url} href={one.url} rel="noreferrer">{one.attribution}</a>);
}

function Navigation() {
  const { t } = useI18n();
  const { site } = useSite();
  const query = useSharedQuery();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  const firing = useFiring();

  // On a phone the pages stand in a row that is longer than the screen.
  useEffect(() => {
    const active = nav.current?.querySelector<HTMLElement>('a.active');
    if (nav.current && active) nav.current.scrollLeft = active.offsetLeft - (nav.current.clientWidth - active.offsetWidth) / 2;
  }, [pathname]);

  return (
    <nav className="shell-nav" ref={nav} aria-label={t('app.navigation')}>
      {pages.map((page) => (
        <NavLink key={page.path} to={sitePath(site, page.path) + query}>
          <Icon name={page.icon} size={22} />
          <span>{t(page.label)}</span>
          {page.path === 'alerts' && firing > 0 && (
            <span className="nav-badge" data-testid="alerts-badge">
              <span aria-hidden="true">{firing}</span>
              <span className="sr-only">{t('alerts.badge', { count: firing })}</span>
            </span>
          )}
        </NavLink>
      ))}
    </nav>
  );
}

/** Events are missing, or too many: said on every page, because nobody looks at the accounts every day. */
function Alarm() {
  const { t } = useI18n();
  const { site, gap_events: all, surplus_events: surplus } = useSite();
  if (all === 0) return null;
  const missing = all - surplus;
  const label = missing > 0 ? t('accounting.alarm.missing', { count: missing }) : t('accounting.alarm.surplus', { count: surplus });
  return (
    <div className="alarm-place" role="alert">
      <NavLink className={missing > 0 ? 'alarm' : 'alarm alarm-surplus'} to={sitePath(site, 'accounting')} title={label} data-testid="alarm">
        <Icon name="warning" size={18} />
        <span>{label}</span>
      </NavLink>
    </div>
  );
}

/** How many alerts fire that nobody has acknowledged. */
function useFiring(): number {
  const { site } = useSite();
  return useAnswer(questions.alerts(site), { refresh_ms: alerts_ms }).data?.firing ?? 0;
}

/** The same on a phone, where the navigation is longer than the screen. */
function Firing() {
  const { t } = useI18n();
  const { site } = useSite();
  const firing = useFiring();
  if (firing === 0) return null;
  const label = t('alerts.badge', { count: firing });
  return (
    <NavLink className="alarm alarm-firing" to={sitePath(site, 'alerts')} title={label}>
      <Icon name="bell" size={18} />
      <b aria-hidden="true">{firing}</b>
      <span className="sr-only">{label}</span>
    </NavLink>
  );
}

function SiteSwitch() {
  const { t } = useI18n();
  const current = useSite();
  const sites = useSites();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  if (sites.length < 2) return <span className="site-name">{current.name || current.site}</span>;
  const page = pages.find((one) => pathname.includes(`/${one.path}`))?.path ?? 'overview';
  return (
    <select
      className="site-switch"
      aria-label={t('app.site')}
      value={current.site}
      onChange={(event) => void navigate(sitePath(event.target.value, page))}
    >
      {sites.map((site) => (
        <option key={site.site} value={site.site}>
          {site.name || site.site}
        </option>
      ))}
    </select>
  );
}
