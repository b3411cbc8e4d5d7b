import { Link } from 'react-router';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../shell/site';
import { CopyButton } from '../../ui/CopyButton';
import { Mark } from '../../ui/Mark';

/** What a newcomer sees before the first event: three steps, and the page changes by itself when it comes. */
export function Welcome() {
  const { t } = useI18n();
  const { write_key: writeKey } = useSite();
  const snippet = `<script defer src="${window.location.origin}/orma.js" data-site="${writeKey ?? '…'}"></script>`;
  return (
    <section className="welcome" data-testid="welcome">
      <div className="welcome-trail" aria-hidden="true">
        {[0, 1, 2, 3, 4].map((index) => (
          <Mark key={index} size={30} />
        ))}
      </div>
      <h2>{t('welcome.title')}</h2>
      <p className="quiet">{t('welcome.lead')}</p>
      <ol className="welcome-steps">
        <li className="card">
          <h3>{t('welcome.demo.title')}</h3>
          <p>{t('welcome.demo.text')}</p>
          <a className="button button-main" href="/demo/" target="_blank" rel="noopener">{t('welcome.demo.action')}</a>
        </li>
        <li className="card">
          <h3>{t('welcome.live.title')}</h3>
          <p>{t('welcome.live.text')}</p>
          <Link className="button" to="../live">{t('welcome.live.action')}</Link>
        </li>
        <li className="card">
          <h3>{t('welcome.snippet.title')}</h3>
          <p>{t('welcome.snippet.text')}</p>
          <pre className="snippet" tabIndex={0}><code>{snippet}</code></pre>
          <CopyButton text={snippet} />
          <p className="quiet small">{t('welcome.snippet.key')}</p>
        </li>
      </ol>
      <p className="waiting" role="status"><span className="pulse" aria-hidden="true" />{t('welcome.waiting')}</p>
    </section>
  );
}
