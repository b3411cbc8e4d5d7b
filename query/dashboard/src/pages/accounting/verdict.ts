import type { Accounting, Site } from '../../api/types';

export type Verdict = 'balanced' | 'pending' | 'gap' | 'surplus' | 'refused' | 'refusing';

/** What does not add up. What is missing and what is too much are told apart, for only the one is a loss. */
export interface Gap {
  readonly missing: number;
  readonly surplus: number;
  /** When the first hour begins that does not add up. */
  readonly since: string | undefined;
}

/** What does not add up in some hours. One that misses events and one that has too many do not make up for each other. */
export function gapOfHours(hours: Accounting['hours']): Gap {
  const sum = (of: (gap: number) => number) => hours.reduce((all, hour) => all + Math.max(0, of(hour.gap)), 0);
  return {
    missing: sum((gap) => gap),
    surplus: sum((gap) => -gap),
    since: hours.find((hour) => hour.gap !== 0)?.hour,
  };
}

/** What does not add up at a site, in whatever period; `undefined` while all does. */
export function gapOfSite({ gap_events: all, surplus_events: surplus, gap_since: since }: Pick<Site, 'gap_events' | 'surplus_events' | 'gap_since'>): Gap | undefined {
  return all === 0 ? undefined : { missing: all - surplus, surplus, since: since ?? undefined };
}

/** What is known of both: the hours of the page are newer, what is known of the site is of all periods. */
export function gapOfBoth(shown: Gap, site: Gap | undefined): Gap {
  if (!site) return shown;
  return { missing: Math.max(shown.missing, site.missing), surplus: Math.max(shown.surplus, site.surplus), since: site.since ?? shown.since };
}

/** More refused than this share of what was received is no good news, though every event is accounted for. */
const refused_share_max = 0.1;

const statuses = ['balanced', 'pending', 'gap'] as const;

/** What is said of the accounts, and of what does not add up, in this period or another. */
export function verdictOf(data: Pick<Accounting, 'status' | 'totals'>, gap: Pick<Gap, 'missing' | 'surplus'>): Verdict {
  if (gap.missing === 0 && gap.surplus > 0) return 'surplus';
  // An unknown status must not look like good news, and a gap in another period is one too.
  const status = gap.missing > 0 ? 'gap' : (statuses.find((one) => one === data.status) ?? 'gap');
  const { received, accepted, rejected } = data.totals;
  if (status === 'gap' || rejected === 0) return status;
  if (accepted === 0) return 'refused';
  return rejected > refused_share_max * received && status === 'balanced' ? 'refusing' : status;
}
