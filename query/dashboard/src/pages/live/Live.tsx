import type { LiveMinute, LiveSnapshot } from '../../api/types';
import { formatNumber } from '../../format/number';
import { formatClock, formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { sitePath } from '../../state/address';
import { demoSite, useFormat, useSite } from '../../state/site';
import { BarList } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { EmptyState, Skeleton } from '../../ui/states';
import { useValueName } from '../../ui/useValueName';
import { presentVisitors } from './cards';
import type { Connection } from './follow';
import './live.css';
import { LiveMap } from './LiveMap';
import { LiveMoves } from './LiveMoves';
import { PersonCard } from './PersonCard';
import { useLive, type Live as LiveState } from './useLive';

export default function Live() {
  const { t, locale } = useI18n();
  const { site } = useSite();
  const live = useLive(site);
  const { snapshot } = live;
  const lost = live.connection === 'reconnecting';
  return (
    <Page title={t('live.title')} controls={<ConnectionState connection={live.connection} />}>
      {lost && <ConnectionLost heard_ms={live.heard_ms} />}
      <div className="live-grid">
        <Card className="live-now">
          {snapshot ? (
            <>
              <p className="live-count" aria-live="polite">
                <strong data-testid="live-visitors">{formatNumber(snapshot.visitors, locale)}</strong>
                <span>{t('live.now', { count: snapshot.visitors })}</span>
              </p>
              <p className="quiet">{t('live.now.hint')}<Explain of="live" name={t('metric.visitors')} /></p>
              <Minutes minutes={snapshot.minutes} />
            </>
          ) : (
            <Skeleton lines={4} tall />
          )}
        </Card>
        {snapshot && <div className="live-where"><LiveMap snapshot={snapshot} /></div>}
        {snapshot && (
          <div className="live-lists">
            <LiveMoves snapshot={snapshot} />
            {snapshot.visitors > 0 && <NowLists snapshot={snapshot} />}
          </div>
        )}
        <Card
          title={t('live.stream')}
          className="live-stream"
          aside={
            <button type="button" className="button button-quiet" aria-pressed={live.paused} onClick={() => live.setPaused(!live.paused)}>
              <Icon name={live.paused ? 'play' : 'pause'} size={16} />
              {live.paused ? t('live.resume') : t('live.pause')}
            </button>
          }
        >
          {live.paused && <p className="live-mark" role="status">{t('live.paused', { count: live.waiting })}</p>}
          {live.skipped > 0 && <p className="quiet small">{t('live.skipped', { count: live.skipped })}</p>}
          <Cards live={live} />
        </Card>
      </div>
    </Page>
  );
}

function Cards({ live: { cards, snapshot } }: { live: LiveState }) {
  const { t } = useI18n();
  const { site } = useSite();
  if (!cards) return <Skeleton lines={8} />;
  if (cards.length === 0) {
    // Who walks through the demo shop is seen on the demo's site alone.
    return site === demoSite ? (
      <EmptyState title={t('live.empty')} hint={t('live.empty.hint')}>
        <a className="button" href="/demo/" target="_blank" rel="noopener">{t('welcome.demo.action')}</a>
      </EmptyState>
    ) : (
      <EmptyState
        title={t('live.empty')}
        hint={t('live.empty.hint')}
        action={{ label: t('welcome.snippet.install'), to: sitePath(site, 'installation') }}
      />
    );
  }
  const now_ms = snapshot ? Date.parse(snapshot.now) : 0;
  return (
    <>
      <p className="quiet small">{t('live.stream.hint')}</p>
      <ol className="live-cards" data-testid="live-cards">
        {cards.map((card) => (
          <PersonCard key={card.person} card={card} present={snapshot ? presentVisitors(card, now_ms) : 0} />
        ))}
      </ol>
    </>
  );
}

/** What is on the page is no longer live, and since when. */
function ConnectionLost({ heard_ms }: { heard_ms: number | undefined }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const time = heard_ms === undefined ? undefined : formatTime(new Date(heard_ms).toISOString(), locale, timeZone);
  return (
    <p className="live-mark live-lost" role="alert" data-testid="live-lost">
      {time === undefined ? t('live.lost') : t('live.lost.since', { time })}
    </p>
  );
}

function ConnectionState({ connection }: { connection: Connection }) {
  const { t } = useI18n();
  return (
    <span className={`connection connection-${connection}`} role="status" data-testid="live-connection" data-status={connection}>
      <span className="pulse" aria-hidden="true" />
      {t(`live.${connection}`)}
    </span>
  );
}

function Minutes({ minutes }: { minutes: readonly LiveMinute[] }) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const highest = Math.max(1, ...minutes.map((minute) => minute.page_views));
  return (
    <figure className="minutes">
      <figcaption>{t('live.minutes')}</figcaption>
      <ol>
        {minutes.map((minute) => {
          const text = t('live.minutes.bar', {
            time: formatClock(minute.minute, locale, timeZone),
            views: minute.page_views,
            events: minute.events,
          });
          return (
            <li key={minute.minute} title={text}>
              <span style={{ height: `${(minute.page_views / highest) * 100}%` }} />
              <span className="sr-only">{text}</span>
            </li>
          );
        })}
      </ol>
      <p className="minutes-axis quiet" aria-hidden="true">
        <span>{t('live.minutes.ago')}</span>
        <span>{t('live.minutes.now')}</span>
      </p>
    </figure>
  );
}

function NowLists({ snapshot }: { snapshot: LiveSnapshot }) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const rows = (dimension: string, items: readonly { value: string; visitors: number }[]) =>
    items.slice(0, 5).map((item) => ({
      key: item.value,
      label: valueName(dimension, item.value),
      value: item.visitors,
      text: formatNumber(item.visitors, locale),
    }));
  const lists = [
    { title: t('live.pages'), mono: true, rows: rows('page', snapshot.pages.map((one) => ({ value: one.page, visitors: one.visitors }))) },
    { title: t('live.sources'), mono: false, rows: rows('source', snapshot.sources.map((one) => ({ value: one.source, visitors: one.visitors }))) },
  ];
  return (
    <>
      {lists.map((list) => list.rows.length > 0 && (
        <Card key={list.title} title={list.title}>
          <BarList rows={list.rows} unit={t('metric.visitors')} mono={list.mono} />
        </Card>
      ))}
    </>
  );
}
