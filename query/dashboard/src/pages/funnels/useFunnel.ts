import { useMemo } from 'react';
import type { Funnel, FunnelRequest } from '../../api/types';
import { anyPage, formatEvent, parseEvent, unchosen, type ChosenEvent } from '../../events/event';
import { conditionOf } from '../../state/condition';
import { useSite } from '../../state/site';
import { useBehind, useChoice, useFilters, usePeriod, useSteps, useTexts } from '../../state/useAddress';
import {
  askedSteps,
  formatBehind,
  parseBehind,
  parseWindow,
  requestOf,
  steps_min,
  type AskedStep,
  type Behind,
  type FunnelChoices,
} from './question';

export type StepsChange = (steps: readonly ChosenEvent[]) => readonly ChosenEvent[];

export interface FunnelState {
  /** As they stand in the list; one that is not chosen yet is there, too. */
  readonly steps: readonly ChosenEvent[];
  readonly changeSteps: (change: StepsChange) => void;
  /** Whether the address says nothing yet. */
  readonly isNew: boolean;
  readonly choices: FunnelChoices;
  readonly asked: readonly AskedStep[];
  readonly request: FunnelRequest;
  /** Whether there is enough to ask. */
  readonly isReady: boolean;
  readonly behind: Behind | undefined;
  /** Shows the people behind a number; undefined closes them. */
  readonly show: (behind: Behind | undefined) => void;
}

/** What each part of the page is made of. */
export interface PartProps {
  readonly data: Funnel;
  /** Those that `data` is about. */
  readonly steps: readonly AskedStep[];
  readonly stale: boolean;
  readonly funnel: FunnelState;
}

/** The funnel that the address of the page says. */
export function useFunnel(): FunnelState {
  const { timezone } = useSite();
  const { period, resolved: { from, to } } = usePeriod(timezone);
  const { filters } = useFilters();
  const [texts, changeTexts] = useSteps();
  const [order] = useChoice('steps_order');
  const [unit] = useChoice('unit');
  const [breakdown] = useChoice('breakdown');
  const [trend] = useChoice('trend');
  const [text] = useTexts();
  const { behind: behindText, value, show } = useBehind();

  const steps = useMemo(() => withBeginning(texts.map(parseEvent)), [texts]);
  const asked = useMemo(() => askedSteps(steps), [steps]);
  const exclude = text('exclude');
  const choices: FunnelChoices = {
    steps: asked,
    exclude: exclude === null ? undefined : parseEvent(exclude),
    order,
    unit,
    window: parseWindow(text('window')),
    breakdown,
    trend,
    compare: period.compare,
    from,
    to,
    condition: conditionOf(filters),
  };
  return {
    steps,
    changeSteps: (change) => changeTexts((before) => change(withBeginning(before.map(parseEvent))).map(formatEvent)),
    isNew: texts.length === 0,
    choices,
    asked,
    request: requestOf(choices),
    isReady: asked.length >= steps_min,
    behind: parseBehind(behindText, value, asked.length),
    show: (behind) => show(behind && { behind: formatBehind(behind), value: behind.value ?? null }),
  };
}

/** A list of fewer steps than a funnel has begins with any page and leaves the rest to be chosen. */
function withBeginning(steps: readonly ChosenEvent[]): ChosenEvent[] {
  const beginning = steps.length === 0 ? [anyPage] : [...steps];
  while (beginning.length < steps_min) beginning.push(unchosen);
  return beginning;
}
