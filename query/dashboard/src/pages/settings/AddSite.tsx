import { useState, type FormEvent } from 'react';
import { changes } from '../../api/changes';
import { originOf } from '../../format/origin';
import { useI18n } from '../../i18n/context';
import { sitePath } from '../../state/address';
import { Field, Problem } from './parts';
import { useChange } from './useChange';

/** A name for addresses out of a name for people: `La Bottega!` → `la-bottega`. */
export const siteId = (name: string) =>
  name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64);

/** Makes a site, and leads to its installation. */
export function AddSite() {
  const { t } = useI18n();
  const change = useChange();
  const [name, setName] = useState('');
  const [id, setId] = useState<string>();
  const [address, setAddress] = useState('');
  const [timezone, setTimezone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [currency, setCurrency] = useState('EUR');
  const site = id ?? siteId(name);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const origin = originOf(address) ?? address.trim();
    const made = await change.run(() =>
      changes.addSite({
        site,
        name: name.trim() || site,
        timezone: timezone.trim(),
        currency: currency.trim().toUpperCase(),
        origins: origin === '' ? [] : [origin],
      }),
    );
    // The whole page anew: the list of sites is asked for once, above everything.
    if (made) window.location.assign(sitePath(site, 'installation'));
  };
  return (
    <form onSubmit={(event) => void add(event)} noValidate data-testid="add-site">
      <fieldset className="settings-form" disabled={change.busy}>
        <Field label={t('settings.site.name')}>
          {(ids) => <input {...ids} type="text" value={name} maxLength={200} placeholder="La Bottega" onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={t('settings.sites.origin')} hint={t('settings.sites.origin.hint')}>
          {(ids) => <input {...ids} type="text" inputMode="url" value={address} placeholder="https://www.bottega.example" spellCheck={false} onChange={(event) => setAddress(event.target.value)} />}
        </Field>
        <Field label={t('settings.site.id')} hint={t('settings.site.id.hint')}>
          {(ids) => <input {...ids} type="text" value={site} spellCheck={false} onChange={(event) => setId(event.target.value)} />}
        </Field>
        <Field label={t('settings.site.timezone')} hint={t('settings.site.timezone.hint')}>
          {(ids) => <input {...ids} type="text" list="timezones" value={timezone} spellCheck={false} onChange={(event) => setTimezone(event.target.value)} />}
        </Field>
        <Field label={t('settings.site.currency')} hint={t('settings.site.currency.hint')}>
          {(ids) => <input {...ids} type="text" list="currencies" value={currency} spellCheck={false} onChange={(event) => setCurrency(event.target.value)} />}
        </Field>
        <Problem change={change} />
        <div className="settings-actions">
          <button type="submit" className="button button-main">{t('settings.sites.add')}</button>
        </div>
      </fieldset>
    </form>
  );
}
