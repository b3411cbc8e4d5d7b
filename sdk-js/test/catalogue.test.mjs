// The SDK's lists stand in its source, where they cost the fewest bytes; here they are held against the catalogue.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const catalogue = JSON.parse(read('../../model/catalogue.json'));
const clientKinds = catalogue.kinds.filter((kind) => !kind.server_only).map(({ name }) => name);
const vitals = catalogue.vitals.map(({ name }) => name);
const readme = read('../README.md');

/** Kinds that are no names of `orma('event', name)`. */
const OTHERS = [
  // Sent by themselves, or by a function of their own.
  'page_view', 'page_leave', 'vital', 'error', 'identify', 'reset', 'consent', 'custom',
  // Never sent by this SDK: what it finds out is left to others, and there is no call for an alias.
  'rage_click', 'dead_click', 'network', 'alias',
  // Of apps.
  'screen_view', 'screen_load', 'frames', 'anr', 'crash',
  'app_start', 'app_installed', 'app_updated', 'app_foreground', 'app_background',
];

/** The alternatives of the pattern in `kinds.ts`, written out. */
const namedKinds = () => {
  const pattern = /const KIND =\s*\/\^\((.*)\)\$\/;/.exec(read('../src/lib/kinds.ts'))[1];
  const spelled = pattern
    .replace(/\((\w+)\)\?(\w+)/g, '$2|$1$2')
    .replace(/(\w+)\(([\w|]+)\)/g, (_, begin, ends) => ends.split('|').map((end) => begin + end).join('|'));
  return spelled.split('|');
};

describe('the catalogue', () => {
  it('has the kinds that a name becomes, and each kind of a client is one of them or is left out on purpose', () => {
    assert.deepEqual([...namedKinds(), ...OTHERS].sort(), [...clientKinds].sort());
  });

  it('has the kinds that the SDK sends by itself', () => {
    const files = readdirSync(new URL('../src/', import.meta.url), { recursive: true }).filter((name) => name.endsWith('.ts'));
    const sent = files.flatMap((name) => [...read(`../src/${name}`).matchAll(/kind: '(\w+)'/g)].map((match) => match[1]));
    assert.ok(sent.includes('page_view') && sent.includes('vital'));
    assert.deepEqual(sent.filter((kind) => !clientKinds.includes(kind)), []);
  });

  it('has the vitals and ratings of the types, and each vital is observed', () => {
    const types = read('../src/types.ts');
    const union = (field) => [...new RegExp(`  ${field}: ('.*');`).exec(types)[1].matchAll(/'([^']+)'/g)].map((match) => match[1]);
    assert.deepEqual(union('name'), vitals);
    assert.deepEqual(union('rating'), catalogue.ratings.map((rating) => rating.in_events));
    const observed = [...read('../src/lib/observeVitals.ts').matchAll(/^ {4}on([A-Z]+)\(/gm)].map((match) => match[1]);
    assert.deepEqual(observed.sort(), [...vitals].sort());
  });

  it('has what the README names', () => {
    const line = readme.split('\n').find((one) => one.startsWith('Names that become kinds of their own:'));
    const named = [...line.split('. Their fields')[0].matchAll(/`(\w+)`/g)].map((match) => match[1]);
    assert.deepEqual(named, namedKinds());
    const told = /^- `vital`: (.*?) once each/m.exec(readme)[1].split(/, | and /);
    assert.deepEqual(told.sort(), [...vitals].sort());
  });
});
