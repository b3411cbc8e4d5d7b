import { questions } from '../../api/questions';
import type { About as AboutData, GeoDatabase } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { formatAgo } from '../../format/duration';
import { formatDay } from '../../format/time';
import { useI18n } from '../../i18n/context';
import type { Key } from '../../i18n/dictionary';
import { useSite } from '../../state/site';
import { useNow } from '../../state/useNow';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { Skeleton } from '../../ui/states';
import './about.css';

/** Countries and cities change hands: data older than this is marked. */
const DATABASE_AGE_MS_MAX = 180 * 24 * 3_600_000;

const purposes = { bots: 'about.purpose.bots', devices: 'about.purpose.devices' } as const satisfies Record<string, Key>;

/** The version, the databases in use with their age, and whose data orma contains. */
export default function About() {
  const { t } = useI18n();
  const about = useAnswer(questions.about());
  return (
    <Page title={t('about.title')} lead={t('about.lead')}>
      <Answered answer={about} loading={<Card><Skeleton lines={6} /></Card>}>
        {(data) => (
          <div className="about">
            <Databases about={data} />
            <Sources about={data} />
          </div>
        )}
      </Answered>
    </Page>
  );
}

function Databases({ about }: { about: AboutData }) {
  const { t } = useI18n();
  const empty = about.collector_here ? 'about.geo.none' : 'about.geo.elsewhere';
  return (
    <Card title={t('about.geo')}>
      {about.geo_problem && <p className="form-error">{about.geo_problem}</p>}
      {about.geo_databases.length === 0 ? (
        !about.geo_problem && <p className="list-empty">{t(empty)}</p>
      ) : (
        <ul className="about-list" data-testid="geo-databases">
          {about.geo_databases.map((one) => <Database key={one.file} database={one} />)}
        </ul>
      )}
    </Card>
  );
}

function Database({ database }: { database: GeoDatabase }) {
  const { t, locale } = useI18n();
  const { timezone } = useSite();
  const now = useNow(60_000);
  const old = now - Date.parse(database.built_at) > DATABASE_AGE_MS_MAX;
  return (
    <li>
      <b className="mono">{database.file}</b>
      <span className="quiet small">
        {t('about.geo.built', {
          day: formatDay(database.built_at, locale, timezone),
          ago: formatAgo(database.built_at, now, locale),
        })}
      </span>
      {old && <span className="about-old">{t('about.geo.old')}</span>}
      {database.url && <a href={database.url} rel="noreferrer">{database.attribution}</a>}
    </li>
  );
}

function Sources({ about }: { about: AboutData }) {
  const { t } = useI18n();
  return (
    <Card title={t('about.sources')}>
      <ul className="about-list">
        {about.data_sources.map((one) => {
          const purpose = one.purpose in purposes ? purposes[one.purpose as keyof typeof purposes] : undefined;
          return (
            <li key={one.name}>
              <a href={one.url} rel="noreferrer">{one.name}</a>
              <span className="quiet small">{[one.license, purpose && t(purpose)].filter(Boolean).join(' · ')}</span>
            </li>
          );
        })}
      </ul>
      <p className="quiet small">{t('about.version', { version: about.version })}</p>
    </Card>
  );
}
