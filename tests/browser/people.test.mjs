// The list of people, the way into a long journey and back, and what of it is shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE_MS, startBrowser, startOrma, waitFor } from "./orma.mjs";

const DAY_MS = 86_400_000;
const people_count = 70;
const sessions_count = 27;

let orma, browser, page;

const send = async (body) => {
  const answer = await fetch(`${orma.base}/v1/events`, { method: "POST", body: JSON.stringify({ site: "demo", sent_at: new Date().toISOString(), ...body }) });
  assert.deepEqual([answer.status, (await answer.json()).rejected], [200, []]);
};
const at = (ago_ms) => new Date(Date.now() - ago_ms).toISOString();
const view = (ago_ms, path, more = {}) => ({ kind: "page_view", ts: at(ago_ms), url: `https://b.example${path}`, title: path, ...more });

before(async () => {
  orma = await startOrma();
  for (let number = 0; number < people_count; number += 1) {
    await send({ visitor: `visitor-${String(number).padStart(2, "0")}`, session: "s", events: [view(DAY_MS + number * 60_000, "/")] });
  }
  for (let number = 0; number < sessions_count; number += 1) {
    const ago = (sessions_count - number) * 12 * 3_600_000;
    const events = [
      view(ago, number === 0 ? "/the-first" : "/later"),
      { kind: "vital", ts: at(ago - 1_000), name: "LCP", value: 1_800, rating: "good", url: "https://b.example/later" },
    ];
    if (number === 5) events.push({ kind: "search", ts: at(ago - 5_000), url: "https://b.example/later", props: { q: "stivali" } });
    if (number === 1) events.push({ kind: "identify", ts: at(ago - 9_000), user: "anna@example.it", traits: { name: "Anna" } });
    const user = number > 1 ? { user: "anna@example.it" } : {};
    await send({ visitor: "laptop", session: `s${number}`, ...user, events });
  }
  await waitFor("everybody", async () => (await orma.ask("/api/v1/sites/demo/people?limit=1000")).items.length === people_count + 1);
  browser = await startBrowser();
  page = await (await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome" })).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(orma.signInLink);
  await page.waitForURL(/\/sites\/demo\//);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

test("the way back from a person leads to the same place of the same list", async () => {
  await page.goto(`${orma.base}/sites/demo/people?period=30d`);
  const rows = page.getByTestId("person-row");
  await page.getByRole("columnheader", { name: "Pagine" }).getByRole("button", { name: "Pagine", exact: true }).click();
  await page.waitForURL(/sort=page_views/);
  await waitFor("the order", async () => (await rows.first().getAttribute("data-person")) === "anna@example.it");
  await page.getByRole("button", { name: "Altre persone" }).click();
  await waitFor("the rest", async () => (await rows.count()) === people_count + 1);
  for (const way of ["link", "browser"]) {
    const wanted = page.locator('[data-person="visitor-65"]');
    await wanted.scrollIntoViewIfNeeded();
    const address = page.url();
    await wanted.getByRole("link").hover();
    // The click itself scrolls no further.
    const scrolled = await page.evaluate(() => window.scrollY);
    assert.ok(scrolled > 0);
    await wanted.getByRole("link").click();
    await page.getByTestId("journey-session").first().waitFor();
    if (way === "link") await page.locator(".back-link").click();
    else await page.goBack();
    await waitFor("the focus on the row", () =>
      page.evaluate(() => document.activeElement?.closest("tr")?.dataset.person === "visitor-65"),
    );
    assert.deepEqual([page.url(), await rows.count()], [address, people_count + 1], way);
    assert.equal(await page.evaluate(() => window.scrollY), scrolled, way);
  }
  // Whoever comes anew begins at the top.
  await page.goto(`${orma.base}/sites/demo/live`);
  await page.locator('.shell-nav a[href*="/people"]').click();
  await rows.first().waitFor();
  assert.equal(await page.evaluate(() => window.scrollY), 0);
});

test("a long journey folds, begins where it began, and shows what is looked for", async () => {
  await page.goto(`${orma.base}/sites/demo/people/${encodeURIComponent("anna@example.it")}`);
  const sessions = page.getByTestId("journey-session");
  await sessions.nth(19).waitFor();
  assert.equal(await page.locator('[data-testid="journey-session"][data-open="true"]').count(), 1, "the newest alone");
  assert.equal(await sessions.first().getAttribute("data-open"), "true");
  const measures = page.getByTestId("step-measures").first();
  assert.equal(await measures.locator(".step-vitals").isVisible(), false, "one line until it is opened");
  await measures.locator("summary").click();
  assert.equal(await measures.locator(".step-vitals").isVisible(), true);

  await page.getByRole("button", { name: "Dall’inizio" }).click();
  await waitFor("the beginning", async () => (await sessions.first().getAttribute("data-session")) === "s0");
  assert.equal(await sessions.count(), sessions_count);
  await page.getByTestId("journey-beginning").waitFor();
  await page.getByRole("button", { name: "Dal più recente" }).click();

  await page.getByLabel("Che cosa è successo").selectOption("search");
  await page.locator('[data-testid="journey-step"][data-kind="search"]').waitFor();
  assert.equal(await page.getByTestId("journey-step").count(), 1, "opened, and nothing else");
  await page.getByLabel("Che cosa è successo").selectOption("");
});

test("an admin undoes a link after being told what it does", async () => {
  await page.goto(`${orma.base}/sites/demo/people/${encodeURIComponent("anna@example.it")}`);
  const link = page.getByTestId("person-link");
  await link.getByRole("button", { name: "Scollega laptop" }).click();
  await link.getByText("torna a essere di un visitatore anonimo").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Annulla", "the harmless answer has the focus");
  await link.getByRole("button", { name: "Scollega", exact: true }).click();
  await link.waitFor({ state: "detached" });
  const laptop = await orma.ask("/api/v1/sites/demo/people/laptop");
  assert.deepEqual([laptop.person, laptop.identified], ["laptop", false]);
});
