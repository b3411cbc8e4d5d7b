import { lazy, Suspense, useEffect, useState } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation, useParams } from 'react-router';
import { questions } from './api/questions';
import { useAnswer } from './api/useAnswer';
import { I18nProvider, useI18n } from './i18n/context';
import { SignIn } from './pages/sign-in/SignIn';
import { AnswersProvider } from './shell/answers';
import { SignedOutProvider } from './shell/session';
import { Shell } from './shell/Shell';
import { sitePath } from './state/address';
import { firstSite, SiteProvider, SitesProvider, useSites } from './state/site';
import { ThemeProvider } from './theme/context';
import { CrashBoundary } from './ui/CrashBoundary';
import { EmptyState, ErrorState, PageSkeleton } from './ui/states';

const pages = {
  overview: () => import('./pages/overview/Overview'),
  live: () => import('./pages/live/Live'),
  people: () => import('./pages/people/People'),
  journey: () => import('./pages/journey/Journey'),
  suspicious: () => import('./pages/suspicious/Suspicious'),
  funnels: () => import('./pages/funnels/Funnels'),
  retention: () => import('./pages/retention/Retention'),
  attribution: () => import('./pages/attribution/Attribution'),
  paths: () => import('./pages/paths/Paths'),
  touchpoints: () => import('./pages/touchpoints/Touchpoints'),
  journeys: () => import('./pages/journeys/Journeys'),
  segments: () => import('./pages/segments/Segments'),
  reports: () => import('./pages/reports/Reports'),
  boards: () => import('./pages/boards/Boards'),
  alerts: () => import('./pages/alerts/Alerts'),
  sql: () => import('./pages/sql/Sql'),
  quality: () => import('./pages/quality/Quality'),
  about: () => import('./pages/about/About'),
  installation: () => import('./pages/installation/Installation'),
  newsletter: () => import('./pages/newsletter/Newsletter'),
  settings: () => import('./pages/settings/Settings'),
  firstSettings: () => import('./pages/settings/FirstSettings'),
  accounting: () => import('./pages/accounting/Accounting'),
};

const Overview = lazy(pages.overview);
const Live = lazy(pages.live);
const People = lazy(pages.people);
const Journey = lazy(pages.journey);
const Suspicious = lazy(pages.suspicious);
const Funnels = lazy(pages.funnels);
const Retention = lazy(pages.retention);
const Attribution = lazy(pages.attribution);
const Paths = lazy(pages.paths);
const Touchpoints = lazy(pages.touchpoints);
const Journeys = lazy(pages.journeys);
const Segments = lazy(pages.segments);
const Reports = lazy(pages.reports);
const Boards = lazy(pages.boards);
const Alerts = lazy(pages.alerts);
const Sql = lazy(pages.sql);
const Quality = lazy(pages.quality);
const About = lazy(pages.about);
const Installation = lazy(pages.installation);
const Newsletter = lazy(pages.newsletter);
const Settings = lazy(pages.settings);
const FirstSettings = lazy(pages.firstSettings);
const Accounting = lazy(pages.accounting);

/** The code of the page that was opened comes while it is asked who is there and which sites there are. */
export function preloadPage(pathname: string) {
  // One that fails is asked for again when it is shown.
  loaderOf(pathname)?.().catch(() => undefined);
}

function loaderOf(pathname: string): (() => Promise<unknown>) | undefined {
  const [, first, , page = 'overview', person] = pathname.split('/');
  if (first !== 'sites') return first === '' ? pages.overview : undefined;
  if (page === 'people' && person) return pages.journey;
  return Object.entries(pages).find(([name]) => name === page)?.[1];
}

/** The code of the other pages comes when the first stands, so that each opens without a network too. */
const prefetch_ms = 3_000;

/** How often the sites are asked for; while visits are made, as often as there is something new to tell. */
const sites_ms = 30_000;
const sites_making_ms = 5_000;

function usePrefetchedPages() {
  useEffect(() => {
    const timer = setTimeout(() => {
      // One that fails is asked for again when it is opened.
      for (const load of Object.values(pages)) load().catch(() => undefined);
    }, prefetch_ms);
    return () => clearTimeout(timer);
  }, []);
}

export function App() {
  return (
    <I18nProvider>
      <ThemeProvider>
        <BrowserRouter>
          <SignedOutProvider>
            <AnswersProvider>
              <Routes>
                <Route path="/sign-in" element={<SignIn />} />
                <Route element={<WithSites />}>
                  <Route path="/" element={<FirstSite />} />
                  <Route path="/sites/:site" element={<OneSite />}>
                    <Route index element={<Navigate to="overview" replace />} />
                    <Route path="overview" element={<Overview />} />
                    <Route path="live" element={<Live />} />
                    <Route path="people" element={<People />} />
                    <Route path="people/:person" element={<Journey />} />
                    <Route path="suspicious" element={<Suspicious />} />
                    <Route path="funnels" element={<Funnels />} />
                    <Route path="retention" element={<Retention />} />
                    <Route path="attribution" element={<Attribution />} />
                    <Route path="paths" element={<Paths />} />
                    <Route path="touchpoints" element={<Touchpoints />} />
                    <Route path="journeys" element={<Journeys />} />
                    <Route path="segments/*" element={<Segments />} />
                    <Route path="reports/*" element={<Reports />} />
                    <Route path="boards/*" element={<Boards />} />
                    <Route path="alerts/*" element={<Alerts />} />
                    <Route path="sql" element={<Sql />} />
                    <Route path="quality" element={<Quality />} />
                    <Route path="accounting" element={<Accounting />} />
                    <Route path="newsletter" element={<Newsletter />} />
                    <Route path="installation" element={<Installation />} />
                    <Route path="settings" element={<Settings />} />
                    <Route path="about" element={<About />} />
                    <Route path="*" element={<NotFound />} />
                  </Route>
                  <Route path="*" element={<main className="lone"><NotFound /></main>} />
                </Route>
              </Routes>
            </AnswersProvider>
          </SignedOutProvider>
        </BrowserRouter>
      </ThemeProvider>
    </I18nProvider>
  );
}

function WithSites() {
  usePrefetchedPages();
  // Asked again, because a site says here when its accounts stop adding up, and how far its visits are.
  const [isMaking, setIsMaking] = useState(false);
  const sites = useAnswer(questions.sites(), { refresh_ms: isMaking ? sites_making_ms : sites_ms });
  const making = sites.data?.items.some((site) => site.making_visits) ?? false;
  useEffect(() => setIsMaking(making), [making]);
  if (sites.error && !sites.data) return <main className="lone"><ErrorState whole error={sites.error} retry={sites.retry} /></main>;
  if (!sites.data) return <main className="lone"><PageSkeleton /></main>;
  return (
    <SitesProvider sites={sites.data.items}>
      <Outlet />
    </SitesProvider>
  );
}

function FirstSite() {
  const first = firstSite(useSites());
  if (!first) return <main className="lone"><Suspense fallback={<PageSkeleton />}><FirstSettings /></Suspense></main>;
  return <Navigate to={sitePath(first.site, 'overview')} replace />;
}

function OneSite() {
  const { site: id } = useParams();
  const { pathname } = useLocation();
  const site = useSites().find((one) => one.site === id);
  if (!site) return <main className="lone"><NotFound /></main>;
  return (
    <SiteProvider site={site} key={site.site}>
      <Shell>
        <CrashBoundary key={pathname}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </CrashBoundary>
      </Shell>
    </SiteProvider>
  );
}

function NotFound() {
  const { t } = useI18n();
  return <EmptyState whole title={t('app.notFound')} hint={t('app.notFound.hint')} action={{ label: t('app.home'), to: '/' }} />;
}
