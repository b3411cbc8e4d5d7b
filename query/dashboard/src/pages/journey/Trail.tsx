import { Fragment } from 'react';
import { formatGap, gapHeight } from '../../format/duration';
import { useI18n } from '../../i18n/context';
import type { Chapter } from '../../steps/fold';
import { Icon } from '../../ui/Icon';
import { Mark } from '../../ui/Mark';
import { ChapterView } from './ChapterView';
import type { LoadedJourney } from './useJourney';
import type { OpenChapters } from './useOpenChapters';

/** Where the journey begins on the page. */
export const beginningId = 'journey-beginning';

interface TrailProps {
  /** Newest first. */
  chapters: readonly Chapter[];
  /** Between the chapters there are others that are not looked at: no pauses are shown. */
  partly: boolean;
  oldestFirst: boolean;
  journey: LoadedJourney;
  openChapters: OpenChapters;
  personName: string;
}

/** The vertical line with its chapters, the pauses between them, and the way to earlier ones. */
export function Trail({ chapters, partly, oldestFirst, journey, openChapters, personName }: TrailProps) {
  const ordered = oldestFirst ? [...chapters].reverse() : chapters;
  const beginning = journey.more ? <MoreButton journey={journey} /> : <Beginning truncated={journey.truncated} />;
  return (
    <div className="trail">
      {oldestFirst && beginning}
      {ordered.map((chapter) => {
        const gap = chapter.session.gap_before_ms;
        const stretch = !partly && gap != null && gap > 0 && <Gap gap_ms={gap} upwards={!oldestFirst} />;
        return (
          <Fragment key={chapter.key}>
            {oldestFirst && stretch}
            <ChapterView
              chapter={chapter}
              oldestFirst={oldestFirst}
              open={openChapters.isOpen(chapter)}
              setOpen={openChapters.set}
              fresh={journey.fresh}
              personName={personName}
            />
            {!oldestFirst && stretch}
          </Fragment>
        );
      })}
      {!oldestFirst && beginning}
    </div>
  );
}

/** A pause as a stretch of the line: the longer it was, the longer the stretch. */
function Gap({ gap_ms, upwards }: { gap_ms: number; upwards: boolean }) {
  const { t, locale } = useI18n();
  return (
    <div className="gap" style={{ height: gapHeight(gap_ms) }}>
      <span className="gap-text">
        <Icon name={upwards ? 'up' : 'down'} size={14} />
        {t('journey.gap', { length: formatGap(gap_ms, locale) })}
      </span>
    </div>
  );
}

function Beginning({ truncated }: { truncated: boolean }) {
  const { t } = useI18n();
  return (
    <div className="beginning" id={beginningId} tabIndex={-1} data-testid="journey-beginning">
      <span className="beginning-mark">
        <Mark size={22} />
      </span>
      <span>{t(truncated ? 'journey.truncated' : 'journey.start')}</span>
    </div>
  );
}

function MoreButton({ journey }: { journey: LoadedJourney }) {
  const { t } = useI18n();
  return (
    <div className="trail-more">
      <button type="button" className="button" disabled={journey.loadingMore} onClick={journey.loadMore}>
        {journey.loadingMore ? t('app.loading') : t('journey.more')}
      </button>
    </div>
  );
}
