// A browser and a collector for the tests of several pages at once.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startCollector } from './collector.mjs';

export const TEST = { timeout: 300_000 };
export const ATTRIBUTES = 'data-site="demo" data-vitals="off"';

/** Starts the browser of a test file; what `open` opens is closed after each test, which must raise no error. */
export const stage = () => {
  const now = { errors: [], tolerate: () => false };
  let browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  }, TEST);
  after(() => browser?.close());
  afterEach(async () => {
    await now.context?.close();
    await now.collector?.stop();
    now.context = now.collector = undefined;
    assert.deepEqual(now.errors.splice(0), []);
  });

  now.open = async (pages = {}, path = '/', prepare) => {
    now.collector = await startCollector(pages);
    now.context = await browser.newContext();
    now.context.on('weberror', (error) => /^(Error: )?on purpose/.test(error.error()) || now.errors.push(String(error.error())));
    if (prepare) await now.context.addInitScript(prepare);
    return now.go(await now.context.newPage(), path);
  };
  now.go = async (page, path) => {
    await page.goto(now.collector.url + path, { waitUntil: 'load' });
    return page;
  };
  now.until = async (find, what = String(find), ms = 8000) => {
    const end = Date.now() + ms;
    for (;;) {
      const found = await find();
      if (found) return found;
      assert.ok(Date.now() < end, `waited ${ms} ms for: ${what}; got ${JSON.stringify(now.collector.stored().map(({ kind, name, url }) => ({ kind, name, url })))}`);
      await sleep(25);
    }
  };
  now.stored = (kind) => now.collector.stored().filter((event) => event.kind === kind);
  now.arrived = (kind, count = 1) => now.until(() => now.stored(kind).length >= count && now.stored(kind), `${count} ${kind}`);
  now.queues = (page) =>
    page.evaluate(() => Object.entries({ ...localStorage }).filter(([key]) => key.startsWith('orma.queue')).map(([, text]) => text.split('\n')));
  /** A page takes what was answered out of storage only when it gets to it. */
  now.emptied = (page) => now.until(async () => (await now.queues(page)).length === 0, 'an empty storage');
  return now;
};

/** The tab goes behind another, as the page sees it. */
export const setHidden = (page, hidden) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
