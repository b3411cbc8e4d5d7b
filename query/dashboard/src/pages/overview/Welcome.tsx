import { Link } from 'react-router';
import { concerns } from '../../api/installation';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { sitePath } from '../../state/address';
import { demoSite, firstSite, useSite, useSites } from '../../state/site';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';

const refresh_ms = 3_000;

/** What a newcomer sees before the first event: what to do, and what goes wrong; the page changes by itself when it comes. */
export function Welcome() {
  const { t } = useI18n();
  const { site } = useSite();
  return (
    <section className="welcome" data-testid="welcome">
      <div className="welcome-trail" aria-hidden="true">
        {[0, 1, 2, 3, 4].map((index) => (
          <Mark key={index} size={30} />
        ))}
      </div>
      <h2>{t('welcome.title')}</h2>
      {site === demoSite && <p className="quiet">{t('welcome.lead')}</p>}
      <ol className="welcome-steps">
        {site === demoSite ? <DemoShop /> : <Snippet />}
        <li className="card">
          <h3>{t('welcome.live.title')}</h3>
          <p>{t('welcome.live.text')}</p>
          <Link className="button" to="../live">{t('welcome.live.action')}</Link>
        </li>
        {site === demoSite && <OwnSite />}
      </ol>
      <Waiting />
    </section>
  );
}

/** The shop that sends to the site `demo`, and to no other. */
function DemoShop() {
  const { t } = useI18n();
  return (
    <li className="card">
      <h3>{t('welcome.demo.title')}</h3>
      <p>{t('welcome.demo.text')}</p>
      <a className="button button-main" href="/demo/" target="_blank" rel="noopener">{t('welcome.demo.action')}</a>
    </li>
  );
}

/** From the demo's page, the way to a site of one's own. */
function OwnSite() {
  const { t } = useI18n();
  const first = firstSite(useSites());
  const own = first && first.site !== demoSite ? first : undefined;
  return (
    <li className="card">
      <h3>{t('welcome.own.title')}</h3>
      <p>{t('welcome.own.text')}</p>
      {own ? (
        <Link className="button" to={sitePath(own.site, 'installation')}>{t('welcome.own.open', { site: own.name || own.site })}</Link>
      ) : (
        <Link className="button" to="../settings#add-site">{t('welcome.own.action')}</Link>
      )}
    </li>
  );
}

function Snippet() {
  const { t } = useI18n();
  const { write_key: writeKey } = useSite();
  const snippet = `<script defer src="${window.location.origin}/orma.js" data-site="${writeKey ?? '…'}"></script>`;
  return (
    <li className="card">
      <h3>{t('welcome.snippet.title')}</h3>
      <p>{t('welcome.snippet.text')}</p>
      <pre className="snippet" tabIndex={0}><code>{snippet}</code></pre>
      <CopyButton text={snippet} />
      <p><Link className="button button-main" to="../installation">{t('welcome.snippet.install')}</Link></p>
    </li>
  );
}

/** What arrives and is refused is no waiting. */
function Waiting() {
  const { t } = useI18n();
  const { site } = useSite();
  const installation = useAnswer(questions.installation(site), { refresh_ms });
  const { refused = [], origins = [] } = installation.data ?? {};
  const first = refused.find((one) => concerns(one, origins));
  if (!first) return <p className="waiting" role="status"><span className="pulse" aria-hidden="true" />{t('welcome.waiting')}</p>;
  return (
    <div className="waiting welcome-refused" role="alert" data-testid="welcome-refused">
      <Icon name="warning" />
      <span>
        <b>{t('welcome.refused')}.</b>{' '}
        {first.reason === 'origin_not_allowed' && first.origin !== '' ? t('welcome.refused.origin', { origin: first.origin }) : t('welcome.refused.other')}{' '}
        <Link to="../installation">{t('welcome.refused.action')}</Link>
      </span>
    </div>
  );
}
