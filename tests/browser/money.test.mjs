// Who sells sees in the overview what came of pages, campaigns and products; two admins change one site at a time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

let orma, browser;
const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** A visit from a campaign that buys, and one that only looks. */
async function sell() {
  const shoe = { id: "p1", name: "Scarpa, rossa", category: "Sandali", price: "60.00" };
  const view = (visitor, query) => ({ visitor, session: `${visitor}-1`, kind: "page_view", url: `https://b.example/scarpe/rosse${query}` });
  const body = {
    site: "demo",
    events: [
      view("anna", "?utm_source=news&utm_medium=email&utm_content=bottone"),
      { visitor: "anna", session: "anna-1", kind: "order", items: [{ ...shoe, quantity: 2 }], revenue: { amount: "125", currency: "EUR" } },
      view("bruno", ""),
      { visitor: "bruno", session: "bruno-1", kind: "view_item", items: [shoe] },
    ],
  };
  // One after the other: an event without a page at the same moment would be where the visit began.
  body.events.forEach((event, index) => (event.ts = Date.now() - 10_000 + index * 1_000));
  const answer = await fetch(`${orma.base}/v1/events`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.deepEqual(await answer.json(), { accepted: 4, rejected: [] });
  await waitFor("the order", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=orders,events")).totals.events === 4);
}

test("the lists show the chosen number, its share and the conversion, and a row becomes a filter", async () => {
  await sell();
  const page = await signedIn(browser, orma.base, { locale: "it-IT" });
  await page.goto(`${orma.base}/sites/demo/overview`);
  await page.getByTestId("headline-revenue").click();
  const card = (title) => page.locator(".top-card", { has: page.getByRole("heading", { name: title, exact: true }) });
  const row = async (title, label) => {
    const found = card(title).locator(".bar-row", { hasText: label });
    await found.waitFor();
    // Until the answer is there, the rows of the number before stand dimmed.
    await page.waitForFunction(() => !document.querySelector("[data-stale]"));
    return (await found.locator(".bar-label, .bar-cell, .bar-value").allInnerTexts()).map((text) => text.split("\n")[0].replace(/\u00a0/g, " ").replace(/ [A-Z][a-z].*$/, "").trim());
  };
  // The order has shipping in it; the product has not.
  await card("Prodotti").locator(".bar-heads", { hasText: "Ricavi dei prodotti" }).waitFor();
  assert.deepEqual((await row("Prodotti", "Scarpa, rossa")).slice(1), ["100%", "50%", "120,00 €"]);
  await card("Da dove arrivano").getByRole("tab", { name: "utm_content" }).click();
  assert.deepEqual(await row("Da dove arrivano", "bottone"), ["bottone", "100%", "100%", "125,00 €"]);
  await card("Pagine").getByRole("tab", { name: "Sezioni" }).click();
  assert.deepEqual(await row("Pagine", "/scarpe"), ["/scarpe", "100%", "50%", "125,00 €"]);

  await card("Prodotti").locator("button.bar-row", { hasText: "Scarpa, rossa" }).click();
  await page.locator(".chip", { hasText: "Prodotto è Scarpa, rossa" }).waitFor();
  await waitFor("both visitors", async () => (await page.getByTestId("headline-visitors").innerText()).includes("2"));
  await page.goto(`${orma.base}/sites/demo/overview?filter=city:is:Atlantide`);
  await page.getByRole("heading", { name: "Nulla corrisponde a questo filtro" }).waitFor();
  await page.context().close();
});

test("two admins with the settings open undo nothing of each other's", async () => {
  const made = { site: "shop", name: "Bottega", origins: ["https://shop.example"] };
  const answer = await fetch(`${orma.base}/api/v1/sites`, { method: "POST", headers, body: JSON.stringify(made) });
  assert.equal(answer.status, 201);
  const admin = () => signedIn(browser, orma.base, { locale: "en-GB" });
  const [one, other] = [await admin(), await admin()];
  const form = (page) => page.getByRole("region", { name: "This site" });
  for (const page of [one, other]) {
    await page.goto(`${orma.base}/sites/shop/settings`);
    await form(page).getByLabel("Currency").waitFor();
  }
  const save = async (page, label, value) => {
    await form(page).getByLabel(label).fill(value);
    await form(page).getByRole("button", { name: "Save", exact: true }).click();
    await form(page).getByText("Saved.").waitFor();
  };
  await save(one, "Currency", "CHF");
  await save(other, "Time zone", "Europe/Zurich");
  assert.equal(await form(other).getByLabel("Currency").inputValue(), "CHF", "what is there now is shown");
  const settings = await orma.ask("/api/v1/sites/shop/settings");
  assert.deepEqual([settings.name, settings.currency, settings.timezone], ["Bottega", "CHF", "Europe/Zurich"]);
  for (const page of [one, other]) await page.context().close();
});
