import { lazy, Suspense } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation, useParams } from 'react-router';
import { api } from './api/client';
import { useResource } from './api/useResource';
import { I18nProvider, useI18n } from './i18n/context';
import { SignIn } from './pages/sign-in/SignIn';
import { SignedOutProvider } from './shell/session';
import { Shell } from './shell/Shell';
import { firstSite, SiteProvider, SitesProvider, useSites } from './shell/site';
import { ThemeProvider } from './theme/context';
import { CrashBoundary } from './ui/CrashBoundary';
import { EmptyState, ErrorState, PageSkeleton } from './ui/states';

const Overview = lazy(() => import('./pages/overview/Overview'));
const Live = lazy(() => import('./pages/live/Live'));
const People = lazy(() => import('./pages/people/People'));
const Journey = lazy(() => import('./pages/journey/Journey'));
const Quality = lazy(() => import('./pages/quality/Quality'));
const About = lazy(() => import('./pages/about/About'));
const Installation = lazy(() => import('./pages/installation/Installation'));
const Newsletter = lazy(() => import('./pages/newsletter/Newsletter'));
const Settings = lazy(() => import('./pages/settings/Settings'));
const FirstSettings = lazy(() => import('./pages/settings/FirstSettings'));
const Accounting = lazy(() => import('./pages/accounting/Accounting'));

export function App() {
  return (
    <I18nProvider>
      <ThemeProvider>
        <BrowserRouter>
          <SignedOutProvider>
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
          </SignedOutProvider>
        </BrowserRouter>
      </ThemeProvider>
    </I18nProvider>
  );
}

function WithSites() {
  // Asked again, because a site says here when its accounts stop adding up.
  const sites = useResource('sites', (signal) => api.sites(signal), 30_000);
  if (sites.error && !sites.data) return <main className="lone"><ErrorState whole error={sites.error} retry={sites.retry} /></main>;
  if (!sites.data) return <main className="lone"><PageSkeleton /></main>;
  return (
    <SitesProvider sites={sites.data.items} refresh={sites.retry}>
      <Outlet />
    </SitesProvider>
  );
}

function FirstSite() {
  const first = firstSite(useSites());
  if (!first) return <main className="lone"><Suspense fallback={<PageSkeleton />}><FirstSettings /></Suspense></main>;
  return <Navigate to={`/sites/${encodeURIComponent(first.site)}/overview`} replace />;
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
