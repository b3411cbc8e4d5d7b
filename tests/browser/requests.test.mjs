// What the dashboard asks when the address changes, and what it shows while nobody answers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const VISITOR = "anna-of-the-requests";
let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  const keys = (await orma.ask("/api/v1/sites/demo/settings")).write_keys;
  const now = Date.now();
  const events = Array.from({ length: 30 }, (_, index) => ({
    kind: "page_view",
    visitor: index < 10 ? VISITOR : `v${index}`,
    session: index < 10 ? "s" : `s${index}`,
    url: `http://shop.example/pagina-${index % 7}`,
    ts: new Date(now - index * 1000).toISOString(),
  }));
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ site: keys[0].key ?? keys[0], events }),
  });
  assert.equal(sent.status, 200, await sent.text());
  await waitFor("the events in the store", async () => {
    const answer = await orma.ask("/api/v1/sites/demo/stats?metrics=page_views");
    return answer.totals.page_views === 30;
  });
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** What a request asks of the API. */
const asking = (request) => {
  const { pathname, search } = new URL(request.url());
  return pathname.replace("/api/v1", "") + search;
};

/** A signed-in dashboard, and what it asks of the API. */
async function openDashboard() {
  const page = await signedIn(browser, orma.base, { locale: "en-GB" });
  const asked = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/api/")) asked.push(asking(request));
  });
  return { page, asked, context: page.context() };
}

/** Waits until nothing was asked for a second; the pages ask again by themselves only after many. */
async function quiet(asked) {
  for (let before = -1; before !== asked.length; ) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

test("a tile, a tab, a filter and a letter ask only what they change", async () => {
  const { page, asked, context } = await openDashboard();
  await page.goto(`${orma.base}/sites/demo/overview?period=7d`);
  await page.locator("[data-testid=headline-visitors]").waitFor();
  await quiet(asked);
  assert.equal(asked.filter((path) => path === "/sites").length, 1, asked.join("\n"));
  const after = async (action) => {
    const before = asked.length;
    await action();
    await quiet(asked);
    const since = asked.slice(before);
    assert.deepEqual(since.filter((path) => /^\/(sites|about|session)$/.test(path)), [], "the frame asks nothing again");
    return since;
  };
  const tile = await after(() => page.locator("[data-testid=headline-page_views]").click());
  assert.ok(tile.every((path) => path.includes("group_by=")), `a tile asks for its lists at most: ${tile.join("\n")}`);
  const tab = await after(() => page.getByRole("tab", { name: "Entry" }).click());
  assert.equal(tab.length, 1, tab.join("\n"));
  assert.match(tab[0], /group_by=entry_page/);
  const filter = await after(() => page.locator(".top-card button.bar-row").first().click());
  assert.ok(filter.length > 0 && new Set(filter).size === filter.length, `each question once: ${filter.join("\n")}`);
  assert.ok(filter.every((path) => path.startsWith("/sites/demo/stats?")), filter.join("\n"));

  await page.goto(`${orma.base}/sites/demo/people`);
  await page.locator("[data-testid=person-row]").first().waitFor();
  // In one go: on a busy machine two keys may be as far apart as two searches.
  const typed = await after(() =>
    page.locator("input[type=search]").evaluate((field) => {
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
      for (const text of ["a", "an", "ann", "anna", "anna-"]) {
        set.call(field, text);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }),
  );
  assert.match(typed.at(-1) ?? "", /search=anna-&/, typed.join("\n"));
  assert.ok(typed.length >= 1 && typed.length <= 2, `five letters are one search: ${typed.join("\n")}`);
  await context.close();
});

test("a journey is watched without being sent again, and its card is asked once", async () => {
  const { page, asked, context } = await openDashboard();
  const answers = [];
  const failed = [];
  page.on("response", (response) => {
    if (response.url().includes("/journey?")) answers.push(response.status());
  });
  await quiet(asked);
  page.on("requestfailed", (request) => /\/api\/.*\/people\/[^/?]+$/.test(request.url()) && failed.push(request.url()));
  asked.length = failed.length = 0;
  await page.goto(`${orma.base}/sites/demo/people/${VISITOR}`);
  await page.locator("[data-testid=journey-step]").first().waitFor();
  await waitFor("the watching", async () => answers.length >= 6);
  // The page's first answer and the first of the watching, which asks for fewer sessions.
  assert.deepEqual([...new Set(answers.slice(2))], [304], answers.join(" "));
  const cards = asked.filter((path) => path.endsWith(`/people/${VISITOR}`));
  assert.equal(cards.length, 1, asked.join("\n"));
  assert.deepEqual(failed, [], "the card is not asked and given up");
  await context.close();
});

test("who clicks while nobody answers keeps the frame and the numbers, is told their age, and need do nothing", async () => {
  const { page, context } = await openDashboard();
  await page.goto(`${orma.base}/sites/demo/overview?period=7d`);
  const visitors = page.locator("[data-testid=headline-visitors] .headline-value");
  await visitors.waitFor();
  const shown = await visitors.innerText();
  await page.locator("a", { hasText: "People" }).first().waitFor();
  // The code of the other pages comes when the first page stands.
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/assets/People")));
  const aged = page.locator("[data-testid=aged]");
  assert.equal(await aged.count(), 0);

  await context.setOffline(true);
  await page.getByRole("button", { name: "12 months" }).click();
  await aged.waitFor();
  assert.match(await page.locator(".chart-table tbody th").first().textContent(), /\b\d{1,2} [A-Z]/, "days that are shown are called days");
  assert.match(await aged.innerText(), /does not answer\.\s+What you see is of \d\d:\d\d:\d\d/);
  assert.equal(await visitors.innerText(), shown, "the last numbers stay");
  assert.equal(await page.locator(".card[data-stale]").first().count(), 1, "and look old");
  await page.getByRole("link", { name: "People" }).click();
  await page.locator("h1", { hasText: "People" }).waitFor();
  assert.equal(await page.locator(".shell-nav").count(), 1, "the frame stays");
  await context.setOffline(false);
  await page.locator("[data-testid=person-row]").first().waitFor();

  // A question that is too big is told as that, and no answer to another stands for its own, which it never had.
  await page.getByRole("link", { name: "Overview" }).click();
  await visitors.waitFor();
  await waitFor("the numbers", async () => (await aged.count()) === 0);
  const tooBig = { status: 422, contentType: "application/json", body: '{"error":{"code":"question_too_big","message":"too big"}}' };
  await page.route("**/stats?*", (route) => route.fulfill(tooBig));
  await page.getByRole("button", { name: "Today", exact: true }).click();
  await page.locator(".state-error", { hasText: "too much to be computed" }).first().waitFor();
  await waitFor("nothing old", async () => (await aged.count()) === 0);
  await page.unroute("**/stats?*");
  await page.getByRole("link", { name: "People" }).click();
  await page.locator("[data-testid=person-row]").first().waitFor();

  await orma.pause();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.locator(".shell-nav").waitFor();
  await page.locator(".state-error").first().waitFor();
  await orma.resume();
  await visitors.waitFor();
  await waitFor("the numbers of now", async () => (await aged.count()) === 0 && (await page.locator(".state-error").count()) === 0);
  await context.close();
});
