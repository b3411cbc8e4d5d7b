import assert from 'node:assert/strict';
import test from 'node:test';
import { createTranslator } from '../src/i18n/translate';
import { joinValues, splitValues } from '../src/state/filters';
import { matching, operatorsFor, suggestionsShown, valuesOf, withChosen, type Suggestion } from '../src/state/suggestions';

const it = createTranslator('it');
const en = createTranslator('en');
const countries: Suggestion[] = [
  { value: 'IT', label: 'Italia', count: 900 },
  { value: 'TW', label: 'Taiwan', count: 30 },
  { value: 'PE', label: 'Perù', count: 8 },
  { value: 'MR', label: 'Mauritania', count: 950 },
];
const values = (typed: string) => matching(countries, typed).map(({ value }) => value);

test('a value is found by its name in the page’s language, its code, and without accents', () => {
  assert.deepEqual(values('ital'), ['IT']);
  assert.deepEqual(values('it'), ['IT', 'MR'], 'what begins so comes first');
  assert.deepEqual(values('PERU'), ['PE']);
  assert.deepEqual(values(''), ['MR', 'IT', 'TW', 'PE'], 'the most visited first');
  assert.deepEqual(values('Italia, ta'), ['TW', 'MR', 'IT'], 'only the piece after the last comma');
  assert.deepEqual(values('xyz'), []);
  const many = Array.from({ length: 100 }, (_, index) => ({ value: `/${index}`, label: `/${index}`, count: index }));
  assert.equal(matching(many, '/').length, suggestionsShown);
});

test('choosing completes the piece that is being typed', () => {
  assert.equal(withChosen('ita', 'Italia'), 'Italia');
  assert.equal(withChosen('Italia, fr', 'Francia'), 'Italia, Francia');
});

test('names become the API’s codes, chosen or typed, whether or not they have visitors', () => {
  assert.equal(valuesOf('country', 'Italia', countries, it), 'IT');
  assert.equal(valuesOf('country', 'italia, FR, germania', [], it), 'IT,FR,DE');
  assert.equal(valuesOf('country', 'Italy', [], en), 'IT');
  assert.equal(valuesOf('country', 'uk, Atlantide', [], en), 'GB,Atlantide');
  assert.equal(valuesOf('channel', 'ricerca organica', [], it), 'organic_search');
  assert.equal(valuesOf('device_class', 'Computer', [], it), 'desktop');
  assert.equal(valuesOf('stage', 'Dopo l’acquisto', [], it), 'post_purchase');
  assert.equal(valuesOf('page', '/scarpe, /borse', [], it), '/scarpe,/borse');
  assert.equal(valuesOf('page', ' , ', [], it), '');
});

test('a value may hold commas: chosen as it is, typed with a backslash', () => {
  const pages: Suggestion[] = [
    { value: '/articolo-1,123.html', label: '/articolo-1,123.html', count: 9 },
    { value: '/caff%C3%A8', label: '/caffè', count: 8 },
    { value: '/123', label: '/123', count: 7 },
  ];
  const found = (typed: string) => matching(pages, typed).map(({ value }) => value);
  assert.deepEqual(found('/articolo-1,12'), ['/articolo-1,123.html'], 'the whole fits, so it is no list');
  assert.deepEqual(found('/caffe, /articolo-1,1'), ['/articolo-1,123.html']);
  assert.equal(withChosen('/articolo-1,12', '/articolo-1,123.html'), '/articolo-1,123.html');
  assert.equal(withChosen('/caffè, /articolo-1,12', '/articolo-1,123.html'), '/caffè, /articolo-1,123.html');
  assert.equal(valuesOf('page', '/articolo-1,123.html', pages, it), '/articolo-1\\,123.html');
  assert.equal(valuesOf('page', '/caffè, /articolo-1,123.html, /a', pages, it), '/caff%C3%A8,/articolo-1\\,123.html,/a');
  assert.equal(valuesOf('page', '/b\\,2, /c,/d', pages, it), '/b\\,2,/c,/d');
});

test('codes are compared as a whole, texts also in part', () => {
  assert.deepEqual(operatorsFor('country'), ['is', 'is_not']);
  assert.ok(operatorsFor('page').includes('contains'));
});

test('filters that nothing matches are said to be the reason', () => {
  assert.equal(it.t('filter.nothing', { count: 1 }), 'Nulla corrisponde a questo filtro');
  assert.equal(it.t('filter.nothing', { count: 2 }), 'Nulla corrisponde a questi filtri');
});

test('a comma in a value is a part of it, where it was chosen and where it was typed', () => {
  const products: Suggestion[] = [{ value: 'Scarpa, rossa', label: 'Scarpa, rossa', count: 3 }];
  assert.equal(valuesOf('product', 'Scarpa, rossa', products, it), 'Scarpa\\, rossa');
  assert.equal(valuesOf('product', 'Scarpa\\, rossa, Laccio', [], it), 'Scarpa\\, rossa,Laccio');
  assert.deepEqual(splitValues(joinValues(['a,b', 'c'])), ['a,b', 'c']);
});
