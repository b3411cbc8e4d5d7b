import { memo } from 'react';
import { readableHost } from '../../format/address';
import { formatDuration } from '../../format/duration';
import { countryName } from '../../format/names';
import { formatMoneys } from '../../format/number';
import { formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../shell/site';
import { chapterAnchor } from './Ribbon';
import type { Chapter } from './fold';
import { StepView } from './StepView';

interface ChapterViewProps {
  chapter: Chapter;
  oldestFirst: boolean;
  fresh: ReadonlySet<string>;
  personName: string;
}

/** One session: where it came from and on what, then its steps. */
export const ChapterView = memo(function ChapterView({ chapter, oldestFirst, fresh, personName }: ChapterViewProps) {
  const { t, label } = useI18n();
  const { locale, timeZone } = useFormat();
  const { session } = chapter;
  const steps = oldestFirst ? [...chapter.steps].reverse() : chapter.steps;
  const money = formatMoneys(session.revenue, session.other_revenue, locale);
  const when = formatMoment(session.started_at, locale, timeZone);
  const channel = session.channel === '' ? '' : label('channel', session.channel);
  const facts = [
    session.source && t('journey.from', { source: readableHost(session.source) }),
    channel !== session.source && channel,
    session.campaign,
    session.device_class && label('device', session.device_class),
    [session.browser, session.os].filter(Boolean).join(', '),
    session.country && countryName(session.country, locale),
  ].filter(Boolean);
  return (
    <section
      className="chapter"
      id={chapterAnchor(chapter.key)}
      data-testid="journey-session"
      data-session={session.session ?? ''}
      aria-label={t('journey.session', { when })}
    >
      <header className="chapter-head">
        <h3>
          <time dateTime={session.started_at}>{when}</time>
        </h3>
        <p className="chapter-numbers">
          {session.duration_ms >= 1000 && <span>{formatDuration(session.duration_ms, locale)}</span>}
          {session.page_views > 0 && <span>{t('journey.pageViews', { count: session.page_views })}</span>}
          {money !== '' && <span className="money">{money}</span>}
        </p>
        {facts.length > 0 && <p className="quiet chapter-facts">{facts.join(' · ')}</p>}
      </header>
      <ol className="steps">
        {steps.map((step) => (
          <StepView
            key={step.event.event_id}
            step={step}
            fresh={fresh.has(step.event.event_id)}
            oldestFirst={oldestFirst}
            personName={personName}
          />
        ))}
      </ol>
    </section>
  );
});
