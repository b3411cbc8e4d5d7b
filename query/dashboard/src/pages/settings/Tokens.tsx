import { useState, type FormEvent } from 'react';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { TokenInfo } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { useSites } from '../../state/site';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { Skeleton } from '../../ui/states';
import { Field, Problem, Revoke, Secret } from './parts';
import { useChange } from './useChange';

const roles = ['analyst', 'ingest', 'segments', 'admin'] as const;
type Role = (typeof roles)[number];

/** Who and what may ask, change and send. `only`: the one site that the caller is an admin of. */
export function Tokens({ only }: { only: string | null }) {
  const { t } = useI18n();
  const tokens = useAnswer(questions.tokens());
  return (
    <Card title={t('settings.tokens')} aside={<ExportButton what={t('settings.tokens')} question={questions.tokens()} name="tokens" />}>
      <p className="quiet settings-text">{t('settings.tokens.text')}</p>
      <Answered answer={tokens} loading={<Skeleton lines={3} />}>
        {({ items }) => (
          <ul className="settings-list" data-testid="tokens">
            {items.map((token) => <Token key={token.token_id} token={token} again={tokens.retry} />)}
          </ul>
        )}
      </Answered>
      <AddToken only={only} again={tokens.retry} />
    </Card>
  );
}

function Token({ token, again }: { token: TokenInfo; again: () => void }) {
  const { t, label } = useI18n();
  const change = useChange();
  const revoke = async () => {
    if (await change.run(() => changes.revokeToken(token.token_id))) again();
  };
  const name = token.name || t('settings.tokens.unnamed');
  const role = roles.some((one) => one === token.role) ? t(`settings.role.${token.role as Role}`) : label('role', token.role);
  return (
    <li>
      <span className="settings-name">
        <b>{name}</b> {token.current && <span className="badge rating-good">{t('settings.tokens.current')}</span>}
        <br />
        <span className="quiet small">
          {role} · {token.site ?? t('settings.tokens.all')} · <span className="mono">{token.token_id}</span>
        </span>
      </span>
      {!token.current && <Revoke what={name} consequence={t('settings.revoke.token')} busy={change.busy} revoke={() => void revoke()} />}
      <Problem change={change} />
    </li>
  );
}

function AddToken({ only, again }: { only: string | null; again: () => void }) {
  const { t } = useI18n();
  const sites = useSites();
  const change = useChange();
  const [role, setRole] = useState<Role>('analyst');
  const [site, setSite] = useState(only ?? '');
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = { role, site: site === '' ? null : site, name: name.trim() };
    const made = await change.run(async () => setSecret((await changes.addToken(wanted)).secret));
    if (!made) return;
    setName('');
    again();
  };
  return (
    <>
      {secret !== '' && <Secret secret={secret} done={() => setSecret('')} />}
      <form onSubmit={(event) => void add(event)} noValidate data-testid="add-token">
        <fieldset className="settings-row" disabled={change.busy}>
          <Field label={t('settings.tokens.name')}>
            {(ids) => <input {...ids} type="text" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={t('settings.tokens.role')}>
            {(ids) => (
              <select {...ids} value={role} onChange={(event) => setRole(event.target.value as Role)}>
                {roles.map((one) => <option key={one} value={one}>{one}: {t(`settings.role.${one}`)}</option>)}
              </select>
            )}
          </Field>
          <Field label={t('settings.tokens.site')}>
            {(ids) => (
              <select {...ids} value={site} onChange={(event) => setSite(event.target.value)}>
                {only === null && <option value="">{t('settings.tokens.all')}</option>}
                {sites.map((one) => <option key={one.site} value={one.site}>{one.name || one.site}</option>)}
              </select>
            )}
          </Field>
          <button type="submit" className="button">{t('settings.tokens.add')}</button>
        </fieldset>
        <Problem change={change} />
      </form>
    </>
  );
}
