import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { dimensions, operators } from '../src/api/names';
import { metrics } from '../src/format/metric';
import { createTranslator, dictionaries, languages, preferredLanguage } from '../src/i18n/translate';
import { touchpoints } from '../src/steps/kinds';

const texts = (entry: string | { one: string; other: string }) => (typeof entry === 'string' ? [entry] : [entry.one, entry.other]);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test('both languages have the same keys, and no text is empty', () => {
  assert.deepEqual(Object.keys(dictionaries.it).sort(), Object.keys(dictionaries.en).sort());
  for (const dictionary of Object.values(dictionaries)) {
    for (const [key, entry] of Object.entries(dictionary)) {
      for (const text of texts(entry)) assert.notEqual(text.trim(), '', key);
    }
  }
});

test('both languages use the same placeholders', () => {
  for (const [key, entry] of Object.entries(dictionaries.en)) {
    const italian = dictionaries.it[key as keyof typeof dictionaries.it];
    assert.deepEqual(placeholders(texts(italian).at(-1) ?? ''), placeholders(texts(entry).at(-1) ?? ''), key);
  }
});

test('every key is used somewhere in the source, whole or by its group', () => {
  const source = sourceFiles(join(process.cwd(), 'src')).map((path) => readFileSync(path, 'utf8')).join('\n');
  const groups = new Set([...source.matchAll(/(?:label|named)\('(\w+)'/g)].map((match) => `${match[1]}.`));
  // useValueName passes these groups on from a variable.
  for (const group of ['channel.', 'kind.', 'touchpoint.', 'stage.']) groups.add(group);
  const templates = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1] ?? '');
  const unused = Object.keys(dictionaries.en).filter(
    (key) =>
      !source.includes(`'${key}'`) &&
      ![...groups].some((group) => key.startsWith(group)) &&
      !templates.some((template) => key.startsWith(template)),
  );
  assert.deepEqual(unused, []);
});

test('texts are filled in, counted and grouped as the language does', () => {
  const it = createTranslator('it');
  const en = createTranslator('en');
  assert.equal(it.t('journey.orders', { count: 1 }), '1 ordine');
  assert.equal(it.t('journey.orders', { count: 0 }), '0 ordini');
  assert.equal(it.t('journey.events', { count: 1_000_000 }), '1.000.000 eventi');
  assert.equal(en.t('journey.events', { count: 12_345 }), '12,345 events');
  assert.equal(en.t('journey.gap', { length: '3 days' }), '3 days later');
  assert.equal(it.t('journey.gap', { length: '3 giorni' }), '3 giorni dopo');
});

test('values of closed lists have names, unknown ones stay readable', () => {
  const it = createTranslator('it');
  assert.equal(it.label('channel', 'organic_search'), 'Ricerca organica');
  assert.equal(it.label('kind', 'brand_new_kind'), 'Brand new kind');
  for (const touchpoint of touchpoints) assert.notEqual(it.label('touchpoint', touchpoint), touchpoint);
});

test('each name that the API publishes has a word in each language', () => {
  for (const language of languages) {
    const { named } = createTranslator(language);
    const missing = [
      ...dimensions.filter((one) => named('dimension', one) === undefined),
      ...operators.filter((one) => named('operator', one) === undefined),
      ...metrics.filter((one) => named('metric', one) === undefined),
    ];
    assert.deepEqual(missing, [], language);
  }
});

test('the names are those of the API’s document; otherwise: npm run types', async () => {
  const script = join(process.cwd(), 'scripts', 'names.mjs');
  const { namesOf } = (await import(script)) as { namesOf: (document: string) => string };
  const document = readFileSync(join(process.cwd(), '..', 'openapi.json'), 'utf8');
  assert.equal(readFileSync(join(process.cwd(), 'src', 'api', 'names.ts'), 'utf8'), namesOf(document));
});

test('the browser’s first language that is spoken here wins', () => {
  assert.equal(preferredLanguage(['de-DE', 'it-CH', 'en-US']), 'it');
  assert.equal(preferredLanguage(['en-US', 'it']), 'en');
  assert.equal(preferredLanguage(['fr']), 'en');
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? entry.name === 'i18n' ? [] : sourceFiles(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name) ? [join(folder, entry.name)] : [],
  );
}
