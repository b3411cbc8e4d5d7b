import type { Counts } from '../../api/types';
import type { Gap } from './verdict';

export interface FlowPart {
  readonly id: 'accepted' | 'rejected' | 'stored' | 'duplicate' | 'pending' | 'missing' | 'too_many' | 'written_off';
  readonly count: number;
  /** Share of its row, 0..1; of what is too much, beyond it. */
  readonly share: number;
  /** Its part of the bar: what is stored and too much has one of its own. */
  readonly size: number;
}

export interface FlowRow {
  readonly id: 'received' | 'accepted';
  /** Width on the scale of what was received, 0..1. */
  readonly width: number;
  readonly parts: readonly FlowPart[];
}

/**
 * What waits in a spool, and what is between the two sides at the moment of the look: a reader need not tell them apart.
 */
export function underway(totals: Counts): number {
  return Math.max(0, totals.pending + (totals.settling ?? 0));
}

/**
 * The two sums of the account as rows; what is missing or too much, and what of it was written off, are shown only when there
 * is some.
 */
export function flowRows(totals: Counts, gap: Pick<Gap, 'missing' | 'surplus'>): FlowRow[] {
  const received = Math.max(1, totals.received);
  const accepted = Math.max(1, totals.accepted);
  const writtenOff = totals.written_off ?? 0;
  const tooMuch = gap.surplus + Math.max(0, -writtenOff);
  const some = (id: FlowPart['id'], count: number): [FlowPart['id'], number][] => (count === 0 ? [] : [[id, count]]);
  const row = (whole: number, counts: [FlowPart['id'], number][]): FlowPart[] =>
    counts.map(([id, count]) => {
      const size = Math.max(0, id === 'stored' ? count - tooMuch : count);
      return { id, count, share: Math.max(0, count) / whole, size };
    });
  return [
    { id: 'received', width: 1, parts: row(received, [['accepted', totals.accepted], ['rejected', totals.rejected]]) },
    {
      id: 'accepted',
      width: Math.min(1, totals.accepted / received),
      parts: row(accepted, [
        ['stored', totals.stored],
        ['duplicate', totals.duplicate],
        ['pending', underway(totals)],
        ...some('written_off', Math.abs(writtenOff)),
        ...some('missing', gap.missing),
        ...some('too_many', gap.surplus),
      ]),
    },
  ];
}
