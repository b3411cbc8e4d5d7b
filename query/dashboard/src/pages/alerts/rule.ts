import type { AlertRule, Watched } from '../../api/types';

/** What gives an alarm, as the page chooses it. */
export const ruleKinds = ['above', 'below', 'unusual'] as const;
export type RuleKind = (typeof ruleKinds)[number];
export const directions = ['both', 'down', 'up'] as const;
export type Direction = (typeof directions)[number];
export const rhythms = ['day', 'hour', 'week'] as const;
export type Rhythm = (typeof rhythms)[number];

/** Of Iglewicz and Hoaglin. */
const deviations_default = 3.5;
const windows_max: Readonly<Record<Rhythm, number>> = { hour: 72, day: 92, week: 53 };

/** What stands in the fields. */
export interface Draft {
  readonly report: string;
  readonly number: string;
  readonly kind: RuleKind;
  readonly threshold: string;
  readonly deviations: string;
  readonly direction: Direction;
  readonly every: Rhythm;
  readonly window: string;
}

export const emptyDraft: Draft = {
  report: '',
  number: '',
  kind: 'above',
  threshold: '',
  deviations: String(deviations_default),
  direction: 'both',
  every: 'day',
  window: '1',
};

export function draftOf({ report, number, rule, every, window }: Watched): Draft {
  const common = { ...emptyDraft, report, number, every, window: String(window ?? 1) };
  if ('above' in rule) return { ...common, kind: 'above', threshold: String(rule.above) };
  if ('below' in rule) return { ...common, kind: 'below', threshold: String(rule.below) };
  const { deviations, direction } = rule.unusual;
  return { ...common, kind: 'unusual', deviations: String(deviations ?? deviations_default), direction: direction ?? 'both' };
}

/** Reads a number as people write it: `1.234,5` and `1,234.5` are both none, `12,5` and `12.5` are. */
export function readNumber(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** What is watched; undefined while something is missing. */
export function watchedOf(draft: Draft): Watched | undefined {
  const rule = ruleOf(draft);
  const window = draft.kind === 'unusual' ? 1 : readNumber(draft.window);
  const isWindow = window !== undefined && Number.isInteger(window) && window >= 1 && window <= windows_max[draft.every];
  if (draft.report === '' || draft.number === '' || rule === undefined || !isWindow) return undefined;
  return { report: draft.report, number: draft.number, rule, every: draft.every, window };
}

function ruleOf({ kind, threshold, deviations, direction }: Draft): AlertRule | undefined {
  const far = readNumber(deviations);
  if (kind === 'unusual') return far !== undefined && far >= 1 && far <= 20 ? { unusual: { deviations: far, direction } } : undefined;
  const at = readNumber(threshold);
  if (at === undefined) return undefined;
  return kind === 'above' ? { above: at } : { below: at };
}
