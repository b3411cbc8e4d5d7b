import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, it, mock } from 'node:test';
import { load } from './load.mjs';

const at = (ms, check) => {
  mock.timers.enable({ apis: ['Date'], now: ms });
  try {
    return check();
  } finally {
    mock.timers.reset();
  }
};

describe('uuidv7', () => {
  it('has the time in front, version 7 and variant 10', async () => {
    const { uuidv7 } = await load('uuidv7');
    const id = at(1_763_719_200_512, uuidv7);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(parseInt(id.replaceAll('-', '').slice(0, 12), 16), 1_763_719_200_512);
  });

  it('sorts in the order of making, within a millisecond and when the clock goes back', async () => {
    const { uuidv7 } = await load('uuidv7');
    const ids = at(1_763_719_200_512, () => Array.from({ length: 5000 }, uuidv7));
    ids.push(at(1_763_719_100_000, uuidv7));
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(new Set(ids).size, ids.length);
  });

  it('does not repeat across pages that start in the same millisecond', async () => {
    const pages = await Promise.all(Array.from({ length: 50 }, () => load('uuidv7')));
    const ids = at(1_763_719_200_512, () => pages.map(({ uuidv7 }) => uuidv7()));
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('isSameSite', () => {
  it('knows the site with www, as a subdomain, and with a dot at the end', async () => {
    const { isSameSite } = await load('observeLinks');
    for (const host of ['shop.example', 'www.shop.example', 'blog.shop.example', 'shop.example.', 'www.shop.example.']) {
      assert.ok(isSameSite(host, 'shop.example') && isSameSite('shop.example.', host), host);
    }
    for (const host of ['myshop.example', 'myshop.example.', 'shop.example.org']) {
      assert.ok(!isSameSite(host, 'shop.example'), host);
    }
  });
});

describe('hintsOf', () => {
  const brands = [{ brand: 'Google Chrome', version: '131' }, { brand: 'Not(A,B|rand', version: '24' }];
  const browser = (told, webdriver = false) => ({
    webdriver,
    userAgentData: { getHighEntropyValues: async () => ({ brands: [], mobile: false, platform: '', ...told }) },
  });
  const table = [
    {
      name: 'a computer',
      browser: browser({ brands, platform: 'Windows', platformVersion: '15.0.0', model: '', formFactors: ['Desktop'] }),
      text: 'Windows|15.0.0||Desktop|Google Chrome 131,Not(A B rand 24|',
    },
    {
      name: 'a phone that does not know form factors',
      browser: browser({ mobile: true, platform: 'Android', platformVersion: '14.0.0', model: 'Pixel 8' }),
      text: 'Android|14.0.0|Pixel 8|Mobile||',
    },
    { name: 'a browser that gives less than asked', browser: browser({ platform: 'Linux' }), text: 'Linux|||||' },
    { name: 'a browser without hints', browser: { webdriver: false }, text: undefined },
    { name: 'an automated browser without hints', browser: { webdriver: true }, text: '|||||1' },
  ];
  for (const row of table)
    it(row.name, async () => {
      const { hintsOf } = await load('observeHints');
      assert.equal(await hintsOf(row.browser), row.text);
    });
});

describe('nextSession', () => {
  const start = 1_763_719_200_000;
  const minutes = (count) => start + count * 60_000;
  const table = [
    { name: 'none yet', stored: undefined, now: start, fresh: true, at: start },
    { name: 'activity 29 minutes ago', stored: `s ${start}`, now: minutes(29), at: minutes(29) },
    { name: 'activity 30 minutes ago', stored: `s ${start}`, now: minutes(30), fresh: true, at: minutes(30) },
    { name: 'a passive event in a live session', stored: `s ${start}`, now: minutes(29), passive: true, at: minutes(29) },
    { name: 'a passive event in a dead session', stored: `s ${start}`, now: minutes(90), passive: true, at: start },
    { name: 'a passive event and none yet', stored: undefined, now: start, passive: true, fresh: true, at: start },
    { name: 'an unreadable record', stored: 'garbage', now: start, fresh: true, at: start },
  ];
  for (const row of table)
    it(row.name, async () => {
      const { nextSession } = await load('nextSession');
      const [id, time] = at(row.now, () => nextSession(row.stored, row.passive)).split(' ');
      if (row.fresh) assert.match(id, /^[0-9a-f-]{36}$/);
      else assert.equal(id, 's');
      assert.equal(Number(time), row.at);
    });
});

describe('firstBatch', async () => {
  const { firstBatch, itemsOf, byteLength, REQUEST_BYTES_MAX } = await load('queue');
  const item = (header, size) => `${header}\t${'x'.repeat(size)}`;

  it('is empty for an empty queue', () => assert.deepEqual(firstBatch([]), []));

  it('keeps the order and stops at another header, even if the first comes back', () => {
    const items = [item('a', 1), item('a', 2), item('b', 1), item('a', 3)];
    assert.deepEqual(firstBatch(items), items.slice(0, 2));
  });

  it('does not take a header for one that starts alike', () => {
    assert.equal(firstBatch([item('{"a"}', 1), item('{"a"}}', 1)]).length, 1);
  });

  it('stays within the bytes of one request, counted in UTF-8', () => {
    const items = Array.from({ length: 40 }, () => `{}\t${'è'.repeat(1000)}`);
    const batch = firstBatch(items);
    assert.ok(byteLength(batch.join('')) <= REQUEST_BYTES_MAX);
    assert.ok(byteLength(items.slice(0, batch.length + 1).join('')) > REQUEST_BYTES_MAX);
  });

  it('takes a first item whatever its size, so that nothing blocks the queue', () => {
    assert.equal(firstBatch([item('a', 60_000), item('a', 1)]).length, 1);
  });

  it('of a stored queue leaves out the time in front', () => {
    assert.deepEqual(itemsOf(undefined), []);
    assert.deepEqual(itemsOf('1763719200512\n{}\t{"id":"a"}\n{}\t{"id":"b"}'), ['{}\t{"id":"a"}', '{}\t{"id":"b"}']);
  });
});

describe('retry', async () => {
  const { RETRYABLE, RETRY_MS_MAX, retryDelay } = await load('retry');
  const retryable = { 0: true, 200: false, 204: false, 400: false, 401: false, 403: false, 404: false, 408: true, 413: false, 429: true, 500: true, 502: true, 503: true };
  for (const [status, again] of Object.entries(retryable))
    it(`${status} is ${again ? '' : 'not '}tried again`, () => assert.equal(RETRYABLE.test(status), again));

  it('doubles from half a second to a second, and stays in a timer\'s range', () => {
    for (let failures = 1; failures < 40; failures++) {
      const most = Math.min(500 * 2 ** failures, RETRY_MS_MAX);
      for (let round = 0; round < 20; round++) {
        const delay = retryDelay(failures, null);
        assert.ok(delay <= most && delay >= Math.min(most / 2, RETRY_MS_MAX), `${failures}: ${delay}`);
      }
    }
  });

  it('spreads the tries', () => {
    assert.ok(new Set(Array.from({ length: 20 }, () => retryDelay(5, null))).size > 10);
  });

  const after = [['120', 120_000], ['0', null], [null, null], ['soon', null], ['999999', RETRY_MS_MAX]];
  for (const [header, expected] of after)
    it(`Retry-After ${header}`, () => {
      const delay = retryDelay(1, header);
      if (expected) assert.equal(delay, expected);
      else assert.ok(delay >= 500 && delay <= 1000, `${delay}`);
    });
});

describe('toEvent', async () => {
  const { toEvent } = await load('kinds');
  const table = [
    ['newsletter_box', { colour: 'red' }, { kind: 'custom', name: 'newsletter_box', props: { colour: 'red' } }],
    ['tip', { revenue: { amount: 2, currency: 'EUR' }, text: 'x' }, { kind: 'custom', name: 'tip', revenue: { amount: '2', currency: 'EUR' }, props: { text: 'x' } }],
    ['order', { order_id: 'A1', items: [{ id: 'p' }], revenue: { amount: 59.9, currency: 'EUR' }, gift: true }, { kind: 'order', order_id: 'A1', items: [{ id: 'p' }], revenue: { amount: '59.9', currency: 'EUR' }, props: { gift: true } }],
    ['search', { query: 'boots' }, { kind: 'search', props: { query: 'boots' } }],
    ['click', { target: '#buy', text: 'Buy', href: '/c', row: 3 }, { kind: 'click', target: '#buy', text: 'Buy', href: '/c', props: { row: 3 } }],
    ['referral', { user: 'u', referred_by: 'v' }, { kind: 'referral', user: 'u', referred_by: 'v', props: {} }],
    ['survey_answer', { survey: 's', question: 'q', score: 0, comment: '' }, { kind: 'survey_answer', survey: 's', question: 'q', score: 0, comment: '', props: {} }],
    ['logout', undefined, { kind: 'logout', props: {} }],
    // Server-side kinds and automatic ones stay custom: the collector would refuse or count them twice.
    ['ticket_opened', { ticket: 't' }, { kind: 'custom', name: 'ticket_opened', props: { ticket: 't' } }],
    ['page_view', {}, { kind: 'custom', name: 'page_view', props: {} }],
    ['survey_opened', {}, { kind: 'custom', name: 'survey_opened', props: {} }],
    ['orders', {}, { kind: 'custom', name: 'orders', props: {} }],
  ];
  for (const [name, props, expected] of table)
    it(`${name} ${JSON.stringify(props)}`, () => assert.deepEqual(toEvent(name, props), expected));

  it('leaves the given props as they were', () => {
    const props = Object.freeze({ revenue: Object.freeze({ amount: 1, currency: 'EUR' }), a: 1 });
    toEvent('order', props);
    assert.deepEqual(props, { revenue: { amount: 1, currency: 'EUR' }, a: 1 });
  });
});

describe('the built files', async () => {
  const dist = new URL('../dist/', import.meta.url);
  const sizes = JSON.parse(await readFile(new URL('sizes.json', dist)));

  it('orma.js is within 2,600 bytes gzip -9, as sizes.json says', async () => {
    const code = await readFile(new URL('orma.js', dist));
    const gzip = gzipSync(code, { level: 9 }).length;
    assert.ok(gzip <= 2600, `${gzip}`);
    assert.deepEqual(sizes['orma.js'], { raw: code.length, gzip });
  });

  it('the README tells the sizes that were measured', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const count = (bytes) => bytes.toLocaleString('en');
    for (const name of ['orma.js', 'orma-vitals.js']) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      assert.deepEqual(row.split('|').slice(2, 4).map((cell) => cell.trim()), [count(sizes[name].raw), count(sizes[name].gzip)]);
    }
  });

  it('orma-vitals.js opens with the notice of web-vitals', async () => {
    const code = await readFile(new URL('orma-vitals.js', dist), 'utf8');
    assert.match(code, /^\/\*![^*]*web-vitals [\d.]+, Copyright Google LLC, Apache-2\.0[^*]*\*\//);
  });

  it('the npm module can be imported and called where there is no browser', async () => {
    const sdk = await import(new URL('index.js', dist));
    sdk.event('before');
    sdk.init({ site: 'demo', host: 'http://127.0.0.1:1' });
    sdk.identify('u');
    assert.deepEqual(Object.keys(sdk).sort(), ['consent', 'event', 'identify', 'init', 'page', 'reset']);
  });
});
