import { useState } from 'react';
import { Link } from 'react-router';
import { questions } from '../../api/questions';
import type { SuspiciousPerson } from '../../api/types';
import { usePages } from '../../api/usePages';
import { formatAgo } from '../../format/duration';
import { useI18n } from '../../i18n/context';
import { personPath, sitePath, thresholdNames, type ThresholdName } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { useSharedQuery, useThresholds } from '../../state/useAddress';
import { useNow } from '../../state/useNow';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import './suspicious.css';

const page_size = 20;

type Thresholds = Readonly<Record<ThresholdName, number>>;

/** People with more ids, devices or countries than one person has, why, and the way to part them. */
export default function Suspicious() {
  const { t } = useI18n();
  const { site } = useSite();
  const shared = useSharedQuery();
  const [chosen, choose] = useThresholds();
  const pages = usePages((cursor) => questions.suspicious(site, { ...chosen, limit: page_size, cursor }));
  const thresholds = pages.first.data?.thresholds;
  return (
    <Page title={t('suspicious.title')} lead={t('suspicious.lead')}>
      <Link className="back-link" to={sitePath(site, 'people') + shared}>
        <Icon name="back" size={16} />
        {t('journey.back')}
      </Link>
      <div className="suspicious-controls">
        <fieldset>
          <legend>{t('suspicious.thresholds')}</legend>
          {thresholdNames.map((name) => (
            <Threshold key={name} name={name} value={chosen[`min_${name}`]} known={thresholds?.[name]} choose={(value) => choose(name, value)} />
          ))}
        </fieldset>
        <ExportButton what={t('suspicious.title')} question={questions.suspicious(site, { ...chosen, limit: 100 })} name="suspicious" />
      </div>
      <Answered answer={pages.first} loading={<Card><Skeleton lines={8} /></Card>}>
        {(data) =>
          data.items.length === 0 ? (
            <EmptyState title={t('suspicious.empty')} hint={t('suspicious.empty.hint')} />
          ) : (
            <>
              <p className="quiet" role="status">{t('suspicious.count', { count: data.total })}</p>
              <ul className="suspicious-list" data-testid="suspicious">
                {pages.items.map((person) => <Suspect key={person.person} person={person} thresholds={data.thresholds} />)}
              </ul>
            </>
          )
        }
      </Answered>
      {pages.error && <ErrorState error={pages.error} retry={pages.load} />}
      {pages.available && !pages.error && (
        <div className="more">
          <button type="button" className="button" disabled={pages.loading} onClick={pages.load}>
            {pages.loading ? t('app.loading') : t('people.more')}
          </button>
        </div>
      )}
    </Page>
  );
}

interface ThresholdProps {
  name: ThresholdName;
  /** As the address says it. */
  value: string | undefined;
  /** As the server took it. */
  known: number | undefined;
  choose: (value: string | null) => void;
}

function Threshold({ name, value, known, choose }: ThresholdProps) {
  const { t } = useI18n();
  const [typed, type] = useState<string>();
  return (
    <label className="option">
      <span>{t(`suspicious.${name}`)}</span>
      <input
        className="field"
        type="number"
        min={2}
        max={100_000}
        value={typed ?? value ?? known ?? ''}
        onChange={(event) => type(event.target.value)}
        onBlur={(event) => {
          type(undefined);
          const number = Number(event.target.value);
          choose(Number.isInteger(number) && number >= 2 && number <= 100_000 ? String(number) : null);
        }}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
    </label>
  );
}

function Suspect({ person, thresholds }: { person: SuspiciousPerson; thresholds: Thresholds }) {
  const { t } = useI18n();
  const { site } = useSite();
  const { locale } = useFormat();
  const now = useNow(30_000);
  const number = new Intl.NumberFormat(locale);
  const reasons = thresholdNames.filter((name) => person.reasons.includes(name));
  const { cause } = person;
  const identity = `${personPath(site, person.person)}?of=identity`;
  const taken = new URLSearchParams((cause?.split ?? []).map((id) => ['take', id]));
  return (
    <li className="card suspicious-person" data-person={person.person}>
      <div>
        <h2><Link to={identity}><bdi className="mono id">{person.person}</bdi></Link></h2>
        <ul className="suspicious-reasons">
          {reasons.map((name) => (
            <li key={name}>
              {t('suspicious.reason', { number: number.format(person[name]), what: t(`suspicious.what.${name}`), threshold: number.format(thresholds[name]) })}
            </li>
          ))}
        </ul>
        <p>
          {!cause
            ? t('suspicious.cause.none')
            : cause.kind === 'edge'
              ? t('suspicious.cause.edge', { id: cause.edge?.id ?? cause.id, user: cause.edge?.user ?? '', ids: number.format(cause.ids), all: number.format(cause.of_ids) })
              : t('suspicious.cause.id', { ids: number.format(cause.ids), all: number.format(cause.of_ids), id: cause.id })}
        </p>
        <p className="quiet small">
          {t('journey.sessions', { count: person.sessions })} · {t('journey.events', { count: person.events })} · {t('journey.lastSeen')}: {formatAgo(person.last_seen, now, locale)}
        </p>
      </div>
      <div className="suspicious-buttons">
        {cause && cause.split.length > 0 && <Link className="button button-main" to={`${identity}&${taken}`}>{t('suspicious.split')}</Link>}
        <Link className="button" to={identity}>{t('suspicious.open')}</Link>
      </div>
    </li>
  );
}
