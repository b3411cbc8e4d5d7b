import { adminEn } from './admin-en';
import { adminIt } from './admin-it';
import { attributionEn } from './attribution-en';
import { attributionIt } from './attribution-it';
import { codesEn } from './codes-en';
import { codesIt } from './codes-it';
import { definitionsEn } from './definitions-en';
import { definitionsIt } from './definitions-it';
import { domainEn } from './domain-en';
import { domainIt } from './domain-it';
import type { Dictionary, Key, Parameters } from './dictionary';
import { en } from './en';
import { funnelsEn } from './funnels-en';
import { funnelsIt } from './funnels-it';
import { it } from './it';
import { mapsEn } from './maps-en';
import { mapsIt } from './maps-it';
import { pathsEn } from './paths-en';
import { pathsIt } from './paths-it';
import { peopleEn } from './people-en';
import { peopleIt } from './people-it';
import { presenceEn } from './presence-en';
import { presenceIt } from './presence-it';
import { reportsEn } from './reports-en';
import { reportsIt } from './reports-it';
import { identityEn } from './identity-en';
import { identityIt } from './identity-it';
import { segmentsEn } from './segments-en';
import { segmentsIt } from './segments-it';
import { sqlEn } from './sql-en';
import { sqlIt } from './sql-it';

export type Language = 'it' | 'en';
export const languages: readonly Language[] = ['it', 'en'];

export const dictionaries: Readonly<Record<Language, Dictionary>> = {
  it: { ...it, ...domainIt, ...adminIt, ...codesIt, ...definitionsIt, ...peopleIt, ...funnelsIt, ...attributionIt, ...pathsIt, ...segmentsIt, ...sqlIt, ...presenceIt, ...reportsIt, ...identityIt, ...mapsIt },
  en: { ...en, ...domainEn, ...adminEn, ...codesEn, ...definitionsEn, ...peopleEn, ...funnelsEn, ...attributionEn, ...pathsEn, ...segmentsEn, ...sqlEn, ...presenceEn, ...reportsEn, ...identityEn, ...mapsEn },
};

export interface Translator {
  readonly language: Language;
  /** BCP 47 tag for Intl. */
  readonly locale: string;
  t<K extends Key>(key: K, ...parameters: Parameters<K>): string;
  /** The name of a value of a closed list (`kind.page_view`); an unknown value is shown readably. */
  label(group: string, value: string): string;
  /** The same, and undefined for a value that has no name. */
  named(group: string, value: string): string | undefined;
  /** The values of a closed list that have a name. */
  valuesOf(group: string): string[];
}

/** Italian and English readers get day-month order; English uses the 24-hour clock as Europe does. */
const locales: Readonly<Record<Language, string>> = { it: 'it-IT', en: 'en-GB' };

export function createTranslator(language: Language): Translator {
  const dictionary: Readonly<Record<string, Dictionary[Key]>> = dictionaries[language];
  const locale = locales[language];
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);

  function t<K extends Key>(key: K, ...[parameters]: Parameters<K>): string {
    const values = (parameters ?? {}) as Readonly<Record<string, string | number>>;
    const entry = dictionary[key] ?? key;
    // Italian has the category "many" (1000000), which reads as "other" in every text here.
    const text = typeof entry === 'string' ? entry : plural.select(Number(values['count'])) === 'one' ? entry.one : entry.other;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? number.format(value) : value;
    });
  }

  function named(group: string, value: string): string | undefined {
    const entry = Object.hasOwn(dictionary, `${group}.${value}`) ? dictionary[`${group}.${value}`] : undefined;
    return typeof entry === 'string' ? entry : undefined;
  }

  const label = (group: string, value: string) => named(group, value) ?? readable(value);

  const valuesOf = (group: string) =>
    Object.keys(dictionary).flatMap((key) => (key.startsWith(`${group}.`) ? [key.slice(group.length + 1)] : []));

  return { language, locale, t, label, named, valuesOf };
}

/** `device_model` → `Device model`. */
export function readable(value: string): string {
  const words = value.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The first language of the browser that orma speaks; English otherwise. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}
