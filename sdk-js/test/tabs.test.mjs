// Several pages of one profile at once, and pages that go without a word.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ATTRIBUTES, setHidden, stage, TEST } from './stage.mjs';

const now = stage();
const names = () => now.stored('custom').map(({ name }) => name).sort();
const assertOnce = () => {
  const ids = now.collector.stored().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'an event came twice');
};
/** Keeps every core busy until it is told to stop. */
const burden = () => {
  const workers = cpus().map(() => spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }));
  return () => workers.forEach((worker) => worker.kill('SIGKILL'));
};

describe('tabs of one profile', () => {
  for (const busy of [false, true])
    it(`restored together${busy ? ' on a loaded machine' : ''}: every event of each arrives exactly once`, TEST, async () => {
      const first = await now.open({}, '/warm');
      await now.arrived('page_view');
      const tabs = [first, ...(await Promise.all([1, 2, 3, 4, 5].map(() => now.context.newPage())))];
      const relieve = busy ? burden() : () => {};
      try {
        await Promise.all(tabs.map((page, tab) => now.go(page, `/tab${tab}`)));
        await Promise.all(tabs.map((page, tab) => page.evaluate(async (tab) => {
          for (let index = 0; index < 20; index++) {
            window.orma('event', `e${tab}-${index}`);
            await new Promise((resolve) => setTimeout(resolve, (tab * 7 + index * 13) % 40));
          }
        }, tab)));
        await now.until(() => names().length >= 120, '120 events', 120_000);
      } finally {
        relieve();
      }
      await sleep(1000);
      const wanted = tabs.flatMap((_, tab) => Array.from({ length: 20 }, (_, index) => `e${tab}-${index}`)).sort();
      assert.deepEqual(names(), wanted);
      assertOnce();
      assert.equal(now.stored('page_view').length, 7);
      await now.emptied(first);
    });

  it('while the collector fails keep their own events, and all arrive when it is back', TEST, async () => {
    const tabs = [await now.open()];
    for (let count = 0; count < 2; count++) tabs.push(await now.go(await now.context.newPage(), '/'));
    await now.arrived('page_view', 3);
    for (let count = 0; count < 3; count++) now.collector.answers.push({ status: 503, headers: { 'retry-after': '1' } });
    await Promise.all(tabs.map((page, tab) => page.evaluate((tab) => {
      for (let index = 0; index < 5; index++) window.orma('event', `e${tab}-${index}`);
    }, tab)));
    await now.until(() => names().length >= 15, '15 events');
    await sleep(500);
    assert.equal(names().length, 15);
    assertOnce();
  });

  it('follow a refusal in one of them: the other stores nothing more, and loses nothing', TEST, async () => {
    const one = await now.open();
    const other = await now.go(await now.context.newPage(), '/');
    await now.arrived('page_view', 2);
    await sleep(200);
    await one.evaluate(() => window.orma('consent', 'denied'));
    await now.arrived('consent');
    await sleep(200);
    await other.evaluate(() => window.orma('event', 'after'));
    const [after] = await now.arrived('custom');
    assert.deepEqual([after.envelope.visitor, after.envelope.session, after.envelope.context.consent], [undefined, undefined, 'denied']);
    assert.deepEqual(await other.evaluate(() => ({ ...localStorage })), { 'orma.consent': 'denied' });
  });
});

describe('a page that is gone', () => {
  const away = { '/': { attributes: `${ATTRIBUTES} data-host="http://127.0.0.1:9"` } };
  const left = async (page) => (await now.queues(page)).flat().filter((line) => line.includes('\t')).map((line) => JSON.parse(line.split('\t')[1]));

  it('killed with a queue: the next pages take it over exactly once', TEST, async () => {
    const dead = await now.open({ '/away': away['/'], '/plain': { html: '<p>no script' } }, '/away');
    await dead.evaluate(() => { for (let index = 0; index < 5; index++) window.orma('event', `dead${index}`); });
    await now.until(async () => (await left(dead)).length === 6, 'the queue');
    const session = await now.context.newCDPSession(dead);
    dead.on('crash', () => {});
    session.send('Page.crash').catch(() => {});
    await sleep(500);
    // Time goes by without a sign of life; three pages find it together.
    const witness = await now.go(await now.context.newPage(), '/plain');
    const ids = (await left(witness)).map(({ id }) => id);
    assert.equal(ids.length, 6);
    await witness.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (key.startsWith('orma.queue')) localStorage[key] = localStorage[key].replace(/^\d+/, Date.now() - 21_000);
    });
    const pages = await Promise.all([1, 2, 3].map(() => now.context.newPage()));
    await Promise.all(pages.map((page) => now.go(page, '/')));
    await now.until(() => now.stored('custom').length >= 5, 'the queue of the dead page');
    await sleep(1000);
    assert.deepEqual(names(), ['dead0', 'dead1', 'dead2', 'dead3', 'dead4']);
    assert.deepEqual(ids.filter((id) => !now.collector.stored().some((event) => event.id === id)), []);
    assertOnce();
    await now.emptied(witness);
  });

  it('alive and waiting is left alone', TEST, async () => {
    const alive = await now.open({ '/away': away['/'] }, '/away');
    await alive.evaluate(() => window.orma('event', 'mine'));
    await now.until(async () => (await left(alive)).length === 2, 'the queue');
    await now.go(await now.context.newPage(), '/');
    await now.arrived('page_view');
    await sleep(12_000);
    assert.deepEqual(names(), []);
    assert.equal((await left(alive)).length, 2);
  });

  it('closed while the collector fails: the next page has its queue at once', TEST, async () => {
    const page = await now.open({ '/away': away['/'] }, '/away');
    await page.evaluate(() => window.orma('event', 'unsent'));
    await now.until(async () => (await left(page)).length === 2, 'the queue');
    // A first request that failed: a page that knows of no failure trusts a beacon.
    await sleep(600);
    await now.go(page, '/');
    await now.arrived('custom');
    await now.arrived('page_leave');
    assertOnce();
  });

  it('has its queue taken by one page at a time', TEST, async () => {
    const taker = await now.open({}, '/', () => {
      if (location.protocol != 'http:' || localStorage.planted) return;
      localStorage.planted = 1;
      navigator.locks.request('orma', () => new Promise((resolve) => (window.release = resolve)));
      localStorage['orma.queue.0190'] = '0\n{"site":"demo"}\t{"id":"a","kind":"custom","name":"a"}';
    });
    await now.go(await now.context.newPage(), '/');
    await now.arrived('page_view', 2);
    await sleep(500);
    assert.deepEqual(names(), [], 'another page is taking it');
    await taker.evaluate(() => window.release());
    const next = await now.go(await now.context.newPage(), '/');
    await now.arrived('custom');
    await now.emptied(next);
    assertOnce();
  });

  it('of version 1.0.0 left its queue under the key of all: it arrives', TEST, async () => {
    await now.open({}, '/', () => {
      if (location.protocol == 'http:' && !localStorage.planted)
        localStorage.planted = localStorage['orma.queue'] = '{"site":"demo"}\t{"id":"old1","kind":"custom","name":"old"}\n{"site":"demo"}\t{"id":"old2","kind":"custom","name":"old"}';
    });
    await now.arrived('custom', 2);
    assert.deepEqual(now.stored('custom').map(({ id }) => id), ['old1', 'old2']);
  });

  it('of another site keeps its queue for a page of that site', TEST, async () => {
    const page = await now.open({ '/other': { attributes: 'data-site="other" data-vitals="off"' } }, '/', () => {
      if (location.protocol == 'http:' && !localStorage.planted) {
        localStorage.planted = 1;
        localStorage['orma.queue.0190'] = '0\n{"site":"other"}\t{"id":"theirs","kind":"custom","name":"theirs"}';
      }
    });
    await now.arrived('page_view');
    await sleep(700);
    assert.deepEqual(names(), []);
    await now.go(page, '/other');
    const [theirs] = await now.arrived('custom');
    assert.equal(theirs.envelope.site, 'other');
  });

  it('again and again without ever being heard: what waits stays within bounds', TEST, async () => {
    const page = await now.open({ '/away': away['/'] }, '/away', () => {
      if (location.protocol != 'http:' || localStorage.planted) return;
      localStorage.planted = 1;
      const items = Array.from({ length: 90 }, (_, index) => `{"site":"demo"}\t{"id":"${index}"}`).join('\n');
      for (let index = 10; index < 40; index++) localStorage[`orma.queue.${index}`] = `0\n${items}`;
    });
    await now.until(async () => (await now.queues(page)).length <= 9, 'fewer queues', 12_000);
    assert.ok(await page.evaluate(() => localStorage['orma.queue.39']), 'the newest stay');
  });
});

describe('a page that could do nothing for a long time', () => {
  it('finds its queue taken when it wakes, and loses nothing of it', TEST, async () => {
    const page = await now.open({}, '/', () => {
      const { fetch } = window;
      window.fetch = async (...request) => {
        const answer = await fetch(...request);
        // Later than all that follows from the answer at once.
        setTimeout(() => (window.failed ||= answer.status === 503));
        return answer;
      };
    });
    await now.arrived('page_view');
    await sleep(300);
    now.collector.answers.push({ status: 503, headers: { 'retry-after': '22' } });
    await page.evaluate(() => window.orma('event', 'mine'));
    await now.until(() => page.evaluate(() => window.failed), 'the failure, as the page knows it');
    const blocked = page.evaluate(() => {
      const end = performance.now() + 24_000;
      while (performance.now() < end);
    });
    await sleep(20_500);
    const other = await now.go(await now.context.newPage(), '/other');
    await now.until(() => names().length, 'the queue of the other', 4000);
    await blocked;
    await page.evaluate(() => window.orma('event', 'awake'));
    await now.until(() => names().length > 1);
    await sleep(1500);
    // On a machine that is as busy as the page both may send an event, under one id.
    assert.deepEqual([...new Set(names())], ['awake', 'mine']);
    await now.emptied(other);
  });
});

describe('storage that fills up while events wait', () => {
  it('loses none of them, and leaves none behind', TEST, async () => {
    const page = await now.open();
    await now.arrived('page_view');
    await sleep(300);
    now.collector.answers.push({ status: 503, headers: { 'retry-after': '1' } });
    await page.evaluate(() => window.orma('event', 'before'));
    await now.until(() => now.collector.requests.some(({ status }) => status === 503));
    await page.evaluate(() => {
      let size = 6 * 1024 * 1024;
      let text = '';
      while (size >= 1) try { localStorage.filler = text + 'x'.repeat(size); text = localStorage.filler; } catch { size >>= 1; }
      for (let index = 0; index < 5; index++) window.orma('event', `full${index}`);
    });
    await now.until(() => names().length >= 6, 'all events');
    await sleep(300);
    assertOnce();
    await now.emptied(page);
  });
});

describe('a page from the back/forward cache', () => {
  it('sends what is still its own, and nothing that another page has taken', TEST, async () => {
    const page = await now.open();
    await now.arrived('page_view');
    now.collector.answers.push({ status: 503, headers: { 'retry-after': '3' } });
    await page.evaluate(() => window.orma('event', 'mine'));
    await now.until(() => now.collector.requests.some(({ status }) => status === 503));
    // As the browser freezes it, and wakes it up after another page has come.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await now.go(await now.context.newPage(), '/next');
    await now.arrived('custom');
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await now.arrived('page_view', 3);
    await sleep(3000);
    assert.deepEqual(names(), ['mine']);
    assertOnce();
  });
});

describe('a hung request', () => {
  it('is given up after 15 s, and what it carried is tried again with the same ids', TEST, async () => {
    const page = await now.open();
    await now.arrived('page_view');
    const before = now.collector.requests.length;
    now.collector.answers.push({ status: 504, afterMs: 300_000 });
    await page.evaluate(() => window.orma('event', 'hung'));
    await now.until(() => now.collector.requests.length > before);
    const sent = Date.now();
    await page.evaluate(() => window.orma('event', 'behind'));
    // Long before it is answered.
    await now.until(() => names().length >= 2, 'both events', 120_000);
    assert.ok(Date.now() - sent > 14_000, `${Date.now() - sent}`);
    assert.deepEqual(names(), ['behind', 'hung']);
    assertOnce();
  });

  it('is beaconed when the page hides', TEST, async () => {
    const page = await now.open();
    await now.arrived('page_view');
    now.collector.answers.push({ status: 504, afterMs: 300_000 });
    await page.evaluate(() => window.orma('event', 'hung'));
    await now.until(() => now.collector.requests.some(({ status }) => status === 504));
    await setHidden(page, true);
    const [hung] = await now.arrived('custom');
    assert.equal(hung.name, 'hung');
    await now.emptied(page);
  });
});
