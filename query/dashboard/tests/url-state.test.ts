import assert from 'node:assert/strict';
import test from 'node:test';
import { queryString } from '../src/api/client';
import { dimensions } from '../src/api/names';
import { choices, personPath, readChoice, readFilters, readPeriod, readReaders, readText, sharedQuery, writeChoice, writeFilters, writePeriod, writeTexts } from '../src/state/address';
import { conditionOf } from '../src/state/condition';
import { filterDimensions, formatFilter, isKnown, joinValues, parseFilter, splitValues, withFilter, withoutFilter, type Filter } from '../src/state/filters';
import { resolvePeriod } from '../src/state/period';

const parameters = (text: string) => new URLSearchParams(text);

test('a period survives the way through the address', () => {
  for (const period of [
    { name: 'today', compare: false },
    { name: '30d', compare: true },
    { name: '12m', compare: false },
    { name: 'custom', from: '2026-02-01', to: '2026-02-28', compare: true },
  ] as const) {
    assert.deepEqual(readPeriod(writePeriod(parameters(''), period)), period);
  }
});

test('writing a period keeps other parameters and forgets older dates', () => {
  const before = parameters('metric=sessions&period=custom&from=2026-01-01&to=2026-01-02&compare=previous');
  assert.equal(writePeriod(before, { name: '7d', compare: false }).toString(), 'metric=sessions&period=7d');
});

test('what is malformed falls back to the last 30 days', () => {
  for (const text of ['period=year', 'period=custom', 'period=custom&from=2026-02-31&to=2026-03-01', 'period=custom&from=2026-03-02&to=2026-03-01']) {
    assert.equal(readPeriod(parameters(text)).name, '30d', text);
  }
});

test('today is the site’s today, not the browser’s', () => {
  const lateEveningInRome = Date.parse('2026-11-21T23:30:00Z');
  const today = { name: 'today', compare: false } as const;
  assert.equal(resolvePeriod(today, 'Europe/Rome', lateEveningInRome).from, '2026-11-22');
  assert.equal(resolvePeriod(today, 'America/New_York', lateEveningInRome).from, '2026-11-21');
});

test('periods count whole days and months of the site', () => {
  const now = Date.parse('2026-03-29T10:00:00Z');
  assert.deepEqual(resolvePeriod({ name: '7d', compare: false }, 'Europe/Rome', now), { from: '2026-03-23', to: '2026-03-29', interval: 'day' });
  assert.deepEqual(resolvePeriod({ name: '12m', compare: false }, 'Europe/Rome', now), { from: '2025-04-01', to: '2026-03-31', interval: 'month' });
});

test('the bucket grows with a custom period', () => {
  const interval = (from: string, to: string) => resolvePeriod({ name: 'custom', from, to, compare: false }, 'UTC', 0).interval;
  assert.equal(interval('2026-01-01', '2026-01-02'), 'hour');
  assert.equal(interval('2026-01-01', '2026-01-03'), 'day');
  assert.equal(interval('2026-01-01', '2026-06-01'), 'week');
  assert.equal(interval('2024-01-01', '2026-06-01'), 'month');
});

test('filters survive the way through the address, colons and commas included', () => {
  const filters: Filter[] = [
    { dimension: 'page', operator: 'is', value: '/a:b?c=d&e' },
    { dimension: 'country', operator: 'is_not', value: 'IT,FR' },
  ];
  const address = writeFilters(parameters('period=7d'), filters).toString();
  assert.deepEqual(readFilters(parameters(address)), filters);
  assert.equal(parameters(address).get('period'), '7d');
});

test('a comma of a value is not one between values', () => {
  for (const values of [['/articolo-1,123.html'], ['a', 'b,c', 'd'], [''], ['a\\b', 'c']]) {
    assert.deepEqual(splitValues(joinValues(values)), values);
  }
  assert.equal(joinValues(['/articolo-1,123.html', '/a']), '/articolo-1\\,123.html,/a');
});

test('what the pages have no words for is none of their filters', () => {
  for (const text of ['', 'page', 'page:is', 'page:is:', 'colour:is:red', 'page:like:/a']) assert.equal(parseFilter(text), null, text);
});

test('a filter that the pages have no words for stays in the address and is asked as it stands', () => {
  const texts = ['colour:is:red', 'country:is:IT', 'props.size:is:42', 'page:like:/a', 'page'];
  const address = parameters(`period=7d&filter=&${texts.map((text) => `filter=${encodeURIComponent(text)}`).join('&')}`);
  const filters = readFilters(address);
  assert.deepEqual(filters.map(formatFilter), texts);
  assert.deepEqual(filters.map(isKnown), [false, true, false, false, false]);
  assert.deepEqual(writeFilters(address, filters).getAll('filter'), texts);
  const added = withFilter(filters, { dimension: 'country', operator: 'is', value: 'FR' });
  assert.deepEqual(added.map(formatFilter), ['colour:is:red', 'props.size:is:42', 'page:like:/a', 'page', 'country:is:FR']);
  assert.deepEqual(withoutFilter(filters, { text: 'colour:is:red' }).map(formatFilter), texts.slice(1));
});

test('each dimension of the API can be filtered on, each once', () => {
  assert.deepEqual([...filterDimensions].sort(), [...dimensions].sort());
});

test('a choice survives the way through the address, and the default leaves no trace', () => {
  for (const name of Object.keys(choices) as (keyof typeof choices)[]) {
    for (const choice of choices[name]) assert.equal(readChoice(writeChoice(parameters('a=b'), name, choice), name), choice, name);
    assert.equal(writeChoice(parameters(`a=b&${name}=x`), name, choices[name][0] as never).toString(), 'a=b');
    assert.equal(readChoice(parameters(`${name}=nonsense`), name), choices[name][0]);
  }
});

test('texts are written beside each other, and only the period goes along to another page', () => {
  const report = writeTexts(parameters('period=7d&who=sent'), { campaign: '', who: null });
  assert.equal(report.toString(), 'period=7d&campaign=');
  assert.equal(readText(report, 'campaign'), '', 'a campaign may have no name');
  assert.equal(readText(report, 'search'), null);
  assert.equal(readReaders(parameters('who=opened')), 'opened');
  assert.equal(readReaders(parameters('who=customers')), undefined, 'that is of the list of people');
  assert.equal(sharedQuery(parameters('metric=orders&period=custom&from=2026-01-01&to=2026-01-02&compare=previous&filter=page:is:/')), '?period=custom&from=2026-01-01&to=2026-01-02&compare=previous');
  assert.equal(sharedQuery(parameters('metric=orders')), '');
  assert.equal(personPath('la bottega', 'a/b@c'), '/sites/la%20bottega/people/a%2Fb%40c');
});

test('a new condition takes the place of one on the same dimension and operator', () => {
  const first: Filter = { dimension: 'country', operator: 'is', value: 'IT' };
  const other: Filter = { dimension: 'country', operator: 'is_not', value: 'DE' };
  const next: Filter = { dimension: 'country', operator: 'is', value: 'FR' };
  assert.deepEqual(withFilter([first, other], next), [other, next]);
});

test('the query repeats lists and leaves out what is empty', () => {
  assert.equal(queryString({ a: 1, b: undefined, c: '', d: false, filter: ['x:is:1', 'y:is:2'] }), '?a=1&d=false&filter=x%3Ais%3A1&filter=y%3Ais%3A2');
  assert.equal(queryString({ a: null }), '');
});

test('a filter of segments is read, and asked as a condition of a body', () => {
  const read = (text: string) => parseFilter(text);
  assert.deepEqual(read('segment:is:a1,b2'), { dimension: 'segment', operator: 'is', value: 'a1,b2' });
  assert.equal(read('segment:contains:a1'), null);
  assert.equal(read('segment:is:'), null);
  const asked = (...texts: string[]) => conditionOf(texts.map((text) => read(text) ?? { text }));
  assert.deepEqual(asked('segment:is:a1', 'country:is:IT'), { all: [{ segment: 'a1' }, { is: { dimension: 'country', values: ['IT'] } }] });
  assert.deepEqual(asked('segment:is_not:a1,b2'), { all: [{ not: { any: [{ segment: 'a1' }, { segment: 'b2' }] } }] });
});
