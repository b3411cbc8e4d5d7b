import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiError } from '../src/api/error';
import { placeOf } from '../src/pages/sql/ask';
import { CsvRows } from '../src/pages/sql/csv-rows';
import { examples } from '../src/pages/sql/examples';
import { withStatement } from '../src/pages/sql/history';

const text = '"a","b,""c"""\n1,\\N\n"\\N","two\nlines"\n"",-0.5\n"è💡",""\n';
const rows = [['a', 'b,"c"'], ['1', null], ['\\N', 'two\nlines'], ['', '-0.5'], ['è💡', '']];

test('CSV is read the same wherever it is cut', () => {
  for (let size = 1; size <= text.length; size++) {
    const csv = new CsvRows();
    const read = [];
    for (let at = 0; at < text.length; at += size) {
      let piece = text.slice(at, at + size);
      // A decoder never cuts a letter in two.
      if (/[\ud800-\udbff]$/.test(piece)) piece = piece.slice(0, -1) + text.slice(at + size - 1, ++at + size);
      read.push(...csv.read(piece));
    }
    assert.deepEqual(read, rows, String(size));
  }
});

test('the examples are the worked questions of the document', () => {
  const document = readFileSync(join(process.cwd(), '../../docs/sql.md'), 'utf8');
  const worked = document.split('```sql\n').slice(1).map((block) => block.split('\n```')[0]);
  assert.deepEqual(Object.values(examples), worked);
});

test('a place is found in letters, where the store counts bytes', () => {
  const error = (message: string) => new ApiError(400, 'invalid_sql', message, 'query');
  assert.equal(placeOf(error('Syntax error: failed at position 8 (FRM): FRM'), 'SELECT FRM'), 7);
  const query = "SELECT 'è💡' FRM events";
  const bytes = new TextEncoder().encode(query.slice(0, query.indexOf('FRM'))).length;
  assert.equal(placeOf(error(`failed at position ${String(bytes + 1)} (FRM)`), query), query.indexOf('FRM'));
  assert.equal(placeOf(error('Unknown expression identifier'), query), undefined);
});

test('the latest statement stands first, once, and the oldest go', () => {
  let history: string[] = [];
  for (let number = 0; number < 30; number++) history = withStatement(history, `SELECT ${String(number)}`);
  assert.equal(history.length, 20);
  history = withStatement(history, 'SELECT 15');
  assert.deepEqual(history.slice(0, 2), ['SELECT 15', 'SELECT 29']);
  assert.equal(history.filter((one) => one === 'SELECT 15').length, 1);
  assert.deepEqual(withStatement(history, 'x'.repeat(20_001)), history);
});
