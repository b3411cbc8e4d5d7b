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
      const originalTimestamp = new Date(started - 2 * DAY_MS);
      analytics.track({ userId: person, event: "Order Completed", properties: orderProperties, originalTimestamp }, done);
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
    throughProxy([500, 429, "cut"], async (proxy) => {
      const site = await serveSite();
      const browser = await startBrowser();
      try {
        const started = Date.now();
        const page = await (await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome" })).newPage();
        const errors = [];
        page.on("pageerror", (error) => errors.push(String(error)));
        await page.goto(`${site.base}/shoes?utm_source=nl&utm_medium=email&utm_campaign=spring`);
        await page.evaluate((cdnURL) => {
          const { AnalyticsBrowser } = globalThis.AnalyticsNext;
          globalThis.analytics = AnalyticsBrowser.load({ writeKey: "demo", cdnURL });
          return globalThis.analytics.page();
        }, proxy.base);
        await page.evaluate(() => globalThis.analytics.track("Product Viewed", { product_id: "p1" }));
        // What it repeats after the visitor is named carries the name.
        const visitor = await page.evaluate(async () => (await globalThis.analytics.user()).anonymousId());
        await eventsOf(visitor, 2);
        await page.evaluate(() => globalThis.analytics.identify("web@example.it", { plan: "pro" }));
        await page.evaluate(() => globalThis.analytics.track("Order Completed", { order_id: "o1", total: 12.5 }));
        const events = await eventsOf("web@example.it", 4);
        assert.deepEqual(told(events), ["identify", "order", "page_view", "view_item"]);
        for (const event of events) assertBetween(event, started, Date.now());
        const view = events.find(({ kind }) => kind === "page_view");
        assert.deepEqual([view.path, view.title, view.campaign], ["/shoes", "Shoes", "spring"]);
        assert.equal(view.anonymous, true, "it was nobody's when it was sent");
        assert.deepEqual(events.find(({ kind }) => kind === "order").revenue, { amount: "12.50", currency: "EUR" });
        assert.deepEqual(errors, []);
        const paths = proxy.seen.filter(({ method }) => method === "POST").map(({ path }) => path);
        assert.deepEqual([...new Set(paths)].sort(), ["/v1/i", "/v1/p", "/v1/t"]);
        assert.ok(proxy.seen.some(({ headers }) => headers["x-retry-count"]), "the browser was allowed to say that it tries again");
      } finally {
        await browser.close();
        site.stop();
      }
    }));
});

/** A page of another origin that carries Segment's script. */
async function serveSite() {
  const script = await readFile(join(dirname(require.resolve("@segment/analytics-next/package.json")), "dist", "umd", "index.js"));
  const html = await readFile(join(here, "page.html"));
  const server = createServer((request, answer) => {
    const isScript = request.url === "/analytics.js";
    answer.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    answer.end(isScript ? script : html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
