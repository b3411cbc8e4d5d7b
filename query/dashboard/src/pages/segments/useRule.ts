import { useCallback, useMemo, useRef } from 'react';
import type { Segment } from '../../api/types';
import { askedOf, draftOf, type Asked } from '../../segments/asked';
import { newRow, ruleOf, type Rule } from '../../segments/rule';
import { formatCondition, parseCondition } from '../../segments/text';
import type { TextChange } from '../../state/address';
import { useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';

export const days_default = 30;

export type RuleChange = (rule: Rule) => Rule;

export interface RuleState {
  readonly rule: Rule;
  readonly days: number;
  readonly name: string;
  readonly asked: Asked;
  readonly change: (change: RuleChange) => void;
  readonly changeDays: (days: number) => void;
  readonly changeName: (name: string) => void;
  /** Lets the address know at once. */
  readonly settle: () => void;
}

/** What the address says of a rule; null: nothing was changed. */
type Kept = Readonly<Record<'name' | 'days' | 'condition', string | null>>;

const fresh: Rule = { join: 'all', items: [newRow('did')] };

/** The rule that the address says; what it does not say is as it was saved, or new. */
export function useRule(saved?: Segment): RuleState {
  const [text, write] = useTexts();
  // As one text: of several changes before the address has changed, none is lost.
  const said = JSON.stringify({ name: text('name'), days: text('days'), condition: text('condition') } satisfies Kept);
  const [kept, keep, settle] = useDraft(said, (next) => write(JSON.parse(next) as TextChange));
  const latest = useRef(kept);
  latest.current = kept;
  const changeKept = useCallback(
    (change: (before: Kept) => Partial<Kept>) => {
      const before = JSON.parse(latest.current) as Kept;
      latest.current = JSON.stringify({ ...before, ...change(before) });
      keep(latest.current);
    },
    [keep],
  );
  const { name, days, condition } = useMemo(() => JSON.parse(kept) as Kept, [kept]);
  const ruleFrom = useCallback(
    (from: string | null) => {
      const known = parseCondition(from) ?? saved?.condition;
      return known ? ruleOf(known) : fresh;
    },
    [saved],
  );
  const rule = useMemo(() => ruleFrom(condition), [ruleFrom, condition]);
  const asked = useMemo(() => askedOf(rule), [rule]);
  return {
    rule,
    days: daysOf(days) ?? saved?.days ?? days_default,
    name: name ?? saved?.name ?? '',
    asked,
    change: (change) => changeKept((before) => ({ condition: formatCondition(draftOf(change(ruleFrom(before.condition)))) })),
    changeDays: (count) => changeKept(() => ({ days: String(count) })),
    changeName: (called) => changeKept(() => ({ name: called })),
    settle,
  };
}

function daysOf(text: string | null): number | undefined {
  const days = Number(text);
  return /^\d{1,4}$/.test(text ?? '') && days > 0 ? days : undefined;
}
