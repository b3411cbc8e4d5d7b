import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { dictionaries } from '../src/i18n/translate';
import { subjectProps } from '../src/steps/describe';
import { looks, noiseKinds, touchpoints, viewKinds } from '../src/steps/kinds';
import { ratings, vitalNames } from '../src/format/rating';

/** The lists of model/catalogue.json that the pages know by name. */
interface Catalogue {
  kinds: { name: string; activity: string }[];
  touchpoints: string[];
  stages: string[];
  vitals: { name: string }[];
  app_starts: { name: string }[];
  ratings: { in_answers: string }[];
}

const catalogue = JSON.parse(readFileSync(join(process.cwd(), '../../model/catalogue.json'), 'utf8')) as Catalogue;
const names = (entries: { name: string }[]) => entries.map((entry) => entry.name);
const kindsOf = (activity: string) => names(catalogue.kinds.filter((kind) => kind.activity === activity));

test('the pages know the vitals, ratings and touchpoints of the catalogue, in its order', () => {
  assert.deepEqual([...vitalNames], names(catalogue.vitals));
  assert.deepEqual([...ratings], catalogue.ratings.map((rating) => rating.in_answers));
  assert.deepEqual([...touchpoints], catalogue.touchpoints);
});

test('every kind has a look, and what is said of kinds is said of kinds that exist', () => {
  assert.deepEqual(Object.keys(looks).sort(), names(catalogue.kinds).sort());
  assert.deepEqual([...viewKinds], kindsOf('view'));
  const unknown = (kinds: Iterable<string>, known: string[]) => [...kinds].filter((kind) => !known.includes(kind));
  assert.deepEqual(unknown(noiseKinds, kindsOf('passive')), []);
  assert.deepEqual(unknown(Object.keys(subjectProps), names(catalogue.kinds)), []);
});

test('every word of the catalogue has a name in each language, and no other word has one', () => {
  const groups = {
    kind: names(catalogue.kinds),
    touchpoint: catalogue.touchpoints,
    stage: catalogue.stages,
    start: names(catalogue.app_starts),
    'quality.name': names(catalogue.vitals),
  };
  for (const [language, dictionary] of Object.entries(dictionaries)) {
    for (const [group, words] of Object.entries(groups)) {
      const named = Object.keys(dictionary).filter((key) => key.startsWith(`${group}.`)).map((key) => key.slice(group.length + 1));
      assert.deepEqual(named.sort(), [...words].sort(), `${language} ${group}`);
    }
    for (const word of [...ratings, ...vitalNames]) assert.ok(`quality.${word}` in dictionary, `${language} quality.${word}`);
  }
});

test('every rating and touchpoint has its colour', () => {
  const folders = ['src/styles', 'src/pages/quality'].map((folder) => join(process.cwd(), folder));
  const sheets = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.css')).map((name) => join(folder, name)));
  const styles = sheets.map((sheet) => readFileSync(sheet, 'utf8')).join('\n');
  const wanted = [...ratings.flatMap((rating) => [`.rating-${rating} {`, `.share-${rating} {`]), ...touchpoints.map((touchpoint) => `--tp-${touchpoint}: `)];
  assert.deepEqual(wanted.filter((rule) => !styles.includes(rule)), []);
});
