import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startCollector } from './collector.mjs';

const TEST = { timeout: 300_000 };
let browser;
let collector;
let context;
const errors = [];

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}, TEST);
after(() => browser?.close());

afterEach(async () => {
  await context?.close();
  await collector?.stop();
  context = collector = undefined;
  // The SDK is a guest: whatever a test does to it, the page sees no error.
  assert.deepEqual(errors.splice(0), []);
});

const open = async (pages, path = '/', prepare) => {
  collector = await startCollector(pages);
  context = await browser.newContext();
  context.on('weberror', (error) => errors.push(String(error.error())));
  if (prepare) await context.addInitScript(prepare);
  return go(await context.newPage(), path);
};
const go = async (page, path) => {
  await page.goto(collector.url + path, { waitUntil: 'load' });
  return page;
};

/** Waits until `find` finds something, and answers it. */
const until = async (find, what = String(find), ms = 8000) => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await find();
    if (found) return found;
    assert.ok(Date.now() < end, `waited ${ms} ms for: ${what}; got ${JSON.stringify(collector.stored().map(({ kind, name, url }) => ({ kind, name, url })))}`);
    await sleep(25);
  }
};
const stored = (kind) => collector.stored().filter((event) => event.kind === kind);
const arrived = (kind, count = 1) =>
  until(() => stored(kind).length >= count && stored(kind), `${count} ${kind}`);
const assertOnce = () => {
  const ids = collector.stored().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'an event was stored twice');
};
/** The tab goes behind another, as the page sees it. */
const setHidden = (page, hidden) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
const storage = (page) => page.evaluate(() => ({ ...localStorage }));
/** The stored queues, each as its lines. */
const queues = async (page) =>
  Object.entries(await storage(page)).filter(([key]) => key.startsWith('orma.queue')).map(([, text]) => text.split('\n'));

describe('page views', () => {
  it('tells page, person and context in the contract\'s shape', TEST, async () => {
    await open({}, '/shoes?utm_source=news&orma_id=abc.def#top');
    const [view] = await arrived('page_view');
    assert.match(view.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(view.url, `${collector.url}/shoes?utm_source=news&orma_id=abc.def#top`);
    assert.equal(view.title, 'First');
    assert.equal(view.referrer, '');
    assert.ok(Math.abs(Date.parse(view.ts) - Date.now()) < 5000);
    const { visitor, session, sent_at, context: about, ...rest } = view.envelope;
    assert.deepEqual(rest, { site: 'demo' });
    assert.match(visitor, /^[0-9a-f-]{36}$/);
    assert.match(session, /^[0-9a-f-]{36}$/);
    assert.notEqual(visitor, session);
    assert.ok(Date.parse(sent_at) >= Date.parse(view.ts));
    assert.deepEqual(Object.keys(about).sort(), ['language', 'screen', 'sdk', 'timezone', 'touch_points', 'viewport']);
    assert.equal(about.sdk, 'orma-js/1.1.0');
    assert.deepEqual(Object.keys(about.screen), ['width', 'height']);
    assert.deepEqual(about.viewport, { width: 1280, height: 720 });
    assert.equal(about.touch_points, 0);
    assert.match(collector.requests[0].type, /^text\/plain/);
    assert.equal(view.envelope.visitor, (await storage(context.pages()[0]))['orma.visitor']);
  });

  it('are followed through a single-page app, with the title set after the address', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await page.evaluate(() => {
      history.pushState({}, '', '/second');
      document.title = 'Second';
    });
    const [, second] = await arrived('page_view', 2);
    assert.deepEqual([second.url, second.title, second.referrer], [`${collector.url}/second`, 'Second', `${collector.url}/`]);
    const [leave] = await arrived('page_leave');
    assert.equal(leave.url, `${collector.url}/`);
    assert.ok(leave.id < second.id);

    await page.evaluate(() => {
      history.replaceState({}, '', '/second?sort=price');
      history.pushState({}, '', '/second?sort=price#reviews');
    });
    await sleep(600);
    assert.equal(stored('page_view').length, 2, 'a replaced query or a fragment is no new page');

    await page.evaluate(() => history.pushState({}, '', '/second?page=2'));
    await arrived('page_view', 3);
    await page.evaluate(() => history.go(-3));
    const [, , , back] = await arrived('page_view', 4);
    assert.equal(back.url, `${collector.url}/`);
    assertOnce();
  });

  it('of two documents tell the way between them, in one session of one visitor', TEST, async () => {
    const page = await open({ '/': { body: '<a href="/next">next</a>' } });
    await arrived('page_view');
    await page.click('a');
    const [first, second] = await arrived('page_view', 2);
    assert.equal(second.referrer, `${collector.url}/`);
    assert.equal(second.envelope.visitor, first.envelope.visitor);
    assert.equal(second.envelope.session, first.envelope.session);
    const [leave] = await arrived('page_leave');
    assert.equal(leave.url, `${collector.url}/`);
    assertOnce();
  });

  it('can be recorded by hand, before loading instead of the automatic one', TEST, async () => {
    const page = await open({ '/': { head: '<script>window.orma=window.orma||function(){(orma.q=orma.q||[]).push(arguments)};orma("page",{url:"/virtual",title:"Mine"})</script>' } });
    const [view] = await arrived('page_view');
    assert.deepEqual([view.url, view.title], [`${collector.url}/virtual`, 'Mine']);
    await page.evaluate(() => window.orma('page', { title: 'By hand' }));
    const views = await arrived('page_view', 2);
    assert.deepEqual([views[1].url, views[1].title, views.length], [`${collector.url}/`, 'By hand', 2]);
  });

  it('wait until a prerendered page is shown', TEST, async () => {
    const page = await open({}, '/', () => {
      Object.defineProperty(document, 'prerendering', { value: true, configurable: true });
    });
    await page.evaluate(() => window.orma('event', 'early'));
    await sleep(600);
    assert.equal(collector.requests.length, 0);
    await page.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: false });
      document.dispatchEvent(new Event('prerenderingchange'));
    });
    await arrived('custom');
    assert.deepEqual(collector.stored().map(({ kind }) => kind), ['page_view', 'custom']);
  });

  it('are counted once when the tag stands twice on the page', TEST, async () => {
    await open({ '/': { head: '<script defer src="/orma.js" data-site="demo"></script>' } });
    await arrived('page_view');
    await sleep(500);
    assert.equal(stored('page_view').length, 1);
  });

  it('come back from the back/forward cache', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await arrived('page_view', 2);
  });
});

describe('engagement', () => {
  const tall = { '/': { body: '<div style="height:3600px">tall</div>' } };

  it('counts visible time and the depth of the page, adds up over several leaves', TEST, async () => {
    // No longer than it was there to be seen, however slow the machine is.
    let since = Date.now();
    const seen = () => Date.now() - since + 100;
    const page = await open(tall);
    await arrived('page_view');
    await page.mouse.move(10, 10);
    await page.evaluate(() => scrollTo(0, 1080));
    await sleep(1000);
    await page.evaluate(() => scrollTo(0, 0));
    await sleep(200);
    await setHidden(page, true);
    let most = seen();
    const [first] = await arrived('page_leave');
    assert.ok(first.engaged_ms >= 1000 && first.engaged_ms < most, `${first.engaged_ms} of ${most}`);
    assert.ok(first.scroll_pct >= 49 && first.scroll_pct <= 51, `${first.scroll_pct}`);

    await sleep(1500); // in the background: not engaged
    since = Date.now();
    await setHidden(page, false);
    await sleep(300);
    await setHidden(page, true);
    most = seen();
    const [, second] = await arrived('page_leave', 2);
    assert.ok(second.engaged_ms >= 300 && second.engaged_ms < most, `${second.engaged_ms} of ${most}`);

    await setHidden(page, true);
    await sleep(400);
    assert.equal(stored('page_leave').length, 2, 'no leave without engaged time');
    assertOnce();
  });

  it('lets a pause count for half a minute at most', TEST, async () => {
    const page = await open({}, '/', () => {
      const real = performance.now.bind(performance);
      performance.now = () => real() + (window.ahead || 0);
      // What looks for signs of life comes some time after the page view: before that, no pause is known.
      const listen = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (type, ...rest) {
        if (type === 'pointermove') window.watched = true;
        return listen.call(this ?? window, type, ...rest);
      };
    });
    await arrived('page_view');
    await page.waitForFunction(() => window.watched);
    await page.evaluate(() => (window.ahead = 600_000));
    await setHidden(page, true);
    const [leave] = await arrived('page_leave');
    assert.equal(leave.engaged_ms, 30_000);
  });
});

describe('commands', () => {
  it('called before the script has loaded are replayed, and hold for the page view', TEST, async () => {
    await open({
      '/': {
        head: `<script>window.orma=window.orma||function(){(orma.q=orma.q||[]).push(arguments)};
          orma('identify','mario@example.it',{plan:'pro'});
          orma('event','add_to_cart',{items:[{id:'p1',quantity:1}],revenue:{amount:59.9,currency:'EUR'},colour:'red'});
          orma('event','wished',{size:42});orma('nonsense');orma()</script>`,
      },
    });
    await arrived('custom');
    const events = collector.stored();
    assert.deepEqual(events.map(({ kind }) => kind), ['page_view', 'identify', 'add_to_cart', 'custom']);
    assert.deepEqual(events.map(({ envelope }) => envelope.user), Array(4).fill('mario@example.it'));
    assert.deepEqual(events[1].traits, { plan: 'pro' });
    assert.deepEqual(events[2].items, [{ id: 'p1', quantity: 1 }]);
    assert.deepEqual(events[2].revenue, { amount: '59.9', currency: 'EUR' });
    assert.deepEqual(events[2].props, { colour: 'red' });
    assert.deepEqual([events[3].name, events[3].props], ['wished', { size: 42 }]);
    assert.deepEqual(events.map(({ id }) => id), events.map(({ id }) => id).sort());
  });

  it('identify lasts over pages; reset forgets user, visitor and session', TEST, async () => {
    const page = await open();
    await page.evaluate(() => window.orma('identify', 'anna'));
    await arrived('identify');
    await go(page, '/next');
    const [, second] = await arrived('page_view', 2);
    assert.equal(second.envelope.user, 'anna');
    await page.evaluate(() => {
      window.orma('reset');
      window.orma('event', 'after');
    });
    const [reset] = await arrived('reset');
    const [next] = await arrived('custom');
    assert.deepEqual([reset.envelope.user, reset.envelope.visitor], ['anna', second.envelope.visitor]);
    assert.equal(next.envelope.user, undefined);
    assert.notEqual(next.envelope.visitor, second.envelope.visitor);
    assert.notEqual(next.envelope.session, second.envelope.session);
    assert.ok(next.envelope.visitor);
  });

  it('with arguments that cannot be sent cost themselves, not the event, the page or later events', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await page.evaluate(() => {
      const circular = { colour: 'red' };
      circular.self = circular;
      window.orma('event', 'circular', circular);
      window.orma('event', 'order', { order_id: 42n, items: [{ id: 7n }], revenue: { amount: 10n, currency: 'EUR' }, w: window, get thrown() { throw new Error('mine'); }, bad: { toJSON() { throw new Error('mine'); } }, when: new Date(0), none: undefined, call() {} });
      window.orma('event', 'huge', { text: 'x'.repeat(50_000), kept: 1 });
      window.orma('event', 'hostile', new Proxy({}, { ownKeys() { throw new Error('mine'); } }));
      window.orma('identify', 'anna', { plan: 1n, circular });
      window.orma('page', { url: 'http://[' });
      window.orma('identify');
      window.orma('consent', 'perhaps');
      window.orma('event', 'good');
    });
    await until(() => stored('custom').some(({ name }) => name === 'good'), 'the last event');
    const [order] = stored('order');
    assert.deepEqual([order.order_id, order.items, order.revenue, order.props], ['42', [{ id: '7' }], { amount: '10', currency: 'EUR' }, { when: '1970-01-01T00:00:00.000Z' }]);
    assert.deepEqual(stored('custom').filter(({ name }) => name !== 'hostile').map(({ name, props }) => [name, props]), [['circular', { colour: 'red' }], ['huge', { kept: 1 }], ['good', {}]]);
    assert.deepEqual(stored('identify').map(({ traits }) => traits), [{ plan: '1' }]);
    assert.equal(stored('page_view').length, 1);
  });

  it('of two tabs share visitor and session', TEST, async () => {
    await open();
    await go(await context.newPage(), '/second');
    const [first, second] = await arrived('page_view', 2);
    assert.equal(first.envelope.visitor, second.envelope.visitor);
    assert.equal(first.envelope.session, second.envelope.session);
  });

  it('after half an hour without activity start a new session', TEST, async () => {
    const page = await open();
    const [view] = await arrived('page_view');
    await page.evaluate(() => {
      const [id, at] = localStorage['orma.session'].split(' ');
      localStorage['orma.session'] = `${id} ${at - 31 * 60_000}`;
      window.orma('event', 'late');
    });
    const [late] = await arrived('custom');
    assert.notEqual(late.envelope.session, view.envelope.session);
    assert.equal(late.envelope.visitor, view.envelope.visitor);
  });
});

describe('privacy', () => {
  it('consent denied removes ids and stays denied on the next page', TEST, async () => {
    const page = await open();
    await page.evaluate(() => window.orma('identify', 'anna'));
    await arrived('identify');
    await page.evaluate(() => window.orma('consent', 'denied'));
    const [denied] = await arrived('consent');
    const envelope = (event) => [event.envelope.visitor, event.envelope.session, event.envelope.user, event.envelope.context.consent];
    assert.deepEqual(envelope(denied), [undefined, undefined, undefined, 'denied']);
    await go(page, '/next');
    const [, next] = await arrived('page_view', 2);
    assert.deepEqual(envelope(next), [undefined, undefined, undefined, 'denied']);
    // The refusal itself, and nothing that tells one visitor from another.
    assert.deepEqual(await storage(page), { 'orma.consent': 'denied' });
    await page.evaluate(() => window.orma('consent', 'granted'));
    await until(async () => (await storage(page))['orma.visitor']);
  });

  it('data-consent="wait" stores nothing until consent, and nothing after a refusal', TEST, async () => {
    const page = await open({ '/': { attributes: 'data-site="demo" data-vitals="off" data-consent="wait"' } });
    const [view] = await arrived('page_view');
    assert.deepEqual([view.envelope.visitor, view.envelope.session], [undefined, undefined]);
    assert.deepEqual(await storage(page), {});
    await page.evaluate(() => window.orma('consent', 'granted'));
    const [granted] = await arrived('consent');
    assert.ok(granted.envelope.visitor && granted.envelope.session);
    assert.equal(granted.envelope.context.consent, 'granted');
    await go(page, '/');
    const [, again] = await arrived('page_view', 2);
    assert.equal(again.envelope.visitor, granted.envelope.visitor);
    await page.evaluate(() => window.orma('consent', 'denied'));
    await arrived('consent', 2);
    await sleep(300);
    assert.deepEqual(await storage(page), {});
    await go(page, '/');
    const views = await arrived('page_view', 3);
    assert.equal(views[2].envelope.visitor, undefined);
  });

  it('unsent events survive a refusal in memory, not in storage', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    collector.answers.push({ status: 503 });
    await page.evaluate(() => window.orma('event', 'unsent'));
    await until(() => collector.requests.some(({ status }) => status === 503));
    await page.evaluate(() => window.orma('consent', 'denied'));
    assert.deepEqual(await storage(page), { 'orma.consent': 'denied' });
    await arrived('custom');
    await arrived('consent');
    assertOnce();
  });

  for (const [signal, prepare] of [
    ['gpc', () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })],
    ['dnt', () => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })],
  ]) {
    it(`${signal} is respected where the site says so: nothing sent, nothing stored`, TEST, async () => {
      const page = await open({ '/': { attributes: 'data-site="demo" data-vitals="off" data-respect="gpc dnt"' } }, '/', prepare);
      await page.evaluate(() => window.orma('event', 'x'));
      await setHidden(page, true);
      await sleep(800);
      assert.equal(collector.requests.length, 0);
      assert.deepEqual(await storage(page), {});
    });
    it(`${signal} alone changes nothing`, TEST, async () => {
      await open({}, '/', prepare);
      await arrived('page_view');
    });
  }

  it('data-cookieless stores nothing and sends no ids, but the user the page names', TEST, async () => {
    const page = await open({ '/': { attributes: 'data-site="demo" data-vitals="off" data-cookieless' } });
    await page.evaluate(() => window.orma('consent', 'granted'));
    await page.evaluate(() => window.orma('identify', 'anna'));
    const [identify] = await arrived('identify');
    assert.deepEqual([identify.envelope.visitor, identify.envelope.session, identify.envelope.user], [undefined, undefined, 'anna']);
    assert.deepEqual(await storage(page), {});
  });
});

describe('transport', () => {
  const ids = (requests) => requests.map(({ body }) => body.events.map(({ id }) => id));

  it('tries again after 503, not before Retry-After, with the same ids and a new sent_at', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    collector.answers.push({ status: 503, headers: { 'retry-after': '2' } });
    await page.evaluate(() => window.orma('event', 'a'));
    await arrived('custom');
    const [refused, accepted] = collector.requests.slice(-2);
    assert.equal(refused.status, 503);
    assert.deepEqual(ids([refused]), ids([accepted]));
    assert.ok(accepted.at - refused.at >= 1950, `${accepted.at - refused.at} ms`);
    assert.ok(accepted.body.sent_at > refused.body.sent_at);
    assert.equal(accepted.body.events[0].ts, refused.body.events[0].ts);
    await sleep(500);
    assertOnce();
  });

  it('honours Retry-After across origins', TEST, async () => {
    const other = await startCollector();
    try {
      const page = await open({ '/': { attributes: 'data-site="demo"', script: `http://localhost:${other.port}/orma.js` } });
      await until(() => other.stored().length, 'the page view');
      other.answers.push({ status: 429, headers: { 'retry-after': '2' } });
      await page.evaluate(() => window.orma('event', 'a'));
      await until(() => other.stored().some(({ kind }) => kind === 'custom'), 'the event');
      // A vital may have been on the way before the event.
      const place = other.requests.findIndex(({ status }) => status === 429);
      const [refused, accepted] = other.requests.slice(place);
      assert.equal(refused.status, 429);
      const ids = (request) => request.body.events.map(({ id }) => id);
      assert.ok(ids(refused).every((id) => ids(accepted).includes(id)), 'the same again');
      assert.ok(accepted.at - refused.at >= 1950, `${accepted.at - refused.at} ms`);
      // The second file is fetched from beside the first, here from another origin.
      await until(() => other.stored().some(({ kind, name }) => kind === 'vital' && name === 'TTFB'), 'a vital');
    } finally {
      await other.stop();
    }
  });

  it('tries again after a refused connection, and keeps the queue over a reload', TEST, async () => {
    const away = await startCollector();
    await away.stop();
    const page = await open({ '/': { attributes: `data-site="demo" data-vitals="off" data-host="${away.url}/"` } });
    await page.evaluate(() => window.orma('event', 'unsent'));
    await sleep(800);
    const queue = (await queues(page))[0].slice(1).map((item) => JSON.parse(item.split('\t')[1]));
    assert.deepEqual(queue.map(({ kind }) => kind), ['page_view', 'custom']);
    await page.reload({ waitUntil: 'load' });
    const back = await startCollector({}, away.port);
    try {
      await until(() => back.stored().filter(({ kind }) => kind === 'page_view').length === 2, 'both page views');
      const all = back.stored();
      assert.deepEqual(all.slice(0, 2).map(({ id }) => id), queue.map(({ id }) => id));
      assert.ok(all.some(({ kind }) => kind === 'page_leave'), 'what was recorded while leaving is there too');
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      await until(async () => !(await queues(page))[0], 'an empty queue');
    } finally {
      await back.stop();
    }
  });

  it('sends what an offline page recorded as soon as the network is back', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await context.setOffline(true);
    await page.evaluate(() => window.orma('event', 'offline'));
    await setHidden(page, true);
    await setHidden(page, false);
    // Longer than the first pauses, so that only the `online` event can be this quick.
    await sleep(4000);
    const before = Date.now();
    await context.setOffline(false);
    await arrived('custom');
    assert.ok(collector.requests.at(-1).at - before < 1500);
    assert.equal(stored('page_leave').length, 1);
    assertOnce();
  });

  for (const status of [400, 401, 403])
    it(`drops what is answered with ${status} and goes on`, TEST, async () => {
      const page = await open();
      await arrived('page_view');
      collector.answers.push({ status });
      await page.evaluate(() => window.orma('event', 'refused'));
      await until(() => collector.requests.some((request) => request.status === status));
      await page.evaluate(() => window.orma('event', 'next'));
      const [next] = await arrived('custom');
      await sleep(1500);
      assert.equal(next.name, 'next');
      assert.equal(stored('custom').length, 1);
      assert.deepEqual(await queues(page), []);
    });

  it('halves a request that is too large, and drops a single event that is', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    collector.answers.push({ status: 413 }, { status: 413 }, { status: 413 });
    await page.evaluate(() => {
      for (let index = 0; index < 4; index++) window.orma('event', `e${index}`);
    });
    await arrived('custom', 3);
    await sleep(300);
    const sizes = collector.requests.slice(1).map(({ status, body }) => [status, body.events.filter(({ kind }) => kind === 'custom').length]).filter(([, count]) => count);
    assert.deepEqual(sizes.slice(0, 3), [[413, 4], [413, 2], [413, 1]]);
    assert.deepEqual(stored('custom').map(({ name }) => name), ['e1', 'e2', 'e3']);
  });

  it('splits requests at 48 KiB, keeps the newest 100 and the order', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await page.evaluate(() => {
      for (let index = 0; index < 120; index++) window.orma('event', `e${index}`, { text: 'è'.repeat(1000) });
    });
    await arrived('custom', 100);
    await sleep(500);
    assert.deepEqual(stored('custom').map(({ name }) => name), Array.from({ length: 100 }, (_, index) => `e${index + 20}`));
    assert.ok(collector.requests.every(({ bytes }) => bytes <= 48 * 1024), `${collector.requests.map(({ bytes }) => bytes)}`);
    assertOnce();
  });

  it('does not send again what a slow collector has not answered yet, until the page hides', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    collector.answers.push({ status: 200, afterMs: 1500 });
    await page.evaluate(() => window.orma('event', 'slow'));
    await until(() => stored('custom').length);
    await page.evaluate(() => window.orma('event', 'during'));
    await sleep(700);
    assert.equal(stored('custom').length, 1);
    await setHidden(page, true);
    await arrived('page_leave');
    await until(() => stored('custom').length === 3, 'the event in flight and the next, by beacon');
    await sleep(1500);
    assert.deepEqual(stored('custom').map(({ name }) => name), ['slow', 'slow', 'during']);
    assert.equal(new Set(stored('custom').map(({ id }) => id)).size, 2, 'the same id');
    assert.deepEqual(await queues(page), []);
  });

  it('delivers by beacon what is recorded while the page goes away', TEST, async () => {
    const page = await open({ '/': { head: '<script>addEventListener("pagehide",()=>orma("event","last"))</script>' } });
    await arrived('page_view');
    await go(page, '/next');
    const [last] = await arrived('custom');
    await arrived('page_view', 2);
    assert.equal(last.name, 'last');
    const leaving = collector.requests.filter(({ body }) => body.events.some(({ kind }) => kind === 'page_leave' || kind === 'custom'));
    // A fetch across the end of a page is cut off by some browsers; only a beacon is no-cors.
    assert.deepEqual([...new Set(leaving.map(({ mode }) => mode))], ['no-cors']);
    await sleep(500);
    assertOnce();
  });
});

describe('vitals', () => {
  it('arrive once each, with the page and the element', TEST, async () => {
    const page = await open({ '/': { attributes: 'data-site="demo"', body: '<h1 id="title">Shoes</h1><button id="buy" onclick="const end=performance.now()+60;while(performance.now()<end);">Buy</button>' } });
    await arrived('page_view');
    await until(() => page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-vitals.js`).length), 'the second file');
    await sleep(300);
    await page.click('#buy');
    await sleep(500);
    await page.evaluate(() => history.pushState({}, '', '/gone'));
    await page.goto('about:blank');
    const vitals = await arrived('vital', 5);
    const byName = Object.fromEntries(vitals.map((vital) => [vital.name, vital]));
    assert.deepEqual(Object.keys(byName).sort(), ['CLS', 'FCP', 'INP', 'LCP', 'TTFB']);
    for (const { name, value, rating } of vitals) {
      assert.equal(typeof value, 'number', name);
      assert.match(rating, /^(good|needs-improvement|poor)$/, name);
    }
    assert.ok(byName.INP.value >= 48, `${byName.INP.value}`);
    assert.match(byName.INP.target, /#buy/);
    assert.match(byName.LCP.target, /#title|#buy/);
    assert.equal(byName.LCP.url, `${collector.url}/`);
    assert.equal(byName.CLS.url, `${collector.url}/gone`);
    assert.equal(vitals.length, 5);
    assertOnce();
  });

  it('are reported when the page is first hidden, once', TEST, async () => {
    const slower = 'window.busy=(window.busy||0)+80;const end=performance.now()+busy;while(performance.now()<end);';
    const page = await open({ '/': { attributes: 'data-site="demo"', body: `<h1>Shoes</h1><button onclick="${slower}">Buy</button>` } });
    await until(() => page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-vitals.js`).length), 'the second file');
    await sleep(300);
    // The second click is slower: INP grows after it was reported.
    for (let round = 0; round < 2; round++) {
      await page.click("button");
      await sleep(400);
      await setHidden(page, true);
      await arrived('vital', 5);
      await setHidden(page, false);
    }
    await sleep(500);
    const names = stored('vital').map(({ name }) => name);
    assert.deepEqual(names.sort(), ['CLS', 'FCP', 'INP', 'LCP', 'TTFB']);
  });

  it('stay away with data-vitals="off"', TEST, async () => {
    const page = await open();
    await arrived('page_view');
    await sleep(1000);
    assert.equal(await page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-vitals.js`).length), 0);
  });
});

describe('hints', () => {
  const WITH_VITALS = { '/': { attributes: 'data-site="demo"' } };
  const hints = async (page) => (await storage(page))['orma.hints'];

  it('come with the events after the second file, on this page and the next, and go with a refusal', TEST, async () => {
    const page = await open(WITH_VITALS);
    const [first] = await arrived('page_view');
    assert.equal(first.envelope.context.hints, undefined);
    await until(() => hints(page), 'the hints');
    await page.evaluate(() => window.orma('event', 'later'));
    const [later] = await arrived('custom');
    // The automated Chromium of this test says that it is one.
    assert.match(later.envelope.context.hints, /^Linux\|[0-9.]*\|\|[A-Za-z,]*\|[^|]*Chrom[^|]* \d+[^|]*\|1$/);
    await go(page, '/');
    const [, next] = await arrived('page_view', 2);
    assert.equal(next.envelope.context.hints, later.envelope.context.hints);
    await page.evaluate(() => window.orma('consent', 'denied'));
    assert.deepEqual(await storage(page), { 'orma.consent': 'denied' });
  });

  it('are not kept where nothing may be stored', TEST, async () => {
    const page = await open({ '/': { attributes: 'data-site="demo" data-cookieless' } });
    await until(() => page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-vitals.js`).length), 'the second file');
    await sleep(500);
    assert.deepEqual(await storage(page), {});
  });
});

describe('hostile surroundings', () => {
  it('a page that forbids localStorage: events without ids, no error', TEST, async () => {
    const page = await open({ '/': { headers: { 'content-security-policy': 'sandbox allow-scripts' } } });
    assert.equal(await page.evaluate(() => { try { return !!localStorage; } catch (error) { return error.name; } }), 'SecurityError');
    collector.answers.push({ status: 503 });
    await page.evaluate(() => { window.orma('identify', 'anna'); window.orma('event', 'x'); });
    await arrived('custom');
    assert.deepEqual(collector.stored().map(({ kind }) => kind), ['page_view', 'identify', 'custom']);
    assert.deepEqual([stored('custom')[0].envelope.visitor, stored('custom')[0].envelope.user], [undefined, 'anna']);
    assertOnce();
  });

  it('a full localStorage: events arrive, without ids', TEST, async () => {
    await open({}, '/', () => {
      if (location.protocol === 'http:') localStorage.filler = 'x'.repeat(5 * 1024 * 1024 - 'filler'.length);
    });
    const [view] = await arrived('page_view');
    assert.equal(view.envelope.visitor, undefined);
  });

  it('no Intl, no crypto, no sendBeacon, no requestIdleCallback, a broken fetch at first', TEST, async () => {
    const page = await open({}, '/', () => {
      delete window.Intl;
      delete window.crypto;
      delete Navigator.prototype.sendBeacon;
      delete window.requestIdleCallback;
      const real = window.fetch;
      let calls = 0;
      window.fetch = (...args) => { if (!calls++) throw new Error('broken'); return real(...args); };
    });
    const [view] = await arrived('page_view');
    assert.equal(view.envelope.context.timezone, undefined);
    assert.match(view.id, /^[0-9a-f]{8}-/);
    await setHidden(page, true);
    await sleep(300);
    await setHidden(page, false);
    await go(page, '/next');
    await arrived('page_leave');
    assertOnce();
  });
});

describe('the npm module', () => {
  it('does the same as the snippet, vitals included', TEST, async () => {
    const html = `<!doctype html><title>App</title><link rel="icon" href="data:,"><h1>App</h1><script type="module">
      import { init, event, identify } from '/index.js';
      identify('early');
      init({ site: 'demo', host: location.origin });
      init({ site: 'other', host: location.origin });
      event('order', { order_id: 'A1' });
    </script>`;
    await open({ '/': { html } });
    const [order] = await arrived('order');
    assert.deepEqual([order.order_id, order.envelope.user, order.envelope.site], ['A1', 'early', 'demo']);
    assert.equal(stored('page_view').length, 1);
    await arrived('vital');
  });

  it('says which option is missing', TEST, async () => {
    const html = `<!doctype html><title>App</title><link rel="icon" href="data:,"><script type="module">
      import { init } from '/index.js';
      window.init = init;
    </script>`;
    const page = await open({ '/': { html } });
    const warning = page.waitForEvent('console');
    await page.evaluate(() => window.init({ host: 'http://127.0.0.1:1' }));
    assert.match((await warning).text(), /"site"/);
  });
});
