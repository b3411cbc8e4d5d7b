import type { Counts } from '../../api/types';

export interface FlowPart {
  readonly id: 'accepted' | 'rejected' | 'stored' | 'duplicate' | 'pending' | 'gap' | 'written_off';
  readonly count: number;
  /** Share of its row, 0..1. */
  readonly share: number;
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

/** The two sums of the account as rows; a gap and what was written off are shown only when there is some. */
export function flowRows(totals: Counts): FlowRow[] {
  const received = Math.max(1, totals.received);
  const accepted = Math.max(1, totals.accepted);
  const row = (whole: number, counts: [FlowPart['id'], number][]): FlowPart[] =>
    counts.map(([id, count]) => ({ id, count, share: Math.max(0, count) / whole }));
  return [
    { id: 'received', width: 1, parts: row(received, [['accepted', totals.accepted], ['rejected', totals.rejected]]) },
    {
      id: 'accepted',
      width: Math.min(1, totals.accepted / received),
      parts: row(accepted, [
        ['stored', totals.stored],
        ['duplicate', totals.duplicate],
        ['pending', underway(totals)],
        ...(totals.written_off ? ([['written_off', totals.written_off]] as [FlowPart['id'], number][]) : []),
        ...(totals.gap === 0 ? [] : ([['gap', totals.gap]] as [FlowPart['id'], number][])),
      ]),
    },
  ];
}
