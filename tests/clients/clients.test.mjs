// Segment's and RudderStack's own clients against the real program, through a proxy that breaks first.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Analytics } from "@segment/analytics-node";
import { startBrowser, startOrma, waitFor } from "../browser/orma.mjs";
import { startProxy } from "./proxy.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const Rudder = require("@rudderstack/rudder-sdk-node");
const python = process.env.ORMA_CLIENTS_PYTHON ?? join(here, "..", "..", "target", "clients-python", "bin", "python");

const DAY_MS = 24 * 60 * 60 * 1_000;
let orma;

before(async () => {
  orma = await startOrma();
});

after(() => orma?.stop());

/** What a person has done, oldest first, when as many events are there. */
async function eventsOf(person, count) {
  return waitFor(`${count} events of ${person}`, async () => {
    const journey = await orma
      .ask(`/api/v1/sites/demo/people/${encodeURIComponent(person)}/journey`)
      .catch(() => ({ items: [] }));
    const events = journey.items.flatMap((session) => session.events);
    if (events.length >= count) return events.sort((one, other) => one.ts.localeCompare(other.ts));
    // A dozen people are waited for at once.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return undefined;
  });
}

/** Kinds and names in the order of their letters. */
const told = (events) => events.map(({ kind, name, screen }) => `${kind} ${name || screen}`.trim()).sort();

function assertBetween(event, earliest, latest) {
  const ts = Date.parse(event.ts);
  assert.ok(earliest - 1_000 <= ts && ts <= latest + 1_000, `${event.kind} at ${event.ts}`);
}

/** What every server client sends, and how it must arrive: once, of this person, at the time it happened. */
async function assertServerEvents(person, started) {
  const finished = Date.now();
  const events = await eventsOf(person, 5);
  assert.deepEqual(told(events), ["custom Wished", "identify", "order", "screen_view Cart", "signup"]);
  assert.equal(new Set(events.map(({ event_id }) => event_id)).size, 5);
  for (const event of events) {
    const age = event.kind === "order" ? 2 * DAY_MS : 0;
    assertBetween(event, started - age, finished - age);
  }
  const order = events.find(({ kind }) => kind === "order");
  assert.deepEqual(order.revenue, { amount: "12.50", currency: "EUR" });
  assert.equal(order.props.order_id, "o1");
  assert.equal(order.touchpoint, "shop", "a server's, and not a page's");
  assert.match(order.props.items, /p1/);
  const card = await orma.ask(`/api/v1/sites/demo/people/${encodeURIComponent(person)}`);
  assert.equal(card.traits.plan, "pro");
  assert.equal(card.orders, 1);
}

async function throughProxy(faults, send) {
  const proxy = await startProxy(orma.base, faults);
  try {
    await send(proxy);
    assert.deepEqual(proxy.left, [], "the client has met every fault");
  } finally {
    proxy.stop();
  }
}

const orderProperties = { order_id: "o1", revenue: 12.5, currency: "EUR", products: [{ product_id: "p1" }] };

describe("real clients", { concurrency: true }, () => {
  // It waits seconds between attempts, so each fault meets a client of its own.
  for (const fault of [500, 429, "hang", "late"]) {
    test(`@segment/analytics-node meets ${fault}`, () =>
      throughProxy([fault], async (proxy) => {
        const person = `node-${fault}@example.it`;
        const started = Date.now();
        const analytics = new Analytics({ writeKey: "demo", host: proxy.base, flushAt: 20, httpRequestTimeout: 2_000 });
        analytics.track({ anonymousId: `${person} anonymous`, userId: person, event: "Signed Up" });
        analytics.identify({ userId: person, traits: { plan: "pro" } });
        const timestamp = new Date(started - 2 * DAY_MS);
        analytics.track({ userId: person, event: "Order Completed", properties: orderProperties, timestamp });
        analytics.screen({ userId: person, name: "Cart" });
        analytics.track({ userId: person, event: "Wished", properties: { size: 42 } });
        await analytics.closeAndFlush({ timeout: 20_000 });
        await assertServerEvents(person, started);
      }));
  }

  test("@rudderstack/rudder-sdk-node", () =>
    // It gives up on a request that times out, and tries again when the connection breaks.
    throughProxy([500, 429, "cut"], async (proxy) => {
      const person = "rudder@example.it";
      const started = Date.now();
      const analytics = new Rudder("demo", { dataPlaneUrl: proxy.base, flushAt: 5, logLevel: "none" });
      // Its first call is sent by itself and at once; the others in a batch.
      const failures = [];
      const done = (error) => error && failures.push(error);
      analytics.track({ anonymousId: `${person} anonymous`, userId: person, event: "Signed Up" }, done);
      analytics.identify({ userId: person, traits: { plan: "pro" } }, done);
      // It adds the moment of the call as `originalTimestamp`, whatever it is told.
      const timestamp = new Date(started - 2 * DAY_MS);
      analytics.track({ userId: person, event: "Order Completed", properties: orderProperties, timestamp }, done);
      analytics.screen({ userId: person, name: "Cart" }, done);
      analytics.track({ userId: person, event: "Wished", properties: { size: 42 } }, done);
      await analytics.flush();
      await assertServerEvents(person, started);
      assert.deepEqual(failures, []);
      const [{ headers }] = proxy.seen;
      assert.equal(headers["content-type"], "application/x-www-form-urlencoded", "gzip that calls itself a form");
    }));

  test("segment-analytics-python", () =>
    throughProxy([500, 429, "hang", "late"], async (proxy) => {
      assert.ok(existsSync(python), `${python} is missing: run \`make clients\``);
      const person = "python@example.it";
      const started = Date.now();
      const program = join(here, "segment_client.py");
      const child = spawn(python, [program, proxy.base, person, "1.5"], { stdio: ["ignore", "inherit", "inherit"] });
      const [code] = await once(child, "exit");
      assert.equal(code, 0);
      await assertServerEvents(person, started);
    }));

  test("@segment/analytics-next in a browser: settings, preflights, retries, and an anonymous visitor who is named", () =>
    inBrowser([500, 429, "cut"], SCRIPTS.segment, async ({ page, proxy }) => {
      const started = Date.now();
      await page.evaluate((cdnURL) => {
        const { AnalyticsBrowser } = globalThis.AnalyticsNext;
        globalThis.analytics = AnalyticsBrowser.load({ writeKey: "demo", cdnURL });
        return globalThis.analytics.page();
      }, proxy.base);
      await assertShopping(page, "web@example.it", started);
      const paths = proxy.seen.filter(({ method }) => method === "POST").map(({ path }) => path);
      assert.deepEqual([...new Set(paths)].sort(), ["/v1/i", "/v1/p", "/v1/t"]);
      assert.ok(proxy.seen.some(({ headers }) => headers["x-retry-count"]), "the browser was allowed to say that it tries again");
    }));

  test("Segment's snippet in a page's head: the script, its settings and its events come from and go to one host", () =>
    inBrowser([500], [], async ({ page, proxy }) => {
      const started = Date.now();
      await page.addScriptTag({ content: snippet(proxy.base) });
      await page.waitForFunction(() => globalThis.analytics.initialized);
      await assertShopping(page, "snippet@example.it", started);
      const scripts = proxy.seen.filter(({ method }) => method === "GET").map(({ path }) => path);
      assert.deepEqual(scripts.slice(0, 2), ["/analytics.js/v1/demo/analytics.min.js", "/v1/projects/demo/settings"]);
    }));

  test("Segment's snippet that asks the address for people: ?ajs_uid loads another file of the script", () =>
    inBrowser([], [], async ({ page, proxy }) => {
      await page.goto(page.url().replace(/\?.*/, "?ajs_uid=query@example.it&ajs_event=Wished"));
      await page.addScriptTag({ content: snippet(proxy.base) });
      assert.deepEqual(told(await eventsOf("query@example.it", 3)), ["custom Wished", "identify", "page_view"]);
      assert.ok(proxy.seen.some(({ path }) => /^\/analytics-next\/bundles\/queryString\.bundle\./.test(path)));
    }));

  test("@analytics/segment, which loads Segment's script itself", () =>
    inBrowser([503], SCRIPTS.getAnalytics, async ({ page, proxy }) => {
      const started = Date.now();
      await page.evaluate((customScriptSrc) => {
        const plugins = [globalThis.analyticsSegment({ writeKey: "demo", customScriptSrc })];
        globalThis.wrapped = globalThis._analytics.init({ app: "shop", plugins });
        globalThis.wrapped.page();
      }, `${proxy.base}/analytics.js/v1/demo/analytics.min.js`);
      await page.waitForFunction(() => globalThis.analytics?.initialized);
      await assertShopping(page, "wrapped@example.it", started);
    }));

  test("@rudderstack/analytics-js tries again after 500, 429 and a broken connection: its own headers are allowed", () =>
    inBrowser([500, 429, "cut"], SCRIPTS.rudder, async ({ page, proxy }) => {
      const person = "rudder-web@example.it";
      await page.evaluate((base) => {
        globalThis.rudder = new globalThis.rudderanalytics.RudderAnalytics();
        globalThis.rudder.load("demo", base, { configUrl: base, logLevel: "NONE" });
        globalThis.rudder.page();
        globalThis.rudder.track("Product Viewed", { product_id: "p1" });
      }, proxy.base);
      await page.evaluate((user) => globalThis.rudder.identify(user, { plan: "pro" }), person);
      await page.evaluate(() => globalThis.rudder.track("Order Completed", { order_id: "o1", total: 12.5 }));
      const events = await eventsOf(person, 4);
      assert.deepEqual(told(events), ["identify", "order", "page_view", "view_item"]);
      assert.equal(new Set(events.map(({ event_id }) => event_id)).size, 4);
      assert.ok(proxy.seen.some(({ method, headers }) => method === "POST" && headers["rsa-retry-attempt"]), "it said that it tries again");
    }));

  test("@rudderstack/analytics-js in batches, the first of which is answered 503", () =>
    inBrowser([503], SCRIPTS.rudder, async ({ page, proxy }) => {
      const person = "rudder-batch@example.it";
      await page.evaluate(
        ([base, user]) => {
          const rudder = new globalThis.rudderanalytics.RudderAnalytics();
          const queueOptions = { batch: { enabled: true, maxItems: 3, flushInterval: 500 } };
          rudder.load("demo", base, { configUrl: base, logLevel: "NONE", queueOptions });
          rudder.page();
          rudder.identify(user, { plan: "pro" });
          rudder.track("Wished", { size: 42 });
          rudder.track("Order Completed", { order_id: "o1", total: 12.5 });
        },
        [proxy.base, person],
      );
      const events = await eventsOf(person, 4);
      assert.deepEqual(told(events), ["custom Wished", "identify", "order", "page_view"]);
      const paths = proxy.seen.filter(({ method }) => method === "POST").map(({ path }) => path);
      assert.deepEqual([...new Set(paths)], ["/v1/batch"]);
    }));

  test("@jitsu/js in a browser, by /api/s/ and its own header", () =>
    inBrowser([], SCRIPTS.jitsu, async ({ page, proxy }) => {
      const person = "jitsu@example.it";
      await page.evaluate(
        async ([host, user]) => {
          const { jitsuAnalytics } = await import("/0.js");
          const jitsu = jitsuAnalytics({ host, writeKey: "demo:any" });
          await jitsu.page();
          await jitsu.identify(user, { plan: "pro" });
          await jitsu.track("Order Completed", { order_id: "o1", total: 12.5 });
        },
        [proxy.base, person],
      );
      const events = await eventsOf(person, 3);
      assert.deepEqual(told(events), ["identify", "order", "page_view"]);
      assert.deepEqual(events.find(({ kind }) => kind === "order").revenue, { amount: "12.50", currency: "EUR" });
      const posts = proxy.seen.filter(({ method }) => method === "POST");
      assert.deepEqual([...new Set(posts.map(({ path }) => path))].sort(), ["/api/s/identify", "/api/s/page", "/api/s/track"]);
      assert.ok(posts.every(({ headers }) => headers["x-write-key"] === "demo:any"));
    }));

  test("a tracker of another make is told that nobody takes its events, and may read it", () =>
    inBrowser([], [], async ({ page }) => {
      const answers = await page.evaluate(async (base) => {
        const json = { "content-type": "application/json", "sp-anonymous": "*" };
        const ask = async (path, init) => {
          const answer = await fetch(base + path, { credentials: "include", ...init });
          return [answer.status, (await answer.json()).error.code];
        };
        const image = (path) => new Promise((resolve) => {
          const element = new Image();
          element.onload = () => resolve("loaded");
          element.onerror = () => resolve("failed");
          element.src = base + path;
        });
        return [
          await ask("/com.snowplowanalytics.snowplow/tp2", { method: "POST", headers: json, body: "{}" }),
          await ask("/i?e=pv&url=x"),
          await ask("/api/event", { method: "POST", body: "{}" }),
          await ask("/api/v1/event", { method: "POST", body: "{}" }).catch(String),
          await ask("/matomo.php?idsite=1&rec=1"),
          await image("/i?e=pv"),
          await image("/matomo.php?idsite=1"),
        ];
      }, orma.base);
      const unknown = [404, "unknown_address"];
      // Of the API's own addresses nothing is told to a foreign page.
      assert.deepEqual(answers, [unknown, unknown, unknown, "TypeError: Failed to fetch", unknown, "failed", "failed"]);
    }));
});

/** What a visitor of a page with an `analytics` does, and how it must arrive. */
async function assertShopping(page, person, started) {
  await page.evaluate(() => globalThis.analytics.track("Product Viewed", { product_id: "p1" }));
  // What it repeats after the visitor is named carries the name.
  const visitor = await page.evaluate(async () => (await globalThis.analytics.user()).anonymousId());
  await eventsOf(visitor, 2);
  await page.evaluate((user) => globalThis.analytics.identify(user, { plan: "pro" }), person);
  await page.evaluate(() => globalThis.analytics.track("Order Completed", { order_id: "o1", total: 12.5 }));
  const events = await eventsOf(person, 4);
  assert.deepEqual(events.map(({ kind }) => kind).sort(), ["identify", "order", "page_view", "view_item"]);
  for (const event of events) assertBetween(event, started, Date.now());
  const view = events.find(({ kind }) => kind === "page_view");
  assert.deepEqual([view.path, view.title, view.campaign], ["/shoes", "Shoes", "spring"]);
  assert.equal(view.anonymous, true, "it was nobody's when it was sent");
  assert.deepEqual(events.find(({ kind }) => kind === "order").revenue, { amount: "12.50", currency: "EUR" });
}

/** What a page with Segment's snippet does: calls wait in a list until the script is there. */
function snippet(host) {
  return `!function(){
    var a = window.analytics = window.analytics || [];
    a.methods = ["track", "page", "identify", "ready"];
    a.methods.forEach(function (name) { a[name] = function () { a.push([name].concat([].slice.call(arguments))); return a; }; });
    a._writeKey = "demo";
    var s = document.createElement("script");
    s.async = true;
    s.src = ${JSON.stringify(host)} + "/analytics.js/v1/demo/analytics.min.js";
    document.head.appendChild(s);
    a.page();
  }();`;
}

const packaged = (...file) => join(here, "..", "..", "node_modules", ...file);

/** The scripts of a page. */
const SCRIPTS = {
  segment: [packaged("@segment/analytics-next", "dist", "umd", "index.js")],
  getAnalytics: [
    packaged("analytics", "dist", "analytics.js"),
    packaged("@analytics/segment", "dist", "@analytics", "segment.js"),
  ],
  rudder: [packaged("@rudderstack/analytics-js", "dist", "npm", "modern", "bundled", "umd", "index.js")],
  jitsu: [packaged("@jitsu/js", "dist", "jitsu.es.js")],
};

/** Opens a page of another origin with these scripts; its requests go through a proxy that breaks first. */
function inBrowser(faults, scripts, visit) {
  return throughProxy(faults, async (proxy) => {
    const site = await serveSite(scripts);
    const browser = await startBrowser();
    try {
      const page = await (await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome" })).newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(`${site.base}/shoes?utm_source=nl&utm_medium=email&utm_campaign=spring`);
      await visit({ page, proxy });
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
      site.stop();
    }
  });
}

/** A site that carries these scripts. */
async function serveSite(files) {
  const scripts = await Promise.all(files.map((file) => readFile(file)));
  // A module is fetched by whoever imports it.
  const tags = files.map((file, index) => (file.endsWith(".es.js") ? "" : `<script src="/${index}.js"></script>`)).join("");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shoes</title></head><body>${tags}</body></html>`;
  const server = createServer((request, answer) => {
    const script = scripts[/^\/(\d+)\.js$/.exec(request.url)?.[1]];
    answer.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" });
    answer.end(script ?? html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
