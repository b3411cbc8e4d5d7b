import { day_ms, hour_ms } from '../../format/duration';
import { formatDay, formatShort, formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { touchpointColour, touchpointIcon } from '../../steps/kinds';
import { Icon } from '../../ui/Icon';
import type { Ribbon as RibbonLayout, RibbonDot } from './ribbon-layout';
import './ribbon.css';

interface RibbonProps {
  ribbon: RibbonLayout;
  locale: string;
  timeZone: string;
  /** A dot was chosen: shows its chapter. */
  choose: (chapter: string) => void;
}

/** The whole journey at a glance: a lane for each touchpoint, a dot for each step, on one time axis. */
export function Ribbon({ ribbon, locale, timeZone, choose }: RibbonProps) {
  const { t, label } = useI18n();
  const when = (ms: number) => {
    const instant = new Date(ms).toISOString();
    const span_ms = ribbon.end_ms - ribbon.start_ms;
    if (span_ms < hour_ms) return formatTime(instant, locale, timeZone);
    return span_ms < 2 * day_ms ? formatShort(instant, locale, timeZone) : formatDay(instant, locale, timeZone);
  };
  const from = when(ribbon.start_ms);
  const to = when(ribbon.end_ms);
  return (
    <figure className="ribbon card" aria-label={t('journey.ribbon')}>
      <figcaption>
        <span>{t('journey.ribbon')}</span>
        <span className="sr-only">{t('journey.ribbon.summary', { count: ribbon.steps, from, to })}</span>
      </figcaption>
      <ul className="ribbon-lanes">
        {ribbon.lanes.map((lane) => (
          <li key={lane.touchpoint} style={{ '--dot': touchpointColour(lane.touchpoint) }}>
            <span className="ribbon-name">
              <Icon name={touchpointIcon(lane.touchpoint)} size={15} />
              <span>{label('touchpoint', lane.touchpoint)}</span>
            </span>
            <span className="ribbon-lane">
              {ribbon.unloaded > 0.01 && (
                <span className="ribbon-unloaded" style={{ width: `${ribbon.unloaded * 100}%` }} title={t('journey.ribbon.unloaded')} />
              )}
              {lane.dots.map((dot) => (
                <Dot key={dot.x} dot={dot} choose={choose} />
              ))}
            </span>
          </li>
        ))}
      </ul>
      <p className="ribbon-axis quiet" aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </p>
    </figure>
  );
}

function Dot({ dot, choose }: { dot: RibbonDot; choose: (chapter: string) => void }) {
  const size = Math.min(16, 7 + Math.sqrt(dot.steps - 1) * 2.2 + (dot.tone === 'revenue' ? 4 : 0));
  return (
    <a
      className={`ribbon-dot tone-${dot.tone}${dot.anonymous ? ' dot-hollow' : ''}`}
      href={`#${chapterAnchor(dot.chapter)}`}
      // The list below says the same with words; as stops of the tab key the dots would only be in the way.
      tabIndex={-1}
      aria-hidden="true"
      style={{ left: `${dot.x * 100}%`, width: size, height: size }}
      onClick={(event) => {
        event.preventDefault();
        choose(dot.chapter);
      }}
    />
  );
}

export function chapterAnchor(key: string): string {
  return `chapter-${key}`;
}
