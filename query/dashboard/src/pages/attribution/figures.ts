import type { AttributionRow } from '../../api/types';
import type { Choice } from '../../state/address';

export type Model = Choice<'model'>;
export type Measure = Choice<'credit'>;

/** In the order in which they are told. */
export const models = ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay', 'markov', 'shapley'] as const satisfies readonly Model[];

/** Of more touchpoints the table shows a sum. */
export const top_max = 20;

/** What a touchpoint has by a model. */
export interface Credit {
  readonly conversions: number;
  /** A decimal, in the site's currency. */
  readonly revenue: string;
}

/** What is told of a touchpoint, or of several together. */
export interface Figures {
  readonly kind: 'touchpoint' | 'others' | 'total';
  /** The value of the dimension; empty of several. */
  readonly value: string;
  /** How many touchpoints they are. */
  readonly count: number;
  readonly visits: number;
  /** Who gave it credit by the model that was asked for, and who came by it and did not convert; undefined of several together. */
  readonly people: number | undefined;
  readonly unconverted: number | undefined;
  readonly removalEffect: number | null;
  /** By model; of more touchpoints than a chain is made of there is none by `markov`. */
  readonly credits: ReadonlyMap<string, Credit>;
}

/** The touchpoints, those with most by a model first. */
export function ranked(rows: readonly AttributionRow[], model: Model, measure: Measure): Figures[] {
  const all = rows.map(({ touchpoint, visits, people, unconverted, removal_effect: removalEffect, models: told }): Figures => ({
    kind: 'touchpoint',
    value: touchpoint,
    count: 1,
    visits,
    people,
    unconverted,
    removalEffect: removalEffect ?? null,
    credits: new Map(told.map(({ model: name, conversions, revenue }) => [name, { conversions, revenue }])),
  }));
  const amount = ({ credits }: Figures) => amountOf(credits.get(model), measure);
  return all.sort((one, other) => amount(other) - amount(one));
}

export function amountOf(credit: Credit | undefined, measure: Measure): number {
  return Number(credit?.[measure] ?? 0);
}

/** The first of them, what the others have together, and all. */
export function tableRows(all: readonly Figures[]): Figures[] {
  const others = all.slice(top_max);
  return [...all.slice(0, top_max), ...(others.length > 0 ? [together('others', others)] : []), together('total', all)];
}

/** Removal effects of several do not sum. */
function together(kind: 'others' | 'total', rows: readonly Figures[]): Figures {
  const credits = new Map<string, Credit>();
  for (const model of models) {
    const told = rows.flatMap((row) => row.credits.get(model) ?? []);
    if (told.length < rows.length) continue;
    const conversions = told.reduce((sum, one) => sum + one.conversions, 0);
    credits.set(model, { conversions, revenue: sumOf(told.map((one) => one.revenue)) });
  }
  return { kind, value: '', count: rows.length, visits: rows.reduce((sum, { visits }) => sum + visits, 0), people: undefined, unconverted: undefined, removalEffect: null, credits };
}

/** As many as the API writes. */
const decimals = 4;

/** Decimals summed as they are written: floats would lose cents of much money. */
export function sumOf(amounts: readonly string[]): string {
  const sum = amounts.reduce((total, one) => total + unitsOf(one), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(decimals + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function unitsOf(amount: string): bigint {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount) ?? [];
  return BigInt(sign + whole + part.slice(0, decimals).padEnd(decimals, '0'));
}

/** What is less is written as the same. */
const least: Readonly<Record<Measure, number>> = { conversions: 0.05, revenue: 0.005 };

/** The model that says most differently what a touchpoint has; undefined where all say the same. */
export function furthestModel({ credits }: Figures, model: Model, measure: Measure): Model | undefined {
  const own = amountOf(credits.get(model), measure);
  const difference = (other: Model) => Math.abs(amountOf(credits.get(other), measure) - own);
  const others = models.filter((one) => one !== model && credits.has(one) && difference(one) >= least[measure]);
  return others.reduce<Model | undefined>((furthest, one) => (furthest && difference(furthest) >= difference(one) ? furthest : one), undefined);
}

/** Who stands at the beginning more often than at the end, and who the other way round, the clearest of each. */
export interface Ends {
  readonly opener: Figures;
  readonly closer: Figures;
}

/** Undefined where by `first` each has what it has by `last`. */
export function endsOf(rows: readonly Figures[], measure: Measure): Ends | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const opens = ({ credits }: Figures) => amountOf(credits.get('first'), measure) - amountOf(credits.get('last'), measure);
  const opener = rows.reduce((most, row) => (opens(row) > opens(most) ? row : most), first);
  const closer = rows.reduce((most, row) => (opens(row) < opens(most) ? row : most), first);
  return opens(opener) >= least[measure] && opens(closer) <= -least[measure] ? { opener, closer } : undefined;
}

/** Whether a Markov chain was made. */
export function hasChain(rows: readonly Figures[]): boolean {
  return rows.every(({ credits }) => credits.has('markov'));
}
