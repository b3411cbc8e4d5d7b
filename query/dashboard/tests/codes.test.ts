import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { faultText, problemText, propertyText, verdictReasonText } from '../src/format/codes';
import { createTranslator, languages } from '../src/i18n/translate';
import { describe, itemFields } from '../src/steps/describe';
import { event } from './journey-samples';

const it = createTranslator('it');
const en = createTranslator('en');

test('every error code of the API has a text in every language', () => {
  const codes = found('..', 'src', [
    /ApiError::invalid\(\s*"(\w+)"/g,
    /\bcode: "(\w+)"/g,
    /\binvalid\(\s*"(\w+)",/g,
    /StatusCode::\w+,\s*"(\w+)",/g,
  ]);
  assert.ok(codes.size > 40, [...codes].join(' '));
  assertNamed('problem', codes);
});

test('every reason of a refusal has a text in every language', () => {
  const reasons = found('../../collector', 'src', [
    /FieldError::(?:new|unreadable)\(\s*"(\w+)"/g,
    /\.(?:reject|ends_as)\([^)]*"(\w+)"/g,
    /Self::(?:new|unreadable)\(\s*"(\w+)"/g,
    /const LOST: &str = "(\w+)"/g,
  ]);
  for (const file of ['ingest/rejected_request.rs', 'http/body.rs', 'ingest/parse_error.rs']) {
    const text = productive(readFileSync(join(process.cwd(), '../../collector/src', file), 'utf8'));
    for (const match of text.matchAll(/Self::[^=\n]*=> "(\w+)"/g)) reasons.add(match[1] ?? '');
  }
  assert.ok(reasons.size > 25, [...reasons].join(' '));
  assertNamed('reason', reasons);
});

test('an error is told by its code, and one that is not known by its status', () => {
  assert.equal(problemText({ status: 422, code: 'question_too_big' }, it), 'È troppo da calcolare in una volta. Scegli un periodo più breve, aggiungi un filtro o togli una suddivisione.');
  assert.equal(problemText({ status: 0, code: 'unreachable' }, it), it.t('error.unreachable'));
  assert.equal(problemText({ status: 429, code: 'unknown' }, it), it.t('problem.busy'), 'a proxy has words of its own');
  assert.equal(problemText({ status: 403, code: 'brand_new' }, it), it.t('error.forbidden'));
  assert.equal(problemText({ status: 502, code: 'constructor' }, it), it.t('error.server', { status: '502' }));
});

test('the collector’s English words are for readers of English', () => {
  assert.equal(faultText('props.items: expected text', en), 'props.items: expected text');
  assert.equal(faultText('props.items: expected text', it), 'Campo: props.items');
  assert.equal(faultText('the body is empty', it), '');
});

test('known properties, outcomes and verdicts have names; what only the site knows stays as sent', () => {
  assert.deepEqual(propertyText('outcome', 'resolved', it), ['Esito', 'Risolto']);
  assert.deepEqual(propertyText('outcome', 'da richiamare', it), ['Esito', 'da richiamare']);
  assert.deepEqual(propertyText('taglia_scarpa', '42', it), ['taglia_scarpa', '42']);
  assert.deepEqual(propertyText('title', 'open', it), ['Titolo', 'open']);
  assert.deepEqual(propertyText('dropped_props', 'ts', it), ['Tralasciato', 'ts']);
  assert.equal(verdictReasonText('scanner: Barracuda', it), 'scanner della posta: Barracuda');
  assert.equal(verdictReasonText('many_links', it), 'ha seguito molti link insieme');
  assert.equal(describe(event('1', 1, { kind: 'ticket_closed', props: { subject: 'Reso', outcome: 'resolved' } }), it).remark, 'Risolto');
  assert.equal(describe(event('2', 1, { kind: 'call', props: { outcome: 'missed' } }), it).subject, 'Senza risposta');
});

test('the Italian pages call things as an Italian product does', () => {
  assert.equal(it.t('nav.accounting'), 'Integrità dei dati');
  assert.equal(it.t('accounting.title'), 'Integrità dei dati');
  assert.equal(it.t('overview.devices'), 'Dispositivi');
  assert.equal(it.t('app.none'), 'nessuna');
});

function assertNamed(group: string, values: ReadonlySet<string>) {
  for (const language of languages) {
    const { named } = createTranslator(language);
    assert.deepEqual([...values].filter((value) => named(group, value) === undefined), [], `${language}: ${group}`);
  }
}

/** What the patterns capture in the Rust sources, tests left out: the program itself is the list. */
function found(crate: string, folder: string, patterns: readonly RegExp[]): Set<string> {
  const values = new Set<string>();
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(path, entry.name));
      else if (entry.name.endsWith('.rs') && !entry.name.includes('test')) {
        const text = productive(readFileSync(join(path, entry.name), 'utf8'));
        for (const pattern of patterns) for (const match of text.matchAll(pattern)) values.add(match[1] ?? '');
      }
    }
  };
  walk(join(process.cwd(), crate, folder));
  return values;
}

function productive(text: string): string {
  return text.split('#[cfg(test)]')[0] ?? '';
}

test('an order names its items whatever the shop calls the fields, as docs/definitions.md has them', () => {
  const document = readFileSync(join(process.cwd(), '..', '..', 'docs', 'definitions.md'), 'utf8');
  for (const [row, fields] of Object.entries(itemFields)) {
    const said = document.split('\n').find((line) => line.startsWith(`| ${row} | \``)) ?? '';
    assert.deepEqual([...said.split(':')[0]!.matchAll(/`([a-z_]+)`/g)].map((found) => found[1]), fields, row);
  }
  const items = [{ item_name: 'Livorno', qty: '2' }, { name: ' ', product_id: 7 }, 'Siena', { price: 1 }, null, { title: 'Pisa', quantity: 'NaN' }];
  const order = event('1', 1, { kind: 'order', props: { items: JSON.stringify(items) } });
  assert.equal(describe(order, it).subject, 'Livorno × 2, 7, Siena, Pisa');
});
