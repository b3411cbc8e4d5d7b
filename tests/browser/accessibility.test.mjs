// axe-core over every page and state of the dashboard, in both languages, light and dark, wide and on a phone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, PATIENCE_MS, enter, startBrowser, startOrma, waitFor } from "./orma.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const PERSON = "mario@example.it";
/** Each kind of row, a group, and what there are no fields for. */
const RULE = { all: [
  { did: { event: { kind: "order" }, at_least: 1, within_days: 7 } },
  { any: [{ is: { dimension: "channel", values: ["direct"] } }, { set: { dimension: "props.size" } }, { visited: { at_least: 1 } }] },
  { not: { sequence: { events: [{ kind: "order" }, { kind: "refund" }] } } },
  { not: { not: { is: { dimension: "page", values: ["/"] } } } },
  { did: { event: {} } },
] };

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  const now = Date.now();
  const view = (visitor, minutes, path) => ({ kind: "page_view", visitor, session: `s-${visitor}`, ts: now - minutes * 60_000, url: `https://bottega.example${path}`, title: path });
  const items = [{ id: "livorno", name: "Livorno", quantity: 2 }];
  const events = [
    view("v1", 4, "/"), view("v1", 3, "/scarpe"), view("v2", 2, "/"),
    { ...view("v1", 3, "/scarpe"), kind: "vital", name: "LCP", value: 5200 },
    { ...view("v1", 2, "/scarpe"), kind: "error", message: "TypeError: x" },
    { ...view("v1", 2, "/cassa"), kind: "identify", user: PERSON, traits: { name: "Mario Rossi" } },
    { ...view("v1", 1, "/cassa"), kind: "order", user: PERSON, order_id: "B-1", items, revenue: { amount: "258.00", currency: "EUR" } },
    ...["newsletter_sent", "newsletter_open", "newsletter_click"].map((kind) => ({ kind, user: PERSON, ts: now - 600_000, campaign: "saldi", message: "m", link: "hero" })),
    { kind: "ticket_opened", user: PERSON, ts: now - 500_000, ticket: "T-1", subject: "Pacco" },
  ];
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  const make = async (what, body) => {
    const made = await fetch(`${orma.base}/api/v1/sites/demo/${what}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(made.status, 201);
    return made.json();
  };
  await make("segments", { name: "Ordered", condition: { did: { event: { kind: "order" } } } });
  const steps = [{ kind: "page_view" }, { kind: "order" }];
  const { report } = await make("reports", { name: "Checkout", question: "funnels", body: { steps }, period: "7d" });
  const numbers = await make("reports", { name: "Visitors", question: "stats", body: { metrics: "visitors", interval: "day" }, period: "7d" });
  await make("boards", { name: "Monday", cards: [{ report }, { report: numbers.report, size: "full" }] });
  await make("alerts", { name: "Few", watched: { report: numbers.report, number: "/totals/visitors", rule: { below: 1 }, every: "week" } });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=orders&from=2020-01-01&to=2100-01-01")).totals?.orders === 1);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

const ready = (selector) => (page) => page.locator(selector).first().waitFor();
/** Leaves an answer of the API open, so that the page stays as it is while it loads. */
const holding = (pattern) => async (page) => page.route(pattern, () => {});
const failing = (pattern) => async (page) => page.route(pattern, (route) => route.fulfill({ status: 503, contentType: "application/json", body: '{"error":{"code":"busy","message":"busy"}}' }));

const person = encodeURIComponent(PERSON);
/** Each page and state: its name, its address, what to do before and after it is opened, and what holds however it is looked at. */
const STATES = [
  ["overview", "/sites/demo/overview", {
    after: (page) => page.locator(".chart-table summary").click(),
    // What scrolls can be reached without a mouse.
    always: async (page) => assert.equal(await page.locator(".chart-table .table-scroll").getAttribute("tabindex"), "0"),
  }],
  ["overview that nothing matches", "/sites/demo/overview?filter=page:is:%2Fnone"],
  ["overview that failed", "/sites/demo/overview", { before: failing("**/stats?*") }],
  ["live", "/sites/demo/live", { after: ready("[data-testid=live-card]") }],
  ["live that was paused", "/sites/demo/live", { after: async (page) => {
    await page.locator("[data-testid=live-card]").first().waitFor();
    await page.locator(".live-stream button[aria-pressed]").click();
  } }],
  ["live without a connection", "/sites/demo/live", { before: async (page) => page.route("**/api/v1/**/live", (route) => route.abort()), after: ready("[data-testid=live-lost]") }],
  ["people", "/sites/demo/people"],
  ["people, none", "/sites/demo/people?search=nobody-at-all"],
  ["funnel", "/sites/demo/funnels"],
  ["funnel that is told", "/sites/demo/funnels?step=page:&step=kind:order&breakdown=kind&trend=day&behind=1.dropped", { after: ready("[data-testid=people-behind] li") }],
  ["funnel that is refused", "/sites/demo/funnels?step=page:&step=kind:order&window=400d", { after: ready("[role=alert]") }],
  ["funnel while its values are offered", "/sites/demo/funnels", { after: async (page) => {
    await page.getByRole("combobox").nth(1).click();
    await page.locator(".value-options li").first().waitFor();
  } }],
  ["retention", "/sites/demo/retention?stretch=day", { after: ready("[data-testid=retention-table]") }],
  ["attribution", "/sites/demo/attribution", { after: ready("[data-testid=attribution-table]") }],
  ["segments", "/sites/demo/segments", { after: async (page) => {
    await page.getByTestId("segments").waitFor();
    await page.locator(".segment-more summary").click();
  } }],
  ["segment", "/sites/demo/segments", { after: async (page) => {
    await page.getByRole("link", { name: "Ordered", exact: true }).click();
    await page.getByTestId("members").waitFor();
  } }],
  ["segment to be pulled", "/sites/demo/segments", { after: async (page) => {
    await page.getByRole("link", { name: "Ordered", exact: true }).click();
    await page.getByRole("tab").nth(2).click();
  } }],
  ["segment that is put together", `/sites/demo/segments/new?condition=${encodeURIComponent(JSON.stringify(RULE))}`, { after: ready("[data-testid=preview-count]") }],
  ["segment that is refused", `/sites/demo/segments/new?condition=${encodeURIComponent(JSON.stringify({ did: { event: { kind: "none" } } }))}`, { after: ready(".rule-row [role=alert]") }],
  ["list that is put together", "/sites/demo/segments/new?made=list", { after: async (page) => {
    await page.locator("textarea").fill("a\nb");
    await page.locator(".save-bar button").click();
  } }],
  ["people behind a number who are to be kept", "/sites/demo/funnels?step=page:&step=kind:order&behind=1.dropped", { after: async (page) => {
    await page.getByTestId("people-behind").locator(".popover > button").click();
    await page.locator(".popover-panel .button-main").waitFor();
  } }],
  ["reports", "/sites/demo/reports", { after: ready("[data-testid=reports]") }],
  ["report", "/sites/demo/reports", { after: async (page) => {
    await page.getByRole("link", { name: "Checkout", exact: true }).click();
    await page.locator(".report-headline").waitFor();
  } }],
  ["question that is to be kept", "/sites/demo/funnels?step=page:&step=kind:order", { after: async (page) => {
    await page.locator(".page-controls .popover > button").first().click();
    await page.locator(".popover-panel .button-main").waitFor();
  } }],
  ["board", "/sites/demo/boards", { after: async (page) => {
    await page.getByRole("link", { name: "Monday", exact: true }).click();
    await page.locator(".board-card .bars").waitFor();
  } }],
  ["alerts", "/sites/demo/alerts", { after: ready("[data-testid=alerts]") }],
  ["alert", "/sites/demo/alerts", { after: async (page) => {
    await page.getByRole("link", { name: "Few", exact: true }).click();
    await page.getByTestId("alert-looks").waitFor();
  } }],
  ["alert that is put together", "/sites/demo/alerts/new", { after: async (page) => {
    await page.locator("form .board-add button").click();
    await page.locator("form .board-add [role=alert]").waitFor();
  } }],
  ["paths", "/sites/demo/paths?nodes=all", { after: ready("[data-testid=paths-table]") }],
  ["paths that were walked backward", "/sites/demo/paths?nodes=all&end=kind:order&trail=page:%2Fcassa", { after: ready("[data-testid=paths-trail]") }],
  ["paths that nobody took", "/sites/demo/paths?start=page:%2Fnone", { after: ready(".state") }],
  ["touchpoints", "/sites/demo/touchpoints?support=5&breakdown=device_class", { after: ready("[data-testid=touchpoints-breakdown]") }],
  ["touchpoint that is looked at", "/sites/demo/touchpoints?shade=lost&compare=previous&cell=site,pre_purchase&behind=all", { after: ready("[data-testid=people-behind] li") }],
  ["touchpoints where nobody was", "/sites/demo/touchpoints?period=custom&from=2020-01-01&to=2020-01-02", { after: ready(".state") }],
  ["touchpoints that failed", "/sites/demo/touchpoints", { before: failing("**/api/v1/**/touchpoints"), after: ready(".state-error") }],
  ["journey map", "/sites/demo/journeys?support=5&breakdown=device_class&compare=previous", { after: ready("[data-testid=journeys-breakdown]") }],
  ["journey map of pages", `/sites/demo/journeys?node=page&staged=with&detail=all&behind=${encodeURIComponent('{"edge":{"node":{"value":"/","stage":"pre_purchase"}}}')}`, { after: ready("[data-testid=people-behind] li") }],
  ["journey map without journeys", "/sites/demo/journeys?period=custom&from=2020-01-01&to=2020-01-02", { after: ready(".state") }],
  ["SQL", "/sites/demo/sql", { after: async (page) => {
    await page.locator(".sql-views summary").first().click();
    await page.locator(".sql-columns li").first().waitFor();
  } }],
  ["SQL that is answered", `/sites/demo/sql?query=${encodeURIComponent("SELECT kind, count() AS events FROM events GROUP BY kind")}`, { after: async (page) => {
    await page.locator(".sql-actions .button-main").click();
    await page.getByTestId("sql-table").waitFor();
  } }],
  ["SQL that is wrong", `/sites/demo/sql?query=${encodeURIComponent("SELECT FRM events x y")}`, { after: async (page) => {
    await page.locator(".sql-actions .button-main").click();
    await page.getByTestId("sql-error").waitFor();
  } }],
  ["journey", `/sites/demo/people/${person}`, { after: ready("[data-testid=journey-step]") }],
  ["journey while it loads", `/sites/demo/people/${person}`, { before: holding("**/api/v1/**/people/**") }],
  ["journey that failed", `/sites/demo/people/${person}`, { before: failing("**/api/v1/**/people/**") }],
  ["unknown person", "/sites/demo/people/nobody", { after: ready(".state") }],
  ["quality", "/sites/demo/quality"],
  ["accounting", "/sites/demo/accounting"],
  ["newsletter", "/sites/demo/newsletter"],
  ["installation", "/sites/demo/installation"],
  ["settings", "/sites/demo/settings"],
  ["about", "/sites/demo/about"],
  ["no such page", "/sites/demo/none"],
  ["no such address", "/none/at/all"],
  ["unknown site", "/sites/none/overview"],
  ["sites while they load", "/sites/demo/overview", { before: holding("**/api/v1/sites") }],
  ["sites that failed", "/sites/demo/overview", { before: failing("**/api/v1/sites") }],
];

/** What axe finds, in few words. */
async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary.replace(/\s+/g, " ")}`));
}

/** Opens a page, and looks at it in each of these colours and widths. */
async function look(page, name, address, views, { before: prepare, after: act, always } = {}) {
  await prepare?.(page);
  await show(page, views[0]);
  await page.goto(orma.base + address);
  // One heading of the first level, whatever the page is doing.
  await page.locator("h1").first().waitFor({ state: "attached" });
  // What is older than the question is dimmed until the answer is there.
  if (!prepare) await page.waitForFunction(() => !document.querySelector(".skeleton, [data-stale]"));
  await act?.(page);
  const said = [];
  for (const view of views) {
    await show(page, view);
    await always?.(page);
    const heads = await page.locator("h1").count();
    const found = [...(heads === 1 ? [] : [`${heads} h1`]), ...(await violations(page))];
    said.push(...found.map((what) => `${name}, ${view.join(", ")}: ${what}`));
  }
  return said;
}

/** Changes colours and width, and waits until the page has drawn itself in them. */
async function show(page, [colorScheme, size]) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(SIZES[size]);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Without movement: a colour in the middle of a transition is nobody's choice. */
const context = (language) => browser.newContext({ locale: language, viewport: SIZES.wide, reducedMotion: "reduce", bypassCSP: true });

/** Every two of language, colours and width meet once. */
const VIEWS = {
  it: [["light", "wide"], ["dark", "phone"]],
  en: [["light", "phone"], ["dark", "wide"]],
};

for (const [language, views] of Object.entries(VIEWS)) {
  test(`${language}, ${views.map((view) => view.join(" and ")).join(", then ")}`, async () => {
    const opened = await context(language);
    const page = await opened.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const said = await look(page, "sign in", "/sign-in", views);
    await enter(page);
    for (const [index, [name, address, steps]] of STATES.entries()) {
      // Every other page is opened in the colours and the width in which the others are looked at afterwards.
      const inTurn = index % 2 ? views.toReversed() : views;
      // One page that does not come must not hide what is wrong with the others.
      said.push(...(await look(page, name, address, inTurn, steps).catch((error) => [`${name}: ${error}`])));
      await page.unrouteAll({ behavior: "ignoreErrors" });
    }
    await opened.close();
    assert.deepEqual(said, []);
  });
}

test("what is wrong is found", async () => {
  const opened = await context("it");
  const page = await opened.newPage();
  await page.setContent('<html lang="it"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>');
  assert.match((await violations(page)).join(), /^image-alt: img/);
  await opened.close();
});

test("the language buttons are called what they show, in the dashboard and in the shop", async () => {
  const opened = await context("it");
  const page = await opened.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${orma.base}/sign-in`);
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await page.getByRole("button", { name: "IT", exact: true }).waitFor();
  await page.goto(`${orma.base}/demo/`);
  await page.getByRole("button", { name: "English", exact: true }).click();
  await page.getByRole("button", { name: "Italiano", exact: true }).waitFor();
  await opened.close();
});
