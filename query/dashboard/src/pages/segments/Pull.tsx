import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Segment } from '../../api/types';
import { useI18n } from '../../i18n/context';
import { sitePath } from '../../state/address';
import { useSite } from '../../state/site';
import { CopyButton } from '../../ui/CopyButton';
import { membersAddress } from './MembersExport';

/** How a program asks for the members, and afterwards only for what has changed. */
export function Pull({ segment: { segment } }: { segment: Segment }) {
  const { t } = useI18n();
  const { site } = useSite();
  const address = `${window.location.origin}${membersAddress(site, segment)}`;
  const ask = (query: string, more = '') => `curl -H "Authorization: Bearer $ORMA_TOKEN" ${more}\\\n  "${address}?${query}"`;
  return (
    <ol className="pull">
      <Step title={t('segments.pull.token')}>
        <p className="quiet">{t('segments.pull.token.text')}</p>
        <Link to={sitePath(site, 'settings')}>{t('segments.pull.token.where')}</Link>
      </Step>
      <Step title={t('segments.pull.all')} code={ask('limit=1000')}>
        <p className="quiet">{t('segments.pull.all.text')}</p>
      </Step>
      <Step title={t('segments.pull.changes')} code={ask('since=CURSOR')}>
        <p className="quiet">{t('segments.pull.changes.text')}</p>
      </Step>
      <Step title={t('segments.pull.file')} code={ask('traits=email,name', '-H "Accept: text/csv" ')}>
        <p className="quiet">{t('segments.pull.file.text')}</p>
      </Step>
    </ol>
  );
}

function Step({ title, code, children }: { title: string; code?: string; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <li>
      <h3>{title}</h3>
      {children}
      {code !== undefined && (
        <>
          <pre className="snippet" tabIndex={0} role="region" aria-label={t('installation.code', { what: title })}><code>{code}</code></pre>
          <CopyButton text={code} />
        </>
      )}
    </li>
  );
}
