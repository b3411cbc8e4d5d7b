// The browser SDK against the real collector: tabs of one profile, a device with a wrong clock, and what the SDK
// records by itself in the demo shop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE_MS, startBrowser, startOrma, waitFor } from "./orma.mjs";

// A headless browser says so in its user agent, and is then no person.
const userAgent =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** The steps of a visitor's journey, once there are as many as wanted. */
async function journey(page, wanted) {
  const visitor = await page.evaluate(() => localStorage["orma.visitor"]);
  return waitFor(`the journey of ${visitor}`, async () => {
    const { items } = await orma
      .ask(`/api/v1/sites/demo/people/${visitor}/journey?limit=200&include=bots`)
      .catch(() => ({ items: [] }));
    const steps = items.flatMap(({ events }) => events);
    return wanted(steps) && steps;
  });
}

test("six tabs of one profile that load together and send twenty events each: all are in the store, once", async () => {
  const context = await browser.newContext({ userAgent });
  const first = await context.newPage();
  await first.goto(`${orma.base}/demo/`);
  await waitFor("the visitor", () => first.evaluate(() => localStorage["orma.visitor"]));
  const tabs = [first, ...(await Promise.all([1, 2, 3, 4, 5].map(() => context.newPage())))];
  await Promise.all(tabs.map((page, tab) => page.goto(`${orma.base}/demo/scarpe.html?tab=${tab}`)));
  await Promise.all(
    tabs.map((page, tab) =>
      page.evaluate(async (tab) => {
        for (let index = 0; index < 20; index++) {
          window.orma("event", `tab ${tab} ${index}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }, tab),
    ),
  );
  const custom = (steps) => steps.filter(({ kind }) => kind === "custom");
  const steps = custom(await journey(first, (steps) => custom(steps).length >= 120));
  const names = steps.map(({ name }) => name).sort();
  assert.deepEqual(names, tabs.flatMap((_, tab) => Array.from({ length: 20 }, (_, index) => `tab ${tab} ${index}`)).sort());
  await context.close();
});

test("six tabs that are restored at once, some of them slow, and lose answers: what waited and what is new is in the store, once", async () => {
  const context = await browser.newContext({ userAgent });
  const open = async (tab) => {
    const page = await context.newPage();
    // The browser makes a tab slow by keeping a processor busy: all of them would leave nothing to whatever else runs here.
    if (tab % 3 === 0) {
      const devtools = await context.newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 2 });
    }
    await page.goto(`${orma.base}/demo/scarpe.html?tab=${tab}`);
    return page;
  };
  const send = (page, tab, when) =>
    page.evaluate(
      async ([tab, when]) => {
        for (let index = 0; index < 10; index++) {
          window.orma("event", `${when} ${tab} ${index}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      [tab, when],
    );
  const numbers = [0, 1, 2, 3, 4, 5];
  const before = await Promise.all(numbers.map(open));
  const visitor = await waitFor("the visitor", () => before[0].evaluate(() => localStorage["orma.visitor"]));
  // Nothing goes out any more, and the browser ends.
  await context.route("**/v1/events*", (route) => route.abort());
  await Promise.all(before.map((page, tab) => send(page, tab, "before")));
  await Promise.all(before.map((page) => page.close()));
  await context.unroute("**/v1/events*");
  // It comes back with all tabs; every third request reaches the collector, and its answer nobody.
  let requests = 0;
  await context.route("**/v1/events*", async (route) => {
    if (++requests % 3) return route.continue();
    await route.fetch().catch(() => undefined);
    return route.abort();
  });
  const after = await Promise.all(numbers.map(open));
  await Promise.all(after.map((page, tab) => send(page, tab, "after")));
  const custom = (steps) => steps.filter(({ kind }) => kind === "custom");
  // A queue whose tab is gone waits before another takes it.
  await journey(after[0], (steps) => custom(steps).length >= 60);
  const steps = custom(await journey(after[0], (steps) => custom(steps).length >= 120));
  const expected = ["before", "after"].flatMap((when) =>
    numbers.flatMap((tab) => Array.from({ length: 10 }, (_, index) => `${when} ${tab} ${index}`)));
  assert.deepEqual(steps.map(({ name }) => name).sort(), expected.sort());
  assert.equal(await after[0].evaluate(() => localStorage["orma.visitor"]), visitor);
  await context.close();
});

test("a device whose clock is at 1970 or 2107 is in the store, now", async () => {
  for (const time of [300_000, Date.UTC(2107, 1, 3)]) {
    const context = await browser.newContext({ userAgent });
    await context.addInitScript(`{ const Real = Date; const shift = ${time} - Real.now(); const clock = () => Real.now() + shift;
      window.Date = new Proxy(Real, { construct: (target, args) => new Real(...(args.length ? args : [clock()])), get: (target, key) => key === 'now' ? clock : Reflect.get(target, key) }); }`);
    const page = await context.newPage();
    await page.goto(`${orma.base}/demo/`);
    await waitFor("the visitor", () => page.evaluate(() => localStorage["orma.visitor"]));
    const [view] = await journey(page, (steps) => steps.length > 0);
    assert.ok(Math.abs(Date.parse(view.ts) - Date.now()) < PATIENCE_MS + 10_000, JSON.stringify(view));
    await context.close();
  }
});

test("the shop's failing page: the journey tells of its error, its form and the page that is missing", async () => {
  const context = await browser.newContext({ userAgent, locale: "it-IT" });
  const page = await context.newPage();
  await page.goto(`${orma.base}/demo/errore.html`);
  await waitFor("the second file", () => page.evaluate(() => performance.getEntriesByName(`${location.origin}/orma-idle.js`).length));
  await page.waitForTimeout(300);
  await page.click("#fail-button");
  await page.fill("#stuck-question", "segreto");
  await page.click("#stuck-submit");
  await page.click("#dead-link");
  await page.waitForURL(/saldi-2019/);
  const steps = await journey(page, (steps) => ["error", "form"].every((kind) => steps.some((step) => step.kind === kind)) && steps.filter(({ kind }) => kind === "page_view").length > 1);
  assert.equal(steps.filter(({ kind }) => kind === "error").length, 1, "an error counts once");
  assert.ok(!JSON.stringify(steps).includes("segreto"), "a form's value was recorded");
  await context.close();
});

test("the language button is called what it shows", async () => {
  const context = await browser.newContext({ locale: "it-IT", viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.goto(`${orma.base}/demo/`);
  await page.getByRole("button", { name: "English", exact: true }).click();
  await page.getByRole("button", { name: "Italiano", exact: true }).waitFor();
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, "the header fits a phone");
  await context.close();
});
