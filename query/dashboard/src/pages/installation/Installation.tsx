import { useState } from 'react';
import { Link } from 'react-router';
import { questions } from '../../api/questions';
import type { Installation as InstallationData } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { isLocal, originOf } from '../../format/origin';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { useChoice } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { Skeleton } from '../../ui/states';
import { Tabs } from '../../ui/Tabs';
import { Check } from './Check';
import { CodeBlock } from './CodeBlock';
import './installation.css';
import { contentSecurityPolicy, snippet, ways, type Target } from './ways';

const refresh_ms = 3_000;
const storageKey = 'orma.collector';

/** The snippet of a site, where to put it, and whether it works. */
export default function Installation() {
  const { t } = useI18n();
  const { site } = useSite();
  const installation = useAnswer(questions.installation(site), { refresh_ms });
  return (
    <Page title={t('installation.title')} lead={t('installation.lead')}>
      <Answered answer={installation} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(data) => <Content data={data} again={installation.retry} />}
      </Answered>
    </Page>
  );
}

function Content({ data, again }: { data: InstallationData; again: () => void }) {
  const { t } = useI18n();
  const [collector, setCollector] = useCollector();
  const target = data.write_key == null ? undefined : { collector, writeKey: data.write_key };
  return (
    <>
      <Check data={data} again={again} />
      <Card title={t('installation.snippet')}>
        <div className="install-line">
          {target ? (
            <>
              <p>{t('installation.snippet.text')}</p>
              <CodeBlock code={snippet(target)} label={t('installation.snippet')} />
            </>
          ) : (
            <p className="form-error">{t('installation.nokey')}</p>
          )}
          <Origins origins={data.origins} />
          <CollectorAddress collector={collector} onChange={setCollector} />
        </div>
      </Card>
      {target && (
        <>
          <Card title={t('installation.where')}><Where target={target} /></Card>
          <Card title={t('installation.csp')}>
            <p className="install-text">{t('installation.csp.text')}</p>
            <CodeBlock code={contentSecurityPolicy(target)} label={t('installation.csp')} />
          </Card>
        </>
      )}
    </>
  );
}

function Origins({ origins }: { origins: readonly string[] }) {
  const { t } = useI18n();
  return (
    <p className="quiet small">
      {origins.length === 0 ? t('installation.origins.any') : <>{t('installation.origins')} <span className="mono">{origins.join(' · ')}</span></>}
      {' '}
      <Link to="../settings">{t('installation.settings')}</Link>
    </p>
  );
}

/** Where browsers reach the collector: this address, unless somebody has said another. */
function useCollector(): [string, (address: string) => void] {
  const [address, setAddress] = useState(() => {
    try {
      return localStorage.getItem(storageKey) ?? window.location.origin;
    } catch {
      // Storage can be refused; the address of this page is used then.
      return window.location.origin;
    }
  });
  const set = (next: string) => {
    try {
      if (next === window.location.origin) localStorage.removeItem(storageKey);
      else localStorage.setItem(storageKey, next);
    } catch {
      // It lasts until the page is left.
    }
    setAddress(next);
  };
  return [address, set];
}

function CollectorAddress({ collector, onChange }: { collector: string; onChange: (address: string) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState(collector);
  const wrong = originOf(text) === undefined;
  const type = (typed: string) => {
    setText(typed);
    const origin = originOf(typed);
    if (origin) onChange(origin);
  };
  return (
    <label className="field">
      {t('installation.address')}
      <input
        type="text"
        inputMode="url"
        value={text}
        onChange={(event) => type(event.target.value)}
        aria-invalid={wrong}
        aria-describedby="collector-hint"
        spellCheck={false}
      />
      <span id="collector-hint" className={wrong ? 'form-error small' : 'quiet small'}>
        {wrong ? t('installation.address.wrong') : isLocal(collector) ? t('installation.address.local') : t('installation.address.hint')}
      </span>
    </label>
  );
}

function Where({ target }: { target: Target }) {
  const { t } = useI18n();
  const [chosen, choose] = useChoice('way');
  const way = ways.find(({ id }) => id === chosen);
  return (
    <Tabs
      label={t('installation.where')}
      tabs={ways.map(({ id }) => ({ id, label: t(`installation.way.${id}`) }))}
      selected={chosen}
      onSelect={choose}
    >
      <ol className="install-steps">
        {way?.steps.map((step) => (
          <li key={step.text}>
            <p>{t(step.text as 'installation.step.html')}</p>
            {step.code && <CodeBlock code={step.code(target)} label={t(`installation.way.${way.id}`)} />}
          </li>
        ))}
      </ol>
    </Tabs>
  );
}
