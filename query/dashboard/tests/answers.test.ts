import { QueryClient, QueryObserver } from '@tanstack/react-query';
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';

/** What the API says to a request. */
interface Said {
  readonly status?: number;
  readonly tag?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const asked: { address: string; tag: string | null }[] = [];
const bodies: string[] = [];
const signals: AbortSignal[] = [];
let say: () => Said = () => ({});

// Node resolves no address of a page; the client takes both when it is made.
globalThis.Request = class extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(new URL(String(input), 'http://dashboard.test'), init);
  }
};
globalThis.fetch = async (input) => {
  const request = input as Request;
  const { pathname, search } = new URL(request.url);
  asked.push({ address: pathname + search, tag: request.headers.get('If-None-Match') });
  signals.push(request.signal);
  if (request.body) bodies.push(await request.clone().text());
  const { status = 200, tag, body, headers } = say();
  const text = status === 304 ? null : typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return new Response(text, { status, headers: { ...headers, ...(tag && { ETag: tag }) } });
};

const { addressOf, questions } = await import('../src/api/questions');
const { ApiError } = await import('../src/api/error');
const { createCache } = await import('../src/api/cache');
const { refreshAfter_ms, retrying } = await import('../src/api/useAnswer');

let cache: QueryClient;
let signedOut = 0;

beforeEach(() => {
  asked.length = signals.length = bodies.length = 0;
  signedOut = 0;
  cache = createCache(() => (signedOut += 1));
  say = () => ({ body: { rows: [1] }, tag: 'W/"1"' });
});

const stats = () => questions.stats('la bottega', { from: '2026-11-01', filter: ['page:is:/a', 'colour:is:red'], compare: undefined });

test('a question is asked at its address, and what is exported at the same', async () => {
  await cache.fetchQuery(stats());
  const address = '/api/v1/sites/la%20bottega/stats?from=2026-11-01&filter=page%3Ais%3A%2Fa&filter=colour%3Ais%3Ared';
  assert.deepEqual(asked, [{ address, tag: null }]);
  assert.equal(addressOf(stats()), address);
});

test('several parts that ask the same make one request', async () => {
  const ends = [stats(), stats(), stats()].map((question) => new QueryObserver(cache, question).subscribe(() => undefined));
  await cache.fetchQuery(stats());
  for (const end of ends) end();
  assert.equal(asked.length, 1);
});

test('an answer that has not changed is not sent again and stays the same object', async () => {
  const first = await cache.fetchQuery(stats());
  say = () => ({ status: 304 });
  assert.equal(await cache.fetchQuery(stats()), first);
  assert.equal(await cache.fetchQuery(stats()), first, 'its tag goes on being known');
  assert.deepEqual(asked.map(({ tag }) => tag), [null, 'W/"1"', 'W/"1"']);
  say = () => ({ body: { rows: [1, 2] } });
  assert.notEqual(await cache.fetchQuery(stats()), first);
  await cache.fetchQuery(stats());
  assert.equal(asked.at(-1)?.tag, null, 'an answer without a tag is not known again');
});

test('a question in a body is asked with it, once for each body, and its refusal names the field', async () => {
  const funnel = (...kinds: string[]) => questions.funnel('la bottega', { steps: kinds.map((kind) => ({ kind })), order: 'any' });
  const ends = [funnel('a', 'b'), funnel('a', 'b'), funnel('b', 'a')].map((one) => new QueryObserver(cache, one).subscribe(() => undefined));
  await Promise.all([cache.fetchQuery(funnel('a', 'b')), cache.fetchQuery(funnel('b', 'a'))]);
  for (const end of ends) end();
  assert.deepEqual(asked.map(({ address }) => address), Array(2).fill('/api/v1/sites/la%20bottega/funnels'));
  assert.deepEqual(bodies, ['{"steps":[{"kind":"a"},{"kind":"b"}],"order":"any"}', '{"steps":[{"kind":"b"},{"kind":"a"}],"order":"any"}']);
  say = () => ({ status: 400, body: { error: { code: 'invalid_condition', message: 'No.', field: 'steps[0].kind' } } });
  const error: unknown = await cache.fetchQuery(funnel('c')).catch((problem: unknown) => problem);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.code, error.field], ['invalid_condition', 'steps[0].kind']);
});

test('a question that nobody asks any more is given up', async () => {
  const end = new QueryObserver(cache, stats()).subscribe(() => undefined);
  await Promise.resolve();
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false]);
  end();
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
  assert.equal(cache.getQueryState(stats().queryKey)?.fetchStatus, 'idle');
});

test('a question is asked again where that may help, as late as the API asks, and a refused one as often as any', () => {
  const busy = new ApiError(503, 'busy', '', undefined, 5_000);
  const refused = new ApiError(400, 'invalid_filter', '');
  const { retry, retryDelay } = retrying(undefined);
  assert.deepEqual([busy, refused, new ApiError(401, 'unauthorized', '')].map((error) => retry(0, error)), [true, false, false]);
  assert.deepEqual([0, 1, 2, 3, 4].map((failures) => retryDelay(failures, busy)), [5_000, 5_000, 5_000, 8_000, 16_000]);
  const asking = retrying(30_000);
  assert.deepEqual([asking.retry(0, refused), asking.retryDelay(9, refused), asking.retryDelay(0, new ApiError(0, '', ''))], [true, 30_000, 1_000]);
  assert.equal(asking.retry(0, new ApiError(401, 'unauthorized', '')), false);
});

test('what is too big for the store is asked again seldom', () => {
  const tooBig = new ApiError(422, 'question_too_big', '');
  assert.deepEqual([retrying(undefined).retry(0, tooBig), retrying(30_000).retry(0, tooBig)], [false, false]);
  assert.deepEqual([undefined, 1_000, 600_000].map((refresh_ms) => refreshAfter_ms(refresh_ms, tooBig)), [false, 300_000, 600_000]);
  assert.deepEqual([null, new ApiError(400, 'invalid_filter', '')].map((error) => refreshAfter_ms(1_000, error)), [1_000, 1_000]);
});

test('whoever signs in next asks everything anew', async () => {
  await cache.fetchQuery(stats());
  cache.clear();
  await cache.fetchQuery(stats());
  assert.deepEqual(asked.map(({ tag }) => tag), [null, null]);
});

test('a refusal says what the API says, and how long it asks to wait', async () => {
  const refused = async (said: Said) => {
    say = () => said;
    const error: unknown = await cache.fetchQuery(stats()).catch((problem: unknown) => problem);
    assert.ok(error instanceof ApiError);
    return { status: error.status, code: error.code, message: error.message, field: error.field, wait_ms: error.wait_ms };
  };
  const error = { code: 'unknown_dimension', message: 'There is no dimension `colour`.', field: 'filter' };
  assert.deepEqual(await refused({ status: 400, body: { error } }), { status: 400, ...error, wait_ms: 0 });
  const busy = await refused({ status: 503, body: { error: { code: 'busy', message: 'Busy.' } }, headers: { 'Retry-After': '2' } });
  assert.deepEqual([busy.code, busy.wait_ms], ['busy', 2_000]);
  const page = await refused({ status: 502, body: '<html>' });
  assert.deepEqual([page.status, page.code], [502, 'unknown'], 'a proxy’s page');
  const broken = await refused({ status: 200, body: '{"rows":' });
  assert.deepEqual([broken.status, broken.code], [0, 'unreachable'], 'an answer that breaks off');
  assert.equal(signedOut, 0);
  await refused({ status: 401, body: { error: { code: 'unauthorized', message: 'Sign in.' } } });
  assert.equal(signedOut, 1);
});
