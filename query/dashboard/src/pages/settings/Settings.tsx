import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { sitePath } from '../../state/address';
import { useSite, useSites } from '../../state/site';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { Page } from '../../ui/Page';
import { ErrorState, Skeleton } from '../../ui/states';
import { AddSite } from './AddSite';
import { NewsletterKeys, WriteKeys } from './Keys';
import { Suggestions } from './parts';
import './settings.css';
import { SiteForm } from './SiteForm';
import { Tokens } from './Tokens';

/** Sites, keys and tokens. Whoever may only read sees the site's. */
export default function Settings() {
  const { t } = useI18n();
  const { site } = useSite();
  const settings = useAnswer(questions.settings(site));
  const session = useAnswer(questions.session());
  const mayChange = session.data?.role === 'admin';
  const only = session.data?.site ?? null;
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      {session.data && !mayChange && <p className="quiet">{t('settings.readonly')}</p>}
      {settings.error && !settings.data ? (
        <ErrorState error={settings.error} retry={settings.retry} />
      ) : !settings.data || !session.data ? (
        <Card><Skeleton lines={6} tall /></Card>
      ) : (
        <>
          <SiteForm settings={settings.data} mayChange={mayChange} />
          <WriteKeys settings={settings.data} mayChange={mayChange} again={settings.retry} />
          <NewsletterKeys settings={settings.data} mayChange={mayChange} again={settings.retry} />
          {mayChange && <Tokens only={only} />}
          <Sites mayAdd={mayChange && only === null} />
          <Suggestions />
        </>
      )}
    </Page>
  );
}

function Sites({ mayAdd }: { mayAdd: boolean }) {
  const { t } = useI18n();
  const current = useSite();
  const sites = useSites();
  const { hash } = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hash === '#add-site') heading.current?.scrollIntoView();
  }, [hash]);
  return (
    <Card title={t('settings.sites')} aside={<ExportButton what={t('settings.sites')} question={questions.sites()} name="sites" />}>
      <ul className="settings-list">
        {sites.map((site) => (
          <li key={site.site}>
            <span className="settings-name">
              {site.site === current.site ? <b>{site.name || site.site}</b> : <Link to={sitePath(site.site, 'settings')}>{site.name || site.site}</Link>}{' '}
              <span className="quiet small mono">{site.site} · {site.timezone} · {site.currency}</span>
            </span>
          </li>
        ))}
      </ul>
      {mayAdd && (
        <>
          <h3 className="settings-heading" id="add-site" ref={heading}>{t('settings.sites.add')}</h3>
          <AddSite />
        </>
      )}
    </Card>
  );
}
