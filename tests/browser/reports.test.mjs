// A funnel is kept as a report, put on a board beside another, and watched by an alert, whose alarm is seen on every page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const BEGAN = 6;
const ORDERED = 3;
const LATER = 5;
const DAY_MS = 86_400_000;

let orma, browser, page;

// Two days ago at noon: the day is over wherever it is read.
const noon = new Date(Date.now() - 2 * DAY_MS).setUTCHours(12, 0, 0, 0);
const did = (person, ts, more) => ({ visitor: `v${person}`, session: `s${person}`, ts: new Date(ts).toISOString(), ...more });
const viewed = (person) => did(person, noon + person * 1_000, { kind: "page_view", url: "https://b.example/" });
const ordered = (person) => did(person, noon + 60_000 + person * 1_000, { kind: "order", order_id: `B-${person}`, revenue: { amount: "10.00", currency: "EUR" } });
const people = (count, from = 0) => Array.from({ length: count }, (_, index) => from + index);

/** A server's word on when something happened is believed. */
async function send(events, orders) {
  const sent = await fetch(`${orma.base}/v1/events`, { method: "POST", headers: { authorization: `Bearer ${ADMIN_TOKEN}` }, body: JSON.stringify({ site: "demo", events }) });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=orders")).totals.orders === orders);
}

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  await send([...people(BEGAN).map(viewed), ...people(ORDERED).map(ordered)], ORDERED);
  page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 900 } });
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** Waits until the page says something, by what it says then when it never does. */
async function says(place, expected) {
  const said = async () => ((await place.count()) === 1 ? (await place.innerText()).replace(/\s+/g, " ") : "");
  await waitFor(`“${expected}”`, async () => expected.test(await said())).catch(async (error) => assert.match(await said(), expected, error.message));
}
const go = (path) => page.goto(`${orma.base}/sites/demo/${path}`);
const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const card = (name) => page.locator(`.board-card[data-name="${name}"]`);
const order = async () => page.locator(".board-card").evaluateAll((cards) => cards.map((one) => one.dataset.name));

async function save(name) {
  await page.getByRole("button", { name: "Save as report" }).click();
  const form = page.getByRole("dialog", { name: "Save as report" });
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await says(form.getByRole("status"), new RegExp(`“${name}” is saved`));
  return form;
}

test("a funnel is saved under a name, and its report says what the page said", async () => {
  await go("funnels?step=page:&step=kind:order");
  await says(page.getByTestId("funnel-steps").or(page.locator(".step-bar").first()), /./);
  const form = await save("Checkout <b>");
  await form.getByRole("link", { name: "Open the report" }).click();
  await says(page.locator(".report-headline"), /^50% reach the last step$/);
  await says(page.locator(".bars"), /1\. Any page 6.*2\. Order 3/i);
  await page.getByRole("link", { name: "Open its page" }).click();
  await page.waitForURL(/funnels\?step=page%3A&step=kind%3Aorder$|funnels\?step=page:&step=kind:order$/);
  await go("overview");
  await save("Visitors");
  // A second of the name is refused in words.
  await go("overview");
  await page.getByRole("button", { name: "Save as report" }).click();
  await page.getByLabel("Name").fill("visitors");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await says(page.getByRole("dialog").getByRole("alert"), /something else of its kind has it/);
  await go("reports");
  await page.getByTestId("reports").locator("[data-name]").nth(1).waitFor();
  assert.deepEqual((await page.getByTestId("reports").locator("[data-name]").evaluateAll((rows) => rows.map((row) => row.dataset.name))).sort(), ["Checkout <b>", "Visitors"]);
});

test("a board holds both, and is ordered by the keyboard and the mouse", async () => {
  await go("boards");
  await page.getByLabel("Name").fill("Monday");
  await page.getByRole("button", { name: "Make the board" }).click();
  await says(page.locator(".state"), /nothing on this board/);
  await page.getByRole("combobox", { name: "Report" }).selectOption({ label: "Checkout <b>" });
  await page.getByRole("button", { name: "Put it on" }).click();
  await says(card("Checkout <b>").locator(".report-headline"), /^50%/);
  await page.getByRole("button", { name: "Put it on" }).click();
  await says(card("Visitors").locator(".report-headline"), /^6 Visitors$/);
  assert.deepEqual(await order(), ["Checkout <b>", "Visitors"]);
  await page.getByRole("button", { name: "Earlier: Visitors" }).focus();
  await page.keyboard.press("Enter");
  await waitFor("the order", async () => (await order())[0] === "Visitors");
  await card("Checkout <b>").locator(".board-grip").dragTo(card("Visitors"));
  await waitFor("the order", async () => (await order())[0] === "Checkout <b>");
  await page.reload();
  await says(card("Visitors").locator(".report-headline"), /^6 Visitors$/);
  assert.deepEqual(await order(), ["Checkout <b>", "Visitors"]);
  // One card's failure leaves the other.
  const of = (await orma.ask("/api/v1/sites/demo/reports")).items.find((one) => one.name === "Visitors").report;
  await page.route(`**/reports/${of}/answer`, (route) => route.fulfill({ status: 400, json: { error: { code: "unknown_metric", message: "x", field: "body.metrics" } } }));
  await page.reload();
  await says(card("Visitors").getByRole("alert"), /body\.metrics/);
  await says(card("Checkout <b>").locator(".report-headline"), /^50%/);
  await page.unrouteAll();
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok(await fits());
  await page.setViewportSize({ width: 1280, height: 900 });
});

test("an alert on the report fires, is seen on every page, and is acknowledged", async () => {
  await send([...people(LATER, 10).map(viewed), ...people(LATER, 10).map(ordered)], ORDERED + LATER);
  await go("alerts");
  await says(page.locator(".state"), /No alert yet/);
  await page.getByRole("link", { name: "New alert" }).click();
  await page.getByRole("button", { name: "Save the alert" }).click();
  await says(page.locator(".board-add").getByRole("alert"), /Give a name/);
  await page.getByLabel("Name", { exact: true }).fill("Many orders");
  await page.getByRole("combobox", { name: "Report" }).selectOption({ label: "Checkout <b>" });
  await waitFor("the numbers", async () => (await page.getByTestId("alert-number").locator("option").allInnerTexts()).includes("Step 2 · People (8)"));
  await page.getByTestId("alert-number").selectOption({ label: "Step 2 · People (8)" });
  await page.getByRole("textbox", { name: "Threshold" }).fill("7");
  await page.getByLabel("Over how many days").fill("30");
  await says(page.getByTestId("alert-preview"), /^It would give an alarm now\. 8 \(.*\)\. That is above 7\.$/);
  await page.getByRole("button", { name: "Save the alert" }).click();
  await says(page.getByTestId("alert-found"), /^8 \(.*\)\. That is above 7\.$/);
  await go("people");
  await says(page.getByTestId("alerts-badge"), /^1/);
  await go("alerts");
  await page.getByRole("link", { name: "Many orders" }).click();
  await page.getByRole("button", { name: "I have seen it" }).click();
  await says(page.locator(".alert-sentence"), /seen by/);
  await waitFor("the badge to go", async () => (await page.getByTestId("alerts-badge").count()) === 0);
  assert.equal((await page.getByTestId("alert-looks").locator("tbody tr").count()), 1);
  const { items } = await orma.ask("/api/v1/sites/demo/alerts/changes");
  assert.deepEqual(items.map((one) => [one.state_before, one.state, one.value]), [["new", "firing", 8]]);
});
