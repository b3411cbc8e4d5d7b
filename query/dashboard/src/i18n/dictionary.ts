import type { adminEn } from './admin-en';
import type { attributionEn } from './attribution-en';
import type { codesEn } from './codes-en';
import type { definitionsEn } from './definitions-en';
import type { domainEn } from './domain-en';
import type { en } from './en';
import type { funnelsEn } from './funnels-en';
import type { identityEn } from './identity-en';
import type { mapsEn } from './maps-en';
import type { pathsEn } from './paths-en';
import type { peopleEn } from './people-en';
import type { presenceEn } from './presence-en';
import type { reportsEn } from './reports-en';
import type { segmentsEn } from './segments-en';
import type { sqlEn } from './sql-en';

/** A text that depends on a count, by the plural rules of its language. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

export type Entry = string | Plural;

type English = typeof en & typeof domainEn & typeof adminEn & typeof codesEn & typeof definitionsEn & typeof peopleEn & typeof funnelsEn & typeof attributionEn & typeof pathsEn & typeof segmentsEn & typeof sqlEn & typeof presenceEn & typeof reportsEn & typeof identityEn & typeof mapsEn;
export type Key = keyof English;

/** What each language must supply: the same keys, text for text and plural for plural. */
export type Translation<T> = { readonly [K in keyof T]: T[K] extends string ? string : Plural };
export type Dictionary = Translation<English>;

type Placeholder<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type PlaceholdersOf<E> = E extends string
  ? Placeholder<E>
  : E extends Plural
    ? 'count' | Placeholder<E['one']> | Placeholder<E['other']>
    : never;

/** The parameters a key needs; none for a text without placeholders. */
export type Parameters<K extends Key> = [PlaceholdersOf<English[K]>] extends [never]
  ? []
  : [parameters: Readonly<Record<PlaceholdersOf<English[K]>, string | number>>];
