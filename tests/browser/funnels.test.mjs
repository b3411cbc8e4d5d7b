// A funnel is put together by hand, told, and led back to the people behind it; so is who comes again.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const BEGAN = 10;
const SAW = 6;
const ORDERED = 3;
const RETURNED = 4;
const DAY_MS = 86_400_000;

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  // Three days ago at noon, so that the day and the one after it are over wherever it is read.
  const noon = new Date(Date.now() - 3 * DAY_MS).setUTCHours(12, 0, 0, 0);
  const did = (person, session, ts, more) => ({ visitor: `v${person}`, user: `u${person}@example.it`, session: `${session}${person}`, ts: new Date(ts).toISOString(), ...more });
  const view = (path) => ({ kind: "page_view", url: `https://b.example${path}` });
  const people = (count) => Array.from({ length: count }, (_, index) => index);
  const events = [
    ...people(BEGAN).map((person) => did(person, "a", noon + person * 1_000, view("/"))),
    ...people(SAW).map((person) => did(person, "a", noon + 60_000 + person * 1_000, view("/scarpe"))),
    ...people(ORDERED).map((person) => did(person, "a", noon + 120_000 + person * 1_000, { kind: "order", order_id: `B-${person}`, revenue: { amount: "10.00", currency: "EUR" } })),
    ...people(RETURNED).map((person) => did(person, "b", noon + DAY_MS, view("/info"))),
  ];
  // A server's word on when something happened is believed.
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=people,orders")).totals.people === BEGAN);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

const open = async (path, options = {}) => {
  const page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options });
  await page.goto(`${orma.base}/sites/demo/${path}`);
  return page;
};

/** Waits until the page says something, by what it says then when it never does. */
async function says(place, expected) {
  const said = async () => ((await place.count()) === 1 ? (await place.innerText()).replace(/\s+/g, " ") : "");
  await waitFor(`“${expected}”`, async () => expected.test(await said())).catch(async (error) => assert.match(await said(), expected, error.message));
}

/** How many there are at each step, as the table says it. */
const counts = (page) => page.getByTestId("funnel-table").locator("tbody tr td:nth-child(2)").allInnerTexts();
const countsAre = (page, expected) => waitFor(`${expected}`, async () => `${await counts(page)}` === `${expected}`);
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const FUNNEL = "funnels?step=page:%2F&step=page:%2Fscarpe&step=kind:order";

test("a funnel is put together from the empty page by mouse and keyboard, and stands in the address", async () => {
  const page = await open("funnels");
  await says(page.locator(".state"), /Or begin with what happens here: Any page → Order/);
  assert.equal(new URL(page.url()).search, "");

  // Chosen from the list by the mouse, then by keyboard, then typed in full.
  await page.getByLabel("Step 1: which page").click();
  await page.getByRole("option", { name: /^\/\s*\d+ events$/ }).click();
  await page.getByLabel("Step 2: what kind of event").selectOption("page");
  const second = page.getByLabel("Step 2: which page");
  await second.pressSequentially("scar");
  await page.getByRole("option", { name: /scarpe/ }).waitFor();
  await second.press("ArrowDown");
  await second.press("Enter");
  await countsAre(page, [BEGAN, SAW]);
  await page.getByRole("button", { name: "Add a step" }).click();
  await countsAre(page, [BEGAN, SAW]);
  await page.getByLabel("Step 3: which kind").fill("order");
  await page.getByLabel("Step 3: which kind").press("Enter");
  await countsAre(page, [BEGAN, SAW, ORDERED]);
  assert.deepEqual(new URL(page.url()).searchParams.getAll("step"), ["page:/", "page:/scarpe", "kind:order"]);

  await says(page.getByTestId("funnel-finding"), /^Of 10 people at the first step, 3 \(30%\) came to the last within 7 days\./);
  await says(page.getByTestId("funnel-drop"), /^Most stop between step 1 \(\/\) and step 2 \(\/scarpe\): of 10 people, 4 \(40%\) went no further\./);
  const row = (step) => page.getByTestId("funnel-table").locator(`[data-step="${step}"]`);
  await says(row(3), /3 30% 50% – half within 1 min a quarter within 1 min, three quarters within 1 min/);
  assert.match(await page.locator(".findings").innerText(), /brought €30\.00/);

  // A step that is moved keeps the focus on the key that moved it.
  await page.getByRole("button", { name: "Move step 3 up" }).press("Enter");
  await countsAre(page, [BEGAN, ORDERED, 0]);
  await waitFor("the focus", () => page.evaluate(() => document.activeElement?.textContent === "Move step 2 up"));
  await page.goBack();
  await countsAre(page, [BEGAN, SAW, ORDERED]);
  await page.context().close();
});

test("a number leads to its people and they to their journeys; Escape closes the list", async () => {
  const page = await open(FUNNEL);
  await page.getByRole("button", { name: "4 people stopped at step 1: show who" }).click();
  const list = page.getByTestId("people-behind");
  await says(list, /^Who stopped at step 1 \(\/\) .*4 people, the latest first\./);
  assert.equal(new URL(page.url()).searchParams.get("behind"), "1.dropped");
  const names = [6, 7, 8, 9].map((person) => `u${person}@example.it`);
  assert.deepEqual((await list.getByRole("link").allInnerTexts()).sort(), names);
  await page.reload();
  await list.getByRole("link").first().waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("behind"), null);

  await page.getByRole("button", { name: "3 people at step 3: show who" }).click();
  await list.getByRole("link", { name: "u0@example.it" }).click();
  await page.waitForURL(/\/people\/u0/);
  await page.locator("[data-testid=journey-step]").first().waitFor();
  await page.context().close();
});

test("a breakdown and what was computed are saved, and what the API does not take is said beside it", async () => {
  const page = await open(`${FUNNEL}&breakdown=kind&window=1h`);
  await says(page.getByTestId("funnel-breakdown").locator("tbody"), /^Page viewed 10 6 3 30% €30\.00$/);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV: Step by step" }).click();
  const saved = await saving;
  assert.match(saved.suggestedFilename(), /^demo-funnel-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await saved.path(), "utf8")).split("\r\n");
  assert.equal(lines[0], "\ufeffstep,event,people,of_first,of_previous,dropped,q1_ms,median_ms,q3_ms");
  assert.equal(lines[2], "2,/scarpe,6,0.6,0.6,3,60000,60000,60000");

  await page.getByLabel("Window: how many").fill("400");
  await page.getByLabel("Window: of what").selectOption("d");
  await says(page.getByRole("group", { name: "Window" }).getByRole("alert"), /at most 366 days/);
  await page.context().close();
});

test("the funnel speaks Italian and fits a phone", async () => {
  const page = await open(FUNNEL, { locale: "it-IT", viewport: { width: 360, height: 780 } });
  await says(page.getByTestId("funnel-finding"), /^Su 10 persone al primo passaggio, 3 \(30%\) arrivano all’ultimo entro 7 giorni\./);
  await says(page.getByTestId("funnel-drop"), /^La perdita maggiore è tra il passaggio 1 \(\/\) e il passaggio 2 \(\/scarpe\): su 10 persone, 4 \(40%\) non vanno oltre\./);
  assert.ok(await fits(page));
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await says(page.getByTestId("funnel-finding"), /^Of 10 people/);
  assert.ok(await fits(page));
  await page.context().close();
});

test("who comes again is said in a sentence and cell by cell, and each leads to its people", async () => {
  const page = await open("retention?stretch=day");
  await says(page.getByTestId("retention-finding"), /^Of 10 people who came in a day, 4 \(40%\) came again the day after\.$/);
  const cell = page.getByTestId("retention-table").getByRole("button", { name: /^40%: 4 of 10 people, .*, 1 day later\. Show who$/ });
  await cell.focus();
  await says(page.getByTestId("retention-told"), /^40%: 4 of 10 people, .*, 1 day later$/);
  await cell.press("Enter");
  const list = page.getByTestId("people-behind");
  await says(list, /^Who came again: .*, 1 day later .*4 people/);
  assert.equal(await list.getByRole("link").count(), RETURNED);
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await waitFor("the focus", () => cell.evaluate((button) => button === document.activeElement));

  await page.getByLabel("and again did: what kind of event").selectOption("page");
  await page.getByLabel("and again did: which page").fill("/scarpe");
  await page.getByLabel("and again did: which page").press("Enter");
  await says(page.getByTestId("retention-finding"), /^Of 10 people who did “Any event” in a day, 0 \(0%\) did “\/scarpe” the day after\.$/);
  await page.getByRole("button", { name: "IT", exact: true }).click();
  await page.setViewportSize({ width: 360, height: 780 });
  await says(page.getByTestId("retention-finding"), /^Su 10 persone con «Qualsiasi evento» in un giorno, 0 \(0%\) arrivano a «\/scarpe» il giorno dopo\.$/);
  assert.ok(await fits(page));
  await page.context().close();
});
