import { memo } from 'react';
import { readableHost } from '../../format/address';
import { formatDuration } from '../../format/duration';
import { countryName } from '../../format/names';
import { formatMoneys, formatNumber } from '../../format/number';
import { formatMoment } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import type { Chapter } from '../../steps/fold';
import { Icon } from '../../ui/Icon';
import { chapterAnchor } from './Ribbon';
import { countKinds } from './select';
import { StepView } from './StepView';

/** Kinds that a folded chapter names. */
const kinds_named = 4;

interface ChapterViewProps {
  chapter: Chapter;
  oldestFirst: boolean;
  open: boolean;
  setOpen: (keys: readonly string[], open: boolean) => void;
  fresh: ReadonlySet<string>;
  personName: string;
}

/** One session: where it came from and on what, then its steps; folded, what there is in it. */
export const ChapterView = memo(function ChapterView({ chapter, oldestFirst, open, setOpen, fresh, personName }: ChapterViewProps) {
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
  const anchor = chapterAnchor(chapter.key);
  return (
    <section
      className={open ? 'chapter' : 'chapter chapter-folded'}
      id={anchor}
      data-testid="journey-session"
      data-session={session.session ?? ''}
      data-open={open}
      aria-label={t('journey.session', { when })}
    >
      <header className="chapter-head">
        <h3>
          <button
            type="button"
            className="chapter-toggle"
            aria-expanded={open}
            aria-controls={`${anchor}-steps`}
            onClick={() => setOpen([chapter.key], !open)}
          >
            <Icon name="chevron" size={16} />
            <time dateTime={session.started_at}>{when}</time>
          </button>
        </h3>
        <p className="chapter-numbers">
          {session.duration_ms >= 1000 && <span>{formatDuration(session.duration_ms, locale)}</span>}
          {session.page_views > 0 && <span>{t('journey.pageViews', { count: session.page_views })}</span>}
          {money !== '' && <span className="money">{money}</span>}
          {!open && chapter.steps.some((step) => step.identifies) && <span className="badge badge-known">{t('journey.identified')}</span>}
        </p>
        {facts.length > 0 && <p className="quiet chapter-facts">{facts.join(' · ')}</p>}
      </header>
      {open ? (
        <ol className="steps" id={`${anchor}-steps`}>
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
      ) : (
        <Contents chapter={chapter} id={`${anchor}-steps`} />
      )}
    </section>
  );
});

/** What is in a folded chapter: `1 × order, 12 × page seen`. */
function Contents({ chapter, id }: { chapter: Chapter; id: string }) {
  const { t, label } = useI18n();
  const { locale } = useFormat();
  const kinds = countKinds([chapter]);
  const others = kinds.slice(kinds_named).reduce((sum, { count }) => sum + count, 0);
  return (
    <p className="chapter-contents" id={id}>
      <span>{t('journey.fold.steps', { count: chapter.steps.length })}: </span>
      {kinds.slice(0, kinds_named).map(({ kind, count }) => (
        <span key={kind} className={`chapter-kind kind-${kind}`}>
          {label('kind', kind)}{count > 1 && ` × ${formatNumber(count, locale)}`}
        </span>
      ))}
      {others > 0 && <span className="chapter-kind quiet">{t('journey.fold.more', { count: others })}</span>}
    </p>
  );
}
