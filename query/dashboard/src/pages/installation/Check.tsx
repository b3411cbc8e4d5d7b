import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changes } from '../../api/changes';
import { asApiError } from '../../api/error';
import { refusedCount, stateOf } from '../../api/installation';
import { questions } from '../../api/questions';
import type { Installation, Refused } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { readableAddress, readableHost } from '../../format/address';
import { faultText, problemText } from '../../format/codes';
import { formatNumber } from '../../format/number';
import { formatShort, formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat, useSite } from '../../state/site';
import { Card } from '../../ui/Card';
import { DataTable } from '../../ui/DataTable';
import { Icon } from '../../ui/Icon';

/** What arrived and what was refused in the last minutes, with why. */
export function Check({ data, again }: { data: Installation; again: () => void }) {
  const { t } = useI18n();
  return (
    <Card title={t('installation.check')} explain="installation" aside={<span className="quiet small">{t('installation.check.window')}</span>}>
      <div className="check-list">
        <Verdict data={data} />
        {data.refused.length > 0 && (
          <section>
            <h3>{t('installation.refusals')}</h3>
            <ul className="refusals" data-testid="refusals">
              {data.refused.map((one) => (
                <Refusal key={[one.reason, one.origin, one.key, one.of_this_site].join()} refused={one} data={data} again={again} />
              ))}
            </ul>
          </section>
        )}
        {data.events > 0 && (
          <div className="check-columns">
            <Hosts data={data} />
            <Latest data={data} />
          </div>
        )}
        {data.events > 0 && data.refused.length === 0 && <p className="quiet small">{t('installation.refusals.none')}</p>}
      </div>
    </Card>
  );
}

function Verdict({ data }: { data: Installation }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const state = stateOf(data);
  const refused = refusedCount(data);
  const before = state === 'waiting' && data.last_hour != null;
  const title = before ? t('installation.waiting.before') : t(`installation.${state}`);
  const text = {
    waiting: () => (data.last_hour == null ? t('installation.waiting.text') : t('installation.waiting.last', { when: formatShort(data.last_hour, locale, timeZone) })),
    works: () => t('installation.works.text', { count: data.events }),
    partly: () => t('installation.partly.text', { arrived: data.events, refused }),
    refused: () => t('installation.refused.text', { count: refused }),
  }[state]();
  return (
    <div className={`check-verdict check-${state}`} role="status" data-testid="installation-state" data-state={state}>
      <span className="check-mark">
        {state === 'waiting' ? <span className="pulse" aria-hidden="true" /> : <Icon name={state === 'works' ? 'check' : 'warning'} size={24} />}
      </span>
      <div>
        <p className="check-title">{title}</p>
        <p>{text}</p>
      </div>
    </div>
  );
}

const fixes = [
  'origin_not_allowed', 'unknown_key', 'not_json', 'missing_field', 'ingest_token_required', 'token_refused', 'body_too_large',
] as const;

function Refusal({ refused, data, again }: { refused: Refused; data: Installation; again: () => void }) {
  const i18n = useI18n();
  const { t, label } = i18n;
  const { locale, timeZone } = useFormat();
  const fault = faultText(refused.message, i18n);
  const fix = refused.whole_request ? fixes.find((one) => one === refused.reason) : undefined;
  // An origin that cannot be read, or that a sandboxed page has, is nobody's.
  const allowable = refused.reason === 'origin_not_allowed' && refused.of_this_site && /^https?:\/\//.test(refused.origin);
  return (
    <li>
      <p>
        <b>{label('reason', refused.reason)}</b>
        {refused.origin !== '' && <> {t('installation.from', { origin: refused.origin })}</>}
        {refused.key !== '' && refused.reason === 'unknown_key' && <> {t('installation.key', { key: refused.key })}</>}
      </p>
      <p className="quiet small">
        {t('installation.times', { count: refused.count })} · {t('installation.last')}{' '}
        <time dateTime={refused.last_at}>{formatTime(refused.last_at, locale, timeZone)}</time>
        {!refused.of_this_site && <> · {t('installation.stranger')}</>}
      </p>
      {fault !== '' && (!fix || fix === 'missing_field') && <p className="mono small">{fault}</p>}
      {fix && <p>{t(`installation.fix.${fix}`, { key: data.write_key ?? '–' })}</p>}
      {allowable && <Allow origin={refused.origin} origins={data.origins} again={again} />}
      {refused.example !== '' && (
        <details className="chart-table">
          <summary>{t('installation.example')}</summary>
          <pre className="snippet" tabIndex={0}><code>{refused.example}</code></pre>
        </details>
      )}
    </li>
  );
}

/** Adds an origin to the site's, for whoever may. */
function Allow({ origin, origins, again }: { origin: string; origins: readonly string[]; again: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const session = useAnswer(questions.session());
  const cache = useQueryClient();
  const allowing = useMutation({
    mutationFn: async () => {
      // The list of now, without what no browser sends and the server would refuse.
      const now = await cache.fetchQuery(questions.settings(site));
      const usable = now.origins.filter((one) => !now.unusable_origins.includes(one) && one !== origin);
      await changes.changeSite(site, { origins: [...usable, origin] });
      again();
    },
  });
  if (origins.includes(origin)) return <p className="good">{t('installation.allowed')}</p>;
  if (session.data?.role !== 'admin') return null;
  return (
    <>
      <button type="button" className="button" onClick={() => allowing.mutate()}>{t('installation.allow')}</button>
      {allowing.error && <p className="form-error" role="alert">{problemText(asApiError(allowing.error), i18n)}</p>}
    </>
  );
}

function Hosts({ data }: { data: Installation }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const bots = data.hosts.reduce((sum, host) => sum + host.bots, 0);
  return (
    <section>
      <h3>{t('installation.hosts')}</h3>
      <DataTable
        name={t('installation.hosts')}
        rows={data.hosts}
        rowKey={(host) => host.host}
        columns={[
          { id: 'host', head: t('installation.host'), cell: (host) => readableHost(host.host) || t('installation.host.none') },
          { id: 'events', head: t('installation.events'), number: true, cell: (host) => formatNumber(host.events, locale) },
          { id: 'visitors', head: t('installation.visitors'), number: true, cell: (host) => formatNumber(host.visitors, locale) },
          { id: 'last', head: t('installation.last'), number: true, tone: 'moment', cell: (host) => formatTime(host.last_at, locale, timeZone) },
        ]}
      />
      {bots > 0 && <p className="quiet small">{t('installation.bots', { count: bots })}</p>}
    </section>
  );
}

function Latest({ data }: { data: Installation }) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  return (
    <section>
      <h3>{t('installation.latest')}</h3>
      <ul className="latest" data-testid="latest-events">
        {data.latest.map((event) => (
          <li key={event.event_id}>
            <time className="quiet small" dateTime={event.received_at}>{formatTime(event.received_at, locale, timeZone)}</time>
            <span>
              {event.kind === 'custom' ? event.name : label('kind', event.kind)}{' '}
              <span className="mono">{readableAddress(event.host + event.path)}</span>
              {event.bot !== '' && <span className="badge">{t('installation.latest.bot', { name: event.bot })}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
