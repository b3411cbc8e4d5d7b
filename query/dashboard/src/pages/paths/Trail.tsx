import { useEffect, useRef } from 'react';
import type { ChosenEvent } from '../../events/event';
import { useEventName } from '../../events/useEventName';
import { useI18n } from '../../i18n/context';
import { Icon } from '../../ui/Icon';
import type { PathsState } from './usePaths';

/** From where paths were walked on, each a way back, and where they are now. */
export function Trail({ paths }: { paths: PathsState }) {
  const { t } = useI18n();
  const eventName = useEventName();
  const { trail, choices, direction, walkBack } = paths;
  const here = useRef<HTMLSpanElement>(null);
  const length = useRef(trail.length);
  useEffect(() => {
    // What was pressed goes, with the answer at the latest: who came by keyboard goes on from here.
    const { activeElement: active, body } = document;
    if (length.current !== trail.length && (active === body || active?.closest('.sankey, .paths-steps'))) here.current?.focus({ preventScroll: true });
    length.current = trail.length;
  }, [trail.length]);
  if (trail.length === 0) return null;
  const nameOf = (event: ChosenEvent | undefined) => (event ? eventName(event) : t('paths.trail.beginning'));
  return (
    <nav className="paths-trail" aria-label={t('paths.trail')} data-testid="paths-trail">
      <ol>
        {trail.map((event, place) => (
          <li key={place}>
            <button type="button" className="link-button" aria-label={t('paths.trail.back', { name: nameOf(event) })} onClick={() => walkBack(place)}>
              {nameOf(event)}
            </button>
            <Icon name={direction === 'backward' ? 'back' : 'chevron'} size={14} />
          </li>
        ))}
        <li>
          <span ref={here} tabIndex={-1} aria-current="step">{nameOf(direction === 'backward' ? choices.end : choices.start)}</span>
        </li>
      </ol>
    </nav>
  );
}
