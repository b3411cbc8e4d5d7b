// What brought orders is told by each model: in sentences, in the table and in the file that is saved.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const DAY_MS = 86_400_000;

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  // Four days ago at noon, so that all of it lies in the period wherever it is read.
  const noon = new Date(Date.now() - 4 * DAY_MS).setUTCHours(12, 0, 0, 0);
  const did = (person, session, ts, more) => ({ visitor: `v${person}`, user: `${person}@example.it`, session: `${session}${person}`, ts: new Date(ts).toISOString(), ...more });
  const view = (query, referrer) => ({ kind: "page_view", url: `https://b.example/${query}`, ...(referrer && { referrer }) });
  const order = (order_id, amount) => ({ kind: "order", order_id, revenue: { amount, currency: "EUR" } });
  const events = [
    // By Google, the day after by herself, and then an order.
    did("a", "1", noon, view("", "https://www.google.com/")),
    did("a", "2", noon + DAY_MS, view("")),
    did("a", "2", noon + DAY_MS + 60_000, order("A-1", "60.00")),
    // By a newsletter, and an order.
    did("b", "1", noon, view("?utm_source=gazzetta&utm_medium=email")),
    did("b", "1", noon + 60_000, order("B-1", "40.00")),
    // Somebody who orders nothing.
    did("c", "1", noon, view("", "https://www.google.com/")),
  ];
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  await waitFor("the events", async () => {
    const { totals } = await orma.ask("/api/v1/sites/demo/stats?metrics=people,orders");
    return totals.people === 3 && totals.orders === 2;
  });
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

const finding = (page) => page.getByTestId("attribution-finding");
const rowOf = (page, value) => page.getByTestId("attribution-table").locator(`[data-kind=touchpoint][data-value="${value}"]`);
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

/** What a row says by each model. */
async function told(page, row) {
  const cells = await row.locator("[data-model]").evaluateAll((all) => all.map((cell) => [cell.dataset.model, cell.innerText.trim()]));
  return Object.fromEntries(cells);
}

test("what brought the orders is told by each model, in conversions and in money, and is saved", async () => {
  const page = await open("attribution");
  await says(finding(page), /^Of 2 conversions \(€100\.00\), “Google” brought 1 by the model “Last non-direct”; by “Last” it would be 0\.$/);
  await says(page.getByTestId("attribution-ends"), /“Google” stands more often at the beginning \(1 by “First”, 0 by “Last”\), “Direct” at the end \(0 by “First”, 1 by “Last”\)/);
  assert.equal(new URL(page.url()).search, "");

  // The sum by Markov is that of the others; how it is divided is tested where it is computed.
  const { markov: _, ...google } = await told(page, rowOf(page, "Google"));
  assert.deepEqual(google, { first: "1", last: "0", last_non_direct: "1", linear: "0.5", position: "0.5", time_decay: "0.5", shapley: "0.5" });
  const total = await told(page, page.locator("[data-kind=total]"));
  assert.deepEqual(new Set(Object.values(total)), new Set(["2"]));

  await page.getByRole("combobox", { name: "Model", exact: true }).selectOption("last");
  await says(rowOf(page, ""), /^Direct nobody sent them, or no visit before 1 0 0 /);
  assert.equal(new URL(page.url()).searchParams.get("model"), "last");
  await page.getByRole("button", { name: "Revenue", exact: true }).click();
  await says(finding(page), /^Of €100\.00 of 2 conversions, “Direct” brought €60\.00 by the model “Last”; by “First” it would be €0\.00\.$/);

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV: Touchpoints and models" }).click();
  const saved = await saving;
  assert.match(saved.suggestedFilename(), /^demo-attribution-source-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const [head, ...lines] = (await readFile(await saved.path(), "utf8")).trim().split("\r\n").map((line) => line.split(","));
  assert.equal(head[0], "source");
  assert.deepEqual(lines.map((line) => [line[0], line[head.indexOf("conversions_linear")]]), [["", "0.5"], ["gazzetta", "1"], ["Google", "0.5"]]);

  // A visit that is too long ago is none.
  await page.getByLabel("Look-back window, in days").fill("800");
  await says(page.getByRole("alert"), /at most 731/);
  await page.getByLabel("Look-back window, in days").fill("7");
  await says(finding(page), /“Direct” brought €60\.00/);
  await page.context().close();
});

test("where there are too many touchpoints for a chain, another model is offered", async () => {
  const page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 900 } });
  await page.route("**/attribution", async (route) => {
    const asked = route.request().postDataJSON();
    if (asked?.model !== "markov") return route.fallback();
    await route.fulfill({ status: 400, contentType: "application/json", body: '{"error":{"code":"too_many_touchpoints","field":"group_by","message":"There are 301 touchpoints."}}' });
  });
  await page.goto(`${orma.base}/sites/demo/attribution?model=markov`);
  await page.getByRole("button", { name: "Show “Shapley”" }).click();
  await says(finding(page), /by the model “Shapley”/);
  assert.equal(new URL(page.url()).searchParams.get("model"), "shapley");
  await page.context().close();
});

test("the attribution speaks Italian and fits a phone", async () => {
  const page = await open("attribution?touch=channel", { locale: "it-IT", viewport: { width: 360, height: 780 } });
  await says(finding(page), /^Su 2 conversioni \(100,00 €\), «(E-mail|Ricerca organica)» ne porta 1 secondo il modello «Ultimo non diretto»/);
  assert.ok(await fits(page));
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await says(finding(page), /^Of 2 conversions/);
  assert.ok(await fits(page));
  await page.context().close();
});
