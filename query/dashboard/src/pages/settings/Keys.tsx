import { useState } from 'react';
import { changes } from '../../api/changes';
import type { SiteSettings } from '../../api/types';
import { formatDay } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { CopyButton } from '../../ui/CopyButton';
import { Problem, Revoke, Secret } from './parts';
import { useChange } from './useChange';

interface KeysProps {
  settings: SiteSettings;
  mayChange: boolean;
  again: () => void;
}

/** The keys that stand in the pages. */
export function WriteKeys({ settings, mayChange, again }: KeysProps) {
  const { t } = useI18n();
  const change = useChange();
  const run = async (what: () => Promise<unknown>) => {
    if (await change.run(what)) again();
  };
  return (
    <Card title={t('settings.keys')}>
      <p className="quiet settings-text">{t('settings.keys.text')}</p>
      {settings.write_keys.length === 0 && <p className="form-error">{t('settings.keys.none')}</p>}
      <ul className="settings-list" data-testid="write-keys">
        {settings.write_keys.map((key) => (
          <li key={key}>
            <span className="mono settings-name">{key}</span>
            <CopyButton text={key} />
            {mayChange && (
              <Revoke
                what={key}
                consequence={t('settings.revoke.key')}
                busy={change.busy}
                revoke={() => void run(() => changes.revokeKey(settings.site, key))}
              />
            )}
          </li>
        ))}
      </ul>
      <Problem change={change} />
      {mayChange && (
        <button type="button" className="button" disabled={change.busy} onClick={() => void run(() => changes.addKey(settings.site))}>
          {t('settings.keys.add')}
        </button>
      )}
    </Card>
  );
}

/** The secrets that sign the links of newsletters. */
export function NewsletterKeys({ settings, mayChange, again }: KeysProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const change = useChange();
  const [secret, setSecret] = useState('');
  const add = async () => {
    const made = await change.run(async () => setSecret((await changes.addNewsletterKey(settings.site)).secret));
    if (made) again();
  };
  const revoke = async (id: string) => {
    if (await change.run(() => changes.revokeNewsletterKey(settings.site, id))) again();
  };
  return (
    <Card title={t('settings.newsletter')}>
      <p className="quiet settings-text">{t('settings.newsletter.text')}</p>
      {settings.newsletter_keys.length === 0 && <p className="quiet">{t('settings.newsletter.none')}</p>}
      <ul className="settings-list">
        {settings.newsletter_keys.map((key) => (
          <li key={key.key_id}>
            <span className="settings-name">
              <span className="mono">{key.key_id}</span>{' '}
              <span className="quiet small">{t('settings.newsletter.since', { day: formatDay(key.created_at, locale, timeZone) })}</span>
            </span>
            {mayChange && (
              <Revoke what={key.key_id} consequence={t('settings.revoke.newsletter')} busy={change.busy} revoke={() => void revoke(key.key_id)} />
            )}
          </li>
        ))}
      </ul>
      {secret !== '' && <Secret secret={secret} done={() => setSecret('')} />}
      <Problem change={change} />
      {mayChange && (
        <button type="button" className="button" disabled={change.busy} onClick={() => void add()}>
          {t('settings.newsletter.add')}
        </button>
      )}
    </Card>
  );
}
