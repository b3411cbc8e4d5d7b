import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { askAgain } from '../../api/cache';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { SiteChange, SiteSettings } from '../../api/types';
import { originOf } from '../../format/origin';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { Field, Problem } from './parts';
import { useChange } from './useChange';

/** The origins of some lines, each as browsers send it; what is none stays, and the server says so. */
const origins = (text: string) =>
  text.split(/[\s,]+/).filter((line) => line !== '').map((line) => originOf(line) ?? line);

/** What was changed of a site since it was read: what others change meanwhile stays theirs. */
export function changesOf(before: SiteSettings, wanted: Required<SiteChange>): SiteChange {
  const isOther = ([field, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[field as keyof SiteChange]);
  return Object.fromEntries(Object.entries(wanted).filter(isOther));
}

/** Name, time zone, currency and origins of a site. */
export function SiteForm({ settings, mayChange }: { settings: SiteSettings; mayChange: boolean }) {
  const { t } = useI18n();
  const cache = useQueryClient();
  const change = useChange();
  const [saved, setSaved] = useState(false);
  const [known, setKnown] = useState(settings);
  const [name, setName] = useState(settings.name);
  const [timezone, setTimezone] = useState(settings.timezone);
  const [currency, setCurrency] = useState(settings.currency);
  const [lines, setLines] = useState(settings.origins.join('\n'));
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text);
    setSaved(false);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = { name: name.trim(), timezone: timezone.trim(), currency: currency.trim().toUpperCase(), origins: origins(lines) };
    const done = await change.run(async () => {
      const now = await changes.changeSite(settings.site, changesOf(known, wanted));
      setKnown(now);
      setName(now.name);
      setTimezone(now.timezone);
      setCurrency(now.currency);
      setLines(now.origins.join('\n'));
    });
    setSaved(done);
    if (done) await askAgain(cache, questions.sites());
  };
  return (
    <Card title={t('settings.site')} aside={<span className="mono quiet">{settings.site}</span>}>
      <form onSubmit={(event) => void save(event)} noValidate>
        <fieldset className="settings-form" disabled={!mayChange || change.busy}>
          <Field label={t('settings.site.name')}>
            {(ids) => <input {...ids} type="text" value={name} maxLength={200} onChange={(event) => edit(setName)(event.target.value)} />}
          </Field>
          <Field label={t('settings.site.timezone')} hint={t('settings.site.timezone.hint')}>
            {(ids) => <input {...ids} type="text" list="timezones" value={timezone} spellCheck={false} onChange={(event) => edit(setTimezone)(event.target.value)} />}
          </Field>
          <Field label={t('settings.site.currency')} hint={t('settings.site.currency.hint')}>
            {(ids) => <input {...ids} type="text" list="currencies" value={currency} spellCheck={false} onChange={(event) => edit(setCurrency)(event.target.value)} />}
          </Field>
          <Field label={t('settings.site.origins')} hint={t('settings.site.origins.hint')}>
            {(ids) => <textarea {...ids} rows={Math.max(2, lines.split('\n').length)} value={lines} spellCheck={false} onChange={(event) => edit(setLines)(event.target.value)} />}
          </Field>
          {known.unusable_origins.length > 0 && (
            <p className="form-error">{t('settings.site.origins.unusable', { origins: known.unusable_origins.join(', ') })}</p>
          )}
          <Problem change={change} />
          {mayChange && (
            <div className="settings-actions">
              <button type="submit" className="button button-main">{t('settings.save')}</button>
              <span role="status" className="good">{saved && t('settings.saved')}</span>
            </div>
          )}
        </fieldset>
      </form>
    </Card>
  );
}
