import type { Accounting } from '../../api/types';

export type Verdict = 'balanced' | 'pending' | 'gap' | 'refused' | 'refusing';

/** More refused than this share of what was received is no good news, though every event is accounted for. */
const refused_share_max = 0.1;

const statuses = ['balanced', 'pending', 'gap'] as const;

/** What is said of the accounts. `alarm`: events that are missing, in this period or another. */
export function verdictOf(data: Pick<Accounting, 'status' | 'totals'>, alarm: number): Verdict {
  // An unknown status must not look like good news, and a gap in another period is one too.
  const status = alarm > 0 ? 'gap' : (statuses.find((one) => one === data.status) ?? 'gap');
  const { received, accepted, rejected } = data.totals;
  if (status === 'gap' || rejected === 0) return status;
  if (accepted === 0) return 'refused';
  return rejected > refused_share_max * received && status === 'balanced' ? 'refusing' : status;
}
