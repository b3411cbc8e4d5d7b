import { operators, type Dimension, type Operator } from '../api/names';
import { countryName } from '../format/names';
import type { Translator } from '../i18n/translate';
import { joinValues } from './filters';

/** A value of a dimension, named for people, with how many visitors or events it has in the period. */
export interface Suggestion {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** How many values are asked for, and how many are shown at once. */
export const suggestionsAsked = 200;
export const suggestionsShown = 8;

/** Dimensions whose values are codes that nobody types: the reader's name for them is turned into the code. */
const codedDimensions: readonly Dimension[] = ['country', 'language', 'channel', 'device_class', 'kind', 'touchpoint', 'stage'];

export function isCoded(dimension: Dimension): boolean {
  return codedDimensions.includes(dimension);
}

/** A part of a code says nothing, so codes are only compared as a whole. */
export function operatorsFor(dimension: Dimension): readonly Operator[] {
  return isCoded(dimension) ? ['is', 'is_not'] : operators;
}

/** Upper and lower case and accents make no difference to who searches. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase().trim();
}

/** What fits the piece that is being typed: what begins so first, then what contains it; in each the most visited first. */
export function matching(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  // A value may hold commas itself: the longest piece that fits anything is the one that is being typed.
  for (const piece of pieces(typed)) {
    const found = matchingPiece(suggestions, folded(piece));
    if (found.length > 0) return found;
  }
  return [];
}

function matchingPiece(suggestions: readonly Suggestion[], wanted: string): Suggestion[] {
  const rank = ({ label, value }: Suggestion) => {
    const texts = [folded(label), folded(value)];
    if (texts.some((text) => text.startsWith(wanted))) return 0;
    return texts.some((text) => text.includes(wanted)) ? 1 : 2;
  };
  return suggestions
    .map((one) => ({ one, rank: rank(one) }))
    .filter(({ rank: at }) => at < 2)
    .sort((a, b) => a.rank - b.rank || b.one.count - a.one.count)
    .slice(0, suggestionsShown)
    .map(({ one }) => one);
}

/** Puts a chosen name in the place of the piece that was being typed. */
export function withChosen(typed: string, label: string): string {
  const all = pieces(typed);
  const piece = all.find((one) => folded(label).includes(folded(one))) ?? all.at(-1) ?? '';
  const before = typed.slice(0, typed.length - piece.length).trimEnd();
  return before === '' ? label : `${before} ${label}`;
}

/** What may be the last value of what was typed, the longest first: what is behind each comma, to the end. */
function pieces(typed: string): string[] {
  const parts = typed.split(',');
  return parts.map((_, index) => parts.slice(index).join(','));
}

/**
 * The API's value for what was typed or chosen, names and codes mixed: `Italia, FR` → `IT,FR`. A value that is offered may
 * hold commas; one that is not writes them `\,`, as the API does.
 */
export function valuesOf(dimension: Dimension, typed: string, suggestions: readonly Suggestion[], translator: Translator): string {
  const parts = typed.split(',');
  const values: string[] = [];
  for (let at = 0; at < parts.length; ) {
    let end = parts.length;
    let found: Suggestion | undefined;
    for (; end > at; end--) {
      const name = folded(parts.slice(at, end).join(','));
      found = name === '' ? undefined : suggestions.find(({ label, value }) => folded(label) === name || folded(value) === name);
      if (found) break;
    }
    if (found) {
      values.push(found.value);
      at = end;
      continue;
    }
    let piece = parts[at++] ?? '';
    while (piece.endsWith('\\') && at < parts.length) piece = `${piece.slice(0, -1)},${parts[at++]}`;
    piece = piece.trim();
    if (piece !== '') values.push(codeNamed(dimension, piece, translator) ?? piece);
  }
  return joinValues(values);
}

/** The code behind a name, also when it has no visitor in the period. */
function codeNamed(dimension: Dimension, name: string, translator: Translator): string | undefined {
  if (dimension === 'country') return countryNamed(name, translator.locale);
  if (!isCoded(dimension)) return undefined;
  const group = dimension === 'device_class' ? 'device' : dimension;
  return translator.valuesOf(group).find((value) => folded(translator.label(group, value)) === folded(name));
}

function countryNamed(name: string, locale: string): string | undefined {
  const wanted = folded(name);
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const found = codes.find((code) => code.toLowerCase() === wanted) ?? codes.find((code) => folded(countryName(code, locale)) === wanted);
  // Codes of former use have the names of today's: DD is DE, UK is GB.
  return found && new Intl.Locale(`und-${found}`).region;
}
