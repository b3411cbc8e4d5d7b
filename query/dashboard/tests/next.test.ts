import assert from 'node:assert/strict';
import test from 'node:test';
import { safeNext } from '../src/state/next';

const HERE = 'https://orma.example';

test('after the sign-in comes a path of this origin and nothing else', () => {
  for (const [next, path] of [
    [null, '/'],
    ['', '/'],
    ['/sites/demo/people/mario%40example.it?period=7d#top', '/sites/demo/people/mario%40example.it?period=7d#top'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/\n\\evil.example', '/'],
    ['\t//evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/a/..//evil.example', '/'],
    ['https://evil.example/', '/'],
    ['https:evil.example', '/evil.example'],
    ['javascript:alert(1)', '/'],
    ['data:text/html,x', '/'],
    ['http://orma.example/a', '/'],
    ['https://orma.example:444/a', '/'],
    ['https://orma.example/a', '/a'],
    ['https://[', '/'],
  ] as const) {
    assert.equal(safeNext(next, HERE), path, String(next));
  }
});
