// Single-page apps, tags that reach the page in odd ways, clocks, and what is recorded by itself.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ATTRIBUTES, setHidden, stage, TEST } from './stage.mjs';

const now = stage();
const views = () => now.stored('page_view').map(({ url, title }) => [url.slice(now.collector.url.length), title]);
const restLoaded = (page) => now.until(() => page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-idle.js`).length), 'the second file');
const settled = async (page) => {
  await restLoaded(page);
  await now.arrived('page_view');
};

describe('a single-page app', () => {
  it('that goes by the Navigation API is followed', TEST, async () => {
    const page = await now.open({ '/': { body: '<a href="/b">b</a>', head: '<script>navigation.addEventListener("navigate",(e)=>{if(e.canIntercept)e.intercept({handler:async()=>{document.title=e.destination.url.at(-1)}})})</script>' } });
    await settled(page);
    await page.evaluate(() => navigation.navigate('/a').finished);
    await now.arrived('page_view', 2);
    await page.click('a');
    await now.arrived('page_view', 3);
    await page.evaluate(() => navigation.navigate('/c', { history: 'replace' }).finished);
    await now.arrived('page_view', 4);
    await page.evaluate(() => navigation.navigate('/c?sort=1', { history: 'replace' }).finished);
    await sleep(500);
    await page.evaluate(() => navigation.back().finished);
    await now.arrived('page_view', 5);
    assert.deepEqual(views(), [['/', 'First'], ['/a', 'a'], ['/b', 'b'], ['/c', 'c'], ['/a', 'a']]);
  });

  it('has its own title, late or not, or none, never that of the page before', TEST, async () => {
    const page = await now.open();
    await settled(page);
    await page.evaluate(() => {
      history.pushState({}, '', '/late');
      setTimeout(() => (document.title = 'Late'), 150);
      window.orma('event', 'at once');
    });
    await now.arrived('page_view', 2);
    await page.evaluate(() => {
      history.pushState({}, '', '/never');
      setTimeout(() => (document.title = 'Too late'), 900);
    });
    await now.arrived('page_view', 3);
    await sleep(800);
    await page.evaluate(() => history.pushState({}, '', '/never?page=2'));
    await now.arrived('page_view', 4);
    await page.evaluate(() => {
      history.pushState({}, '', '/passing');
      history.pushState({}, '', '/target');
      document.title = 'Target';
    });
    await now.arrived('page_view', 6);
    assert.deepEqual(views(), [['/', 'First'], ['/late', 'Late'], ['/never', undefined], ['/never?page=2', 'Too late'], ['/passing', undefined], ['/target', 'Target']]);
    const order = now.collector.stored().map(({ kind }) => kind).filter((kind) => kind !== 'page_leave').slice(0, 3);
    assert.deepEqual(order, ['page_view', 'page_view', 'custom']);
  });

  it('that hides before its title came is not lost', TEST, async () => {
    const page = await now.open();
    await settled(page);
    await page.evaluate(() => {
      history.pushState({}, '', '/seen');
      document.title = 'Seen';
    });
    await setHidden(page, true);
    await now.arrived('page_view', 2);
    assert.deepEqual(views()[1], ['/seen', 'Seen']);
  });

  it('with a fragment of 33,000 characters, twice, is counted, and what follows too', TEST, async () => {
    const page = await now.open({}, `/x#${'a'.repeat(33_000)}`);
    await settled(page);
    await page.evaluate(() => {
      history.pushState({}, '', `/y#${'b'.repeat(33_000)}`);
      window.orma('event', 'after');
    });
    const [, second] = await now.arrived('page_view', 2);
    await now.arrived('custom');
    for (const address of [second.url, second.referrer]) assert.equal(address.length, 4096);
  });

  for (const attribute of ['data-hash', 'data-hash="on"'])
    it(`with routes behind the # counts them with ${attribute}`, TEST, async () => {
      const page = await now.open({ '/app/': { attributes: `${ATTRIBUTES} ${attribute}` } }, '/app/?utm_source=news#/cart?b=2');
      await now.arrived('page_view');
      await page.evaluate(() => (location.hash = '#!/orders/7'));
      await now.arrived('page_view', 2);
      await page.evaluate(() => history.pushState({}, '', '#/orders/8'));
      await now.arrived('page_view', 3);
      await page.evaluate(() => history.back());
      await now.arrived('page_view', 4);
      await page.evaluate(() => window.orma('event', 'x'));
      const [event] = await now.arrived('custom');
      await sleep(400);
      assert.deepEqual(views().map(([url]) => url), ['/app/cart?utm_source=news&b=2', '/app/orders/7?utm_source=news', '/app/orders/8?utm_source=news', '/app/orders/7?utm_source=news']);
      assert.equal(event.url, `${now.collector.url}/app/orders/7?utm_source=news`);
    });

  it('with fragments and no option counts one page', TEST, async () => {
    const page = await now.open();
    await settled(page);
    await page.evaluate(() => (location.hash = '#/cart'));
    await sleep(600);
    assert.equal(views().length, 1);
  });
});

describe('the tag', () => {
  const html = (script) => ({ '/': { html: `<!doctype html><title>Tag</title><link rel="icon" href="data:,">${script}` } });
  const work = [
    ['says its site in its address', '<script defer src="/orma.js?site=demo&amp;vitals=off"></script>'],
    ['is put in by a script, without attributes', '<script>const s=document.createElement("script");s.src="/orma.js?site=demo";document.head.append(s)</script>'],
    ['finds its options in window.orma', '<script>window.orma={site:"demo"}</script><script src="/orma.js"></script>'],
    ['finds its options in what keeps the early calls', '<script>window.orma=function(){(orma.q=orma.q||[]).push(arguments)};orma.site="demo";orma("event","early")</script><script src="/orma.js"></script>'],
    ['is a module', '<script type="module" src="/orma.js" data-site="demo"></script>'],
    ['is a module that is told the site', '<script>window.orma={site:"demo"}</script><script type="module" src="/orma.js"></script>'],
  ];
  for (const [name, script] of work)
    it(`that ${name} works`, TEST, async () => {
      await now.open(html(script));
      const [view] = await now.arrived('page_view');
      assert.equal(view.envelope.site, 'demo');
      if (script.includes('early')) await now.arrived('custom');
      assert.equal(now.stored('page_view').length, 1);
    });

  it('that stands in the page as text works with data-site and data-host', TEST, async () => {
    const code = await readFile(new URL('../dist/orma.js', import.meta.url), 'utf8');
    const page = await now.open({ '/': { html: '<!doctype html><title>Tag</title><link rel="icon" href="data:,">' } });
    await page.evaluate(([text, host]) => {
      const script = document.createElement('script');
      Object.assign(script.dataset, { site: 'demo', host });
      script.text = text;
      document.head.append(script);
    }, [code, now.collector.url]);
    await now.arrived('page_view');
    await restLoaded(page);
  });

  for (const [name, script] of [
    ['without its site', '<script defer src="/orma.js"></script>'],
    ['as a module under another name without a site', '<script type="module">import "/orma.js"</script>'],
  ])
    it(`${name} says so, and sends nothing`, TEST, async () => {
      const warnings = [];
      const page = await now.open({ '/late': html(script)['/'] });
      await now.arrived('page_view');
      page.on('console', (message) => warnings.push([message.type(), message.text()]));
      const before = now.collector.requests.length;
      await page.goto(`${now.collector.url}/late`);
      await sleep(700);
      assert.deepEqual(warnings, [['warning', 'orma: no site']]);
      assert.ok(now.collector.requests.slice(before).every(({ body }) => body.site === 'demo'));
    });

  it('of a second site counts for both, and calls are for both', TEST, async () => {
    await now.open({
      '/': {
        head: `<script>window.orma=window.orma||function(){(orma.q=orma.q||[]).push(arguments)};orma("event","early")</script><script defer src="/orma.js" data-site="other" data-vitals="off"></script>`,
        body: '<script>addEventListener("load",()=>orma("event","late"))</script>',
      },
    });
    await now.until(() => now.stored('custom').length >= 4, 'events of both');
    await sleep(400);
    const of = (site) => now.collector.stored().filter(({ envelope }) => envelope.site === site).map(({ kind, name }) => name ?? kind).sort();
    assert.deepEqual(of('demo'), ['early', 'late', 'page_view']);
    assert.deepEqual(of('other'), ['early', 'late', 'page_view']);
    const ids = now.collector.stored().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('beside the npm module for the same site counts once', TEST, async () => {
    await now.open({ '/': { body: `<script type="module">import { init, event } from '/index.js'; init({ site: 'demo', host: location.origin, vitals: false }); event('from the module')</script>` } });
    await now.arrived('custom');
    await sleep(400);
    assert.equal(now.stored('page_view').length, 1);
    assert.equal(now.stored('custom').length, 1);
  });
});

describe('a clock', () => {
  for (const [name, time] of [['of 1970', 300_000], ['of 2107', Date.UTC(2107, 1, 3)], ['of 2000', Date.UTC(2000, 0, 1)], ['of 9999', Date.UTC(9999, 0, 1)], ['before 1970', -86_400_000]])
    it(`${name} sends times that the collector reads, with the true distance, and ids in their form`, TEST, async () => {
      const page = await now.open({}, '/', `{ const Real = Date; const shift = ${time} - Real.now(); const clock = () => Real.now() + shift;
        window.Date = new Proxy(Real, { construct: (target, args) => new Real(...(args.length ? args : [clock()])), get: (target, key) => key === 'now' ? clock : Reflect.get(target, key) }); }`);
      await now.arrived('page_view');
      now.collector.answers.push({ status: 503, headers: { 'retry-after': '1' } });
      await page.evaluate(() => window.orma('event', 'x'));
      const [event] = await now.arrived('custom');
      const [ts, sent] = [event.ts, event.envelope.sent_at].map(Date.parse);
      assert.ok(ts > Date.UTC(2030, 0, 1) && sent < Date.UTC(2100, 0, 1), `${event.ts}`);
      assert.ok(sent - ts > 1000 && sent - ts < 4000, `${sent - ts}`);
      assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.ok(event.envelope.session && event.envelope.visitor);
    });
});

describe('one bad event', () => {
  it('answered with 400 costs itself, not the queue', TEST, async () => {
    const page = await now.open();
    await settled(page);
    const { answers } = now.collector;
    answers.push({ status: 503, headers: { 'retry-after': '1' } });
    await page.evaluate(() => { for (let index = 0; index < 8; index++) window.orma('event', index === 5 ? 'bad' : `good${index}`); });
    // A collector that reads no request with a bad event in it.
    now.collector.judge = (body) => (body.events.some(({ name }) => name === 'bad') ? 400 : 200);
    await now.until(() => now.stored('custom').length >= 7, 'the good ones');
    await sleep(300);
    assert.deepEqual(now.stored('custom').map(({ name }) => name).sort(), [0, 1, 2, 3, 4, 6, 7].map((index) => `good${index}`));
    await now.emptied(page);
    assert.ok(now.collector.requests.length < 20);
  });
});

describe('by itself', () => {
  const body = `<a id="out" href="https://user:secret@partner.example/shop?token=secret#secret" target="_blank">Our partner mario@example.it</a>
    <a id="sub" href="http://www.localhost/x" target="_blank">same</a><a id="pdf" class="big red" href="/files/Price%20list.pdf?token=secret">Prices</a>
    <a id="blob" download="x.bin" href="/raw?token=secret">raw</a><a id="mail" href="mailto:a@b.example">mail</a>
    <svg width="90" height="20"><a href="https://drawn.example/"><text y="15" id="drawn">drawn</text></a></svg>
    <form id="contact" action="/send?token=secret"><input name="id" value="secret"><input name="action" value="secret"><input type="password" name="p" value="secret"><button id="send">Send</button></form>
    <script>addEventListener('submit',(e)=>e.preventDefault());addEventListener('click',(e)=>{if(e.target.closest('a'))e.preventDefault();e.stopImmediatePropagation()},true)</script>`;
  const secrets = () => assert.ok(!/secret|mario@/.test(JSON.stringify(now.collector.requests.map(({ body }) => body))), 'a secret was sent');

  it('outbound links, downloads and forms are recorded, without queries, names of people and values', TEST, async () => {
    const page = await now.open({ '/': { body: body.replace(/,true\)<\/script>/, ')</script>') } });
    await settled(page);
    for (const id of ['out', 'pdf', 'blob', 'mail', 'drawn', 'send']) await page.click(`#${id}`);
    await page.click('#out', { button: 'middle' });
    await page.click('#out', { button: 'right' });
    await now.arrived('outbound', 3);
    await now.arrived('form');
    await sleep(400);
    assert.deepEqual(now.stored('outbound').map(({ target, text, href }) => [target, text, href]), [
      ['a#out', 'Our partner …@…', 'https://partner.example/shop'], ['a', 'drawn', 'https://drawn.example/'], ['a#out', 'Our partner …@…', 'https://partner.example/shop']]);
    assert.deepEqual(now.stored('download').map(({ target, text, href }) => [target, text, href.slice(now.collector.url.length)]), [
      ['a#pdf', 'Prices', '/files/Price%20list.pdf'], ['a#blob', 'raw', '/raw']]);
    assert.deepEqual(now.stored('form').map(({ target, href }) => [target, href.slice(now.collector.url.length)]), [['form#contact', '/send']]);
    secrets();
  });

  it('errors and rejections are recorded once each, without what may be private', TEST, async () => {
    const page = await now.open();
    await settled(page);
    await page.evaluate(() => {
      const fail = () => { throw new Error('on purpose: https://api.example/x?token=secret for mario@example.it'); };
      for (let index = 0; index < 3; index++) setTimeout(fail);
      setTimeout(() => Promise.reject(new Error('on purpose, promised')));
      setTimeout(() => Promise.reject('on purpose, bare'));
    });
    await now.arrived('error', 3);
    await page.evaluate(() => {
      const wild = (index) => setTimeout(() => { const error = new Error(`on purpose ${index}`); error.stack = `${index}`; throw error; });
      for (let index = 0; index < 40; index++) wild(index);
    });
    await now.arrived('error', 10);
    await sleep(500);
    const errors = now.stored('error');
    assert.equal(errors.length, 10, 'a loop of errors has an end');
    assert.equal(errors.filter(({ message }) => message === 'Error: on purpose: https://api.example/x for …@…').length, 1);
    assert.ok(errors.some(({ message }) => message === 'Error: on purpose, promised'));
    assert.ok(errors.every(({ stack_hash, fatal }) => /^[0-9a-f]{8}$/.test(stack_hash) && fatal === false));
    secrets();
  });

  // What fails while a page is put together, before the file has come that knows how to tell of it.
  const early = `<script>addEventListener('DOMContentLoaded', () => {
    Promise.reject(new Error('on purpose, promised to mario@example.it'));
    for (let index = 0; index < 40; index++) setTimeout(() => { const error = new Error('on purpose ' + index); error.stack = index; throw error; }, 30);
    throw new Error('on purpose, first');
  })</script><img src="/late?token=secret">`;

  it('errors before the page has loaded are recorded, after its view, and bounded', TEST, async () => {
    const page = await now.open({ '/': { body: early } });
    await now.arrived('error', 2);
    await settled(page);
    await page.evaluate(() => { for (let index = 0; index < 9; index++) setTimeout(() => { throw new Error(`on purpose, later ${index}`); }); });
    await sleep(600);
    const errors = now.stored('error').map(({ message }) => message);
    assert.equal(errors.length, 10, 'a loop of errors has an end');
    assert.equal(errors[0], 'Error: on purpose, first');
    assert.ok(errors.includes('Error: on purpose, promised to …@…') && errors.includes('Error: on purpose 4'), errors.join('; '));
    const [first] = now.collector.stored().sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.equal(first.kind, 'page_view', 'a visit has the source of its first event');
    secrets();
  });

  it('nothing is recorded with data-auto="off"', TEST, async () => {
    const page = await now.open({ '/': { attributes: `${ATTRIBUTES} data-auto="off"`, body: early + body.replace(/,true\)<\/script>/, ')</script>') } });
    await settled(page);
    for (const id of ['out', 'pdf', 'send']) await page.click(`#${id}`);
    await page.evaluate(() => setTimeout(() => { throw new Error('on purpose'); }));
    await sleep(600);
    assert.deepEqual(now.collector.stored().map(({ kind }) => kind).filter((kind) => kind !== 'page_leave'), ['page_view']);
  });
});

describe('the npm module', () => {
  it('can be required', async () => {
    const sdk = createRequire(import.meta.url)('../dist/cjs/index.js');
    sdk.init({ site: 'demo', host: 'http://127.0.0.1:1' });
    sdk.event('x');
    assert.deepEqual(Object.keys(sdk).sort(), ['consent', 'event', 'identify', 'init', 'page', 'reset']);
  });
});
