// What the button CSV saves is what the page shows, of every list and table.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const ANNA = "anna@example.it";
let orma, browser, page;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  const now = Date.now();
  const at = (seconds) => now - 600_000 + seconds * 1_000;
  const view = (visitor, seconds, path, more = {}) => ({ kind: "page_view", visitor, session: `${visitor}-1`, ts: at(seconds), url: `https://b.example${path}`, ...more });
  const items = [{ id: "p1", name: 'Scarpa "rossa"; 42', category: "Sandali", price: "60.00", quantity: 2 }];
  const events = [
    view("anna", 0, "/?utm_source=news&utm_medium=email&utm_campaign=saldi"),
    view("anna", 1, "/scarpe/rosse"), view("anna", 2, "/cassa"),
    { ...view("anna", 3, "/cassa"), kind: "identify", user: ANNA, traits: { name: "Anna, detta «Nina»" } },
    { ...view("anna", 4, "/cassa"), kind: "order", user: ANNA, order_id: "B-1", items, revenue: { amount: "125.50", currency: "EUR" } },
    view("bruno", 5, "/"), view("bruno", 6, "/scarpe/rosse"), view("carla", 7, "/", { referrer: "https://www.google.com/" }),
    ...[1200, 2400, 5200].map((value, place) => ({ ...view("bruno", 8 + place, place === 0 ? "/" : "/scarpe/rosse"), kind: "vital", name: "LCP", value })),
    ...["newsletter_sent", "newsletter_delivered", "newsletter_open", "newsletter_click"].map((kind, place) => ({ kind, user: ANNA, ts: at(20 + place), campaign: "saldi", message: "m", link: "hero" })),
  ];
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/accounting")).totals.stored === events.length);
  page = await signedIn(browser, orma.base, { locale: "en-GB", acceptDownloads: true });
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** The rows of a CSV text, by the names in its first line. */
function rowsOf(text) {
  assert.equal(text[0], "\uFEFF", "spreadsheets are told that it is UTF-8");
  const lines = [[]];
  for (const [, cell, end] of text.slice(1).matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/g)) {
    lines.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") lines.push([]);
  }
  const [names, ...rows] = lines.filter((row) => row.length > 1 || row[0]);
  return rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place]])));
}

/** What the button within an element saves. */
async function saved(within) {
  const [download] = await Promise.all([page.waitForEvent("download"), within.locator(".export button").first().click()]);
  return { name: download.suggestedFilename(), rows: rowsOf(await readFile(await download.path(), "utf8")) };
}

const open = async (path) => {
  await page.goto(`${orma.base}/sites/demo/${path}`);
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".skeleton, [data-stale]"));
};
const texts = async (locator) => (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
/** A number as the page writes it. */
const number = (text) => Number(text.replace(/[^\d.-]/g, ""));

test("the overview's chart and lists", async () => {
  await open("overview");
  await page.locator(".chart-table summary").click();
  const chart = await saved(page.locator(".chart-export"));
  assert.match(chart.name, /^demo-overview-\d{4}-.*\.csv$/);
  const shown = await texts(page.locator(".chart-table tbody tr td:nth-child(2)"));
  // What has not begun is a dash on the page.
  const begun = shown.filter((text) => /\d/.test(text)).map(number);
  assert.equal(chart.rows.length, shown.length);
  assert.deepEqual(chart.rows.slice(0, begun.length).map((row) => Number(row.visitors)), begun);

  for (const [title, dimension] of [["Pages", "page"], ["Where from", "channel"], ["Products", "product"], ["Devices", "device_class"]]) {
    const card = page.locator(".top-card", { has: page.getByRole("heading", { name: title, exact: true }) });
    const { name, rows } = await saved(card);
    assert.ok(name.startsWith(`demo-${dimension}-`), name);
    const visible = card.locator(".bar-row:not(.bar-heads)");
    const labels = await card.locator(".bar-label").evaluateAll((found) => found.map((one) => one.title));
    const values = (await texts(visible.locator(".bar-value"))).map(number);
    assert.ok(rows.length > 0 && rows.length === labels.length, `${title}: ${rows.length} of ${labels.length}`);
    assert.deepEqual(rows.map((row) => Number(row.visitors)), values, title);
    if (dimension === "page" || dimension === "product") assert.deepEqual(rows.map((row) => row[dimension]), labels);
  }
});

test("people and a journey", async () => {
  await open("people");
  const row = page.locator("[data-testid=person-row]");
  await row.first().waitFor();
  const ids = await row.evaluateAll((rows) => rows.map((one) => one.dataset.person));
  const [sessions, pages, value] = await Promise.all([3, 4, 5].map((column) => texts(row.locator(`td:nth-child(${column})`))));
  const { rows } = await saved(page.locator(".page"));
  assert.deepEqual(rows.map((one) => one.person), ids);
  assert.deepEqual(rows.map((one) => Number(one.sessions)), sessions.map(number));
  assert.deepEqual(rows.map((one) => Number(one.page_views)), pages.map(number));
  const anna = rows.findIndex((one) => one.person === ANNA);
  assert.equal(rows[anna].name, "Anna, detta «Nina»");
  assert.deepEqual([Number(rows[anna].revenue_amount), value[anna]], [125.5, "€125.50 1 order"]);

  await open(`people/${encodeURIComponent(ANNA)}`);
  await page.locator("[data-testid=journey-step]").first().waitFor();
  const journey = await saved(page.locator(".journey-head"));
  const { events } = await orma.ask(`/api/v1/sites/demo/people/${encodeURIComponent(ANNA)}`);
  assert.equal(journey.rows.length, events);
  assert.equal(journey.rows.filter((one) => one.kind === "order").length, 1);
});

test("newsletters, quality, accounts, tokens and sites", async () => {
  await open("newsletter");
  const mail = page.getByTestId("newsletter-rows");
  await mail.waitFor();
  const report = await saved(page.locator(".card", { has: mail }));
  const [campaign, ...counts] = await texts(mail.locator("tbody tr").first().locator("th, td"));
  assert.equal(report.rows.length, 1);
  const { sent, delivered, opened, clicked } = report.rows[0];
  assert.deepEqual([report.rows[0].campaign, sent, delivered, opened, clicked], [campaign, counts[0], counts[1], counts[2], counts[4]]);

  await open("quality");
  await page.getByTestId("quality-row").first().waitFor();
  const quality = await saved(page.locator(".card", { has: page.getByTestId("quality-row") }));
  const shown = await page.getByTestId("quality-row").evaluateAll((rows) => rows.map((one) => one.dataset.dimension));
  assert.deepEqual(quality.rows.map((one) => one.dimension).sort(), [...shown].sort());

  await open("accounting");
  const account = await saved(page.locator(".card", { has: page.locator(".chart") }));
  const stored = number((await texts(page.getByTestId("accounting-stored")))[0].split(" ")[0]);
  assert.equal(account.rows.reduce((sum, one) => sum + Number(one.stored), 0), stored);

  await open("settings");
  await page.getByTestId("tokens").waitFor();
  const tokens = await saved(page.locator(".card", { has: page.getByTestId("tokens") }));
  assert.equal(tokens.rows.length, await page.locator("[data-testid=tokens] > li").count());
  const sites = await saved(page.locator(".card", { has: page.locator("#add-site") }));
  assert.deepEqual(sites.rows.map((one) => one.site), ["demo"]);
});
