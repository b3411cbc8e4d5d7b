// A person walks the demo shop in a real browser, and an analyst watches the journey grow in another.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE_MS, startBrowser, startOrma, waitFor } from "./orma.mjs";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** A signed-in dashboard in Italian. */
async function openDashboard() {
  const context = await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome" });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

test("each step of a visit appears in the journey, the anonymous ones become the person's, and the slow page is seen", async (t) => {
  const shopper = await (await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome" })).newPage();
  shopper.setDefaultTimeout(PATIENCE_MS);
  const errors = [];
  shopper.on("pageerror", (error) => errors.push(String(error)));

  const analyst = await openDashboard();
  await analyst.goto(orma.signInLink);
  await analyst.waitForURL(/\/sites\/demo\//);
  assert.ok(!analyst.url().includes("code="), "the one-time code leaves the address bar");

  await shopper.goto(`${orma.base}/demo/`);
  const visitor = await waitFor("the visitor's id", () => shopper.evaluate(() => localStorage.getItem("orma.visitor") ?? undefined));
  const id = visitor.replace(/^"|"$/g, "");
  await waitFor("the visitor in the store", async () => {
    const people = await orma.ask("/api/v1/sites/demo/people");
    return people.items.some((person) => person.person === id);
  });
  await analyst.goto(`${orma.base}/sites/demo/people/${encodeURIComponent(id)}`);

  const latencies = [];
  const step = async (what, selector, action) => {
    const started = Date.now();
    await action();
    await analyst.locator(selector).first().waitFor();
    latencies.push([what, Date.now() - started]);
  };
  const pageStep = (path) => `[data-testid="journey-step"][data-kind="page_view"][data-path="${path}"]`;
  const kindStep = (kind) => `[data-testid="journey-step"][data-kind="${kind}"]`;

  await step("home", pageStep("/demo/"), async () => {});
  await step("list", pageStep("/demo/scarpe.html"), () => shopper.goto(`${orma.base}/demo/scarpe.html`));
  await step("product", pageStep("/demo/prodotto.html"), () => shopper.locator("a[data-product]").first().click());
  await step("view_item", kindStep("view_item"), async () => {});
  await step("add to cart", kindStep("add_to_cart"), () => shopper.locator("#add-to-cart").click());
  await step("search", kindStep("search"), async () => {
    await shopper.locator("#search-field").first().fill("stivali");
    await shopper.locator("#search-field").first().press("Enter");
  });
  await step("basket", pageStep("/demo/carrello.html"), () => shopper.goto(`${orma.base}/demo/carrello.html`));
  await step("checkout", pageStep("/demo/cassa.html"), () => shopper.locator("#go-to-checkout").click());

  await shopper.locator("#checkout-name").fill("Mario Rossi");
  await shopper.locator("#checkout-email").fill("mario@example.it");
  await step("order", kindStep("order"), () => shopper.locator("#place-order").click());
  await shopper.waitForURL(/grazie\.html/);

  // Under the person's own name, the steps before the order are there.
  await analyst.goto(`${orma.base}/sites/demo/people/${encodeURIComponent("mario@example.it")}`);
  await analyst.locator(pageStep("/demo/grazie.html")).first().waitFor();
  for (const path of ["/demo/", "/demo/scarpe.html", "/demo/prodotto.html", "/demo/carrello.html", "/demo/cassa.html"]) {
    await analyst.locator(pageStep(path)).first().waitFor();
  }
  assert.equal(await analyst.locator(`${pageStep("/demo/")}`).first().getAttribute("data-anonymous"), "true");
  assert.equal(await analyst.locator(`${pageStep("/demo/grazie.html")}`).first().getAttribute("data-anonymous"), "false");
  const person = await orma.ask("/api/v1/sites/demo/people/mario@example.it");
  assert.equal(person.traits.name, "Mario Rossi");
  assert.equal(person.orders, 1);

  // The slow page: its vitals are measured in this browser and stand on the quality page.
  await shopper.goto(`${orma.base}/demo/lenta.html`);
  await shopper.locator("#slow-button").click();
  await shopper.waitForTimeout(500);
  await shopper.goto(`${orma.base}/demo/`);
  await waitFor("the slow page's LCP", async () => {
    const quality = await orma.ask("/api/v1/sites/demo/quality/web?group_by=page");
    const row = quality.rows.find((row) => row.dimension === "/demo/lenta.html");
    return row?.vitals.some((vital) => vital.name === "LCP" && vital.rating === "poor");
  });
  await analyst.goto(`${orma.base}/sites/demo/quality`);
  await analyst.locator(`[data-testid="quality-row"][data-dimension="/demo/lenta.html"]`).waitFor();

  assert.deepEqual(errors, [], "the shop's own pages raise no error");
  for (const [what, ms] of latencies) t.diagnostic(`${what}: in the journey after ${ms} ms, the click's own time included`);
});

test("what a visit leaves adds up in the accounting page", async () => {
  const analyst = await openDashboard();
  await analyst.goto(`${orma.base}/sign-in`);
  await analyst.locator("input").first().fill("admin-token-of-the-browser-tests");
  await analyst.keyboard.press("Enter");
  await analyst.waitForURL(/\/sites\/demo\//);
  await analyst.goto(`${orma.base}/sites/demo/accounting`);
  await analyst.locator(`[data-testid="accounting-status"][data-status="balanced"]`).waitFor();
});
