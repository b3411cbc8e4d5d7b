import { useMemo } from 'react';
import type { Paths, PathsRequest } from '../../api/types';
import { formatEvent, parseEvent, type ChosenEvent } from '../../events/event';
import { useI18n } from '../../i18n/context';
import { conditionOf } from '../../state/condition';
import { useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useTexts, useTrail } from '../../state/useAddress';
import { useSuggestions } from '../../ui/useSuggestions';
import type { PathGraph, PathNode } from './graph';
import { directionOf, eventOfNode, formatBehind, isReady, parseBehind, parseLeast, requestOf, type Behind, type Direction, type PathsChoices } from './question';

export interface PathsState {
  readonly choices: PathsChoices;
  readonly direction: Direction;
  readonly request: PathsRequest;
  readonly isReady: boolean;
  /** Where paths were walked from before, the first first; undefined is the very beginning. */
  readonly trail: readonly (ChosenEvent | undefined)[];
  /** Chooses a beginning or an end by hand: what was walked before is of other paths. */
  readonly choose: (place: 'start' | 'end', event: ChosenEvent | undefined) => void;
  /** Goes on from a node; undefined where there is nothing to go on from. */
  readonly walkFrom: (node: PathNode) => (() => void) | undefined;
  readonly walkBack: (place: number) => void;
  readonly behind: Behind | undefined;
  /** Shows the people behind a number; undefined closes them. */
  readonly show: (behind: Behind | undefined) => void;
  /** Shows paths of everything again. */
  readonly reset: () => void;
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly data: Paths;
  readonly graph: PathGraph;
  /** What `data` answers: while something else is asked for, not what is chosen. */
  readonly shown: PathsChoices;
  readonly direction: Direction;
  readonly stale: boolean;
  readonly paths: PathsState;
}

/** What the address of the page asks, and the ways to ask for what comes next. */
export function usePaths(): PathsState {
  const { timezone } = useSite();
  const { resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [scope] = useChoice('scope');
  const [nodes] = useChoice('nodes');
  const [steps] = useChoice('steps');
  const [repeats] = useChoice('repeats');
  const [text] = useTexts();
  const [trail, walk] = useTrail();
  const { behind, show } = useBehind();
  const namesKnown = useNamesKnown();
  const [startText, endText] = [text('start'), text('end')];
  const start = eventIn(startText);
  const end = eventIn(endText);
  const choices = { scope, nodes, steps, repeats, start, end, least: parseLeast(text('least')), from, to, condition: conditionOf(filters) };
  const direction = directionOf(choices);
  const walked = direction === 'backward' ? 'end' : 'start';
  return {
    choices,
    direction,
    request: requestOf(choices),
    isReady: isReady(choices),
    trail: trail.map((one) => eventIn(one)),
    // Behind the numbers of other paths there are others.
    choose: (place, event) => walk([], { [place]: event ? formatEvent(event) : null, behind: null }),
    walkFrom: (node) => {
      const event = node.kind === 'named' ? eventOfNode(node.name, namesKnown) : undefined;
      if (!event) return undefined;
      const next = formatEvent(event);
      // From where one is there is no way on, and none from where one wants to.
      if (next === startText || next === endText) return undefined;
      return () => walk([...trail, (walked === 'end' ? endText : startText) ?? ''], { [walked]: next, behind: null });
    },
    walkBack: (place) => walk(trail.slice(0, place), { [walked]: trail[place] || null, behind: null }),
    behind: parseBehind(behind),
    show: (next) => show(next && { behind: formatBehind(next) }),
    reset: () => walk([], { start: null, end: null, behind: null }),
  };
}

function eventIn(text: string | null): ChosenEvent | undefined {
  return text === null || text === '' ? undefined : parseEvent(text);
}

/** A screen is told from a custom event by being seen in the period. */
function useNamesKnown() {
  const { valuesOf } = useI18n();
  const screens = useSuggestions('page', { metric: 'events', filter: 'kind:is:screen_view' });
  return useMemo(() => ({ kinds: valuesOf('kind'), screens: screens?.map(({ value }) => value) }), [valuesOf, screens]);
}
