// A shop sets its site up in the dashboard, puts the line on its pages, and sees whether it works.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, PATIENCE_MS, enter, startBrowser, startOrma, waitFor } from "./orma.mjs";

// A headless browser says so in its user agent, and would be a bot.
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

let orma, browser;
const shops = [];

/** A site on an origin of its own, with what is in its pages' head. */
async function startShop() {
  const shop = { head: "" };
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><html><head><title>Bottega</title>${shop.head}</head><body><h1>Scarpe</h1></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  shop.origin = `http://127.0.0.1:${server.address().port}`;
  shop.stop = () => new Promise((resolve) => server.close(resolve));
  shops.push(shop);
  return shop;
}

async function newPage(locale = "en-GB") {
  const context = await browser.newContext({ locale, timezoneId: "Europe/Rome", userAgent: CHROME });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

async function signIn(page, token) {
  await page.goto(`${orma.base}/sign-in`);
  await enter(page, token);
}

const visit = async (address) => {
  const page = await newPage("it-IT");
  await page.goto(address);
  return page;
};

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const shop of shops) await shop.stop();
  await orma?.stop();
});

test("a site is added, its line pasted into a page of another origin, and its first event is seen", async () => {
  const shop = await startShop();
  const page = await newPage();
  await signIn(page, ADMIN_TOKEN);
  // The first page leads from the demo's site to one's own.
  await page.locator("[data-testid=welcome] a", { hasText: "Add my site" }).click();
  const form = page.locator("[data-testid=add-site]");
  await form.getByLabel("Name", { exact: true }).fill("La Bottega");
  // As it stands in the address bar.
  await form.getByLabel("Address of the site").fill(`${shop.origin}/scarpe?a=b`);
  assert.equal(await form.getByLabel("Name in addresses").inputValue(), "la-bottega");
  await form.locator("button[type=submit]").click();
  await page.waitForURL(/\/sites\/la-bottega\/installation/);

  const state = page.locator("[data-testid=installation-state]");
  await state.waitFor();
  assert.equal(await state.getAttribute("data-state"), "waiting");
  const line = await page.getByRole("region", { name: "Code: The line for this site" }).innerText();
  assert.match(line, /^<script defer src="http:\/\/127\.0\.0\.1:\d+\/orma\.js" data-site="wk_[0-9a-f]+"><\/script>$/);
  shop.head = line;
  await visit(`${shop.origin}/scarpe`);
  await page.locator("[data-testid=installation-state][data-state=works]").waitFor();
  const host = new URL(shop.origin).host;
  await page.locator("[data-testid=latest-events]", { hasText: `Page viewed ${host}/scarpe` }).waitFor();

  // The same line on an origin that is not the site's.
  const other = await startShop();
  other.head = line;
  const stranger = await visit(`${other.origin}/`);
  const refusal = page.locator("[data-testid=refusals] li", { hasText: other.origin });
  await refusal.waitFor();
  assert.match(await refusal.innerText(), /Origin not allowed/);
  assert.equal(await state.getAttribute("data-state"), "partly");
  await refusal.getByRole("button", { name: "Allow this origin" }).click();
  await refusal.getByText("Allowed.").waitFor();
  await stranger.reload();
  await page.locator("[data-testid=latest-events]", { hasText: new URL(other.origin).host }).waitFor();
  const settings = await orma.ask("/api/v1/sites/la-bottega/settings");
  assert.deepEqual(settings.origins, [shop.origin, other.origin]);

  // Now there is a site of one's own, and that is where one arrives.
  await page.goto(`${orma.base}/`);
  await page.waitForURL(/\/sites\/la-bottega\/overview/);
  await page.context().close();
});

test("a refused origin is said where one waits for the first visitor", async () => {
  const shop = await startShop();
  const made = await fetch(`${orma.base}/api/v1/sites`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ site: "www", origins: ["https://www.bottega.example"] }),
  });
  const key = (await made.json()).write_keys[0];
  shop.head = `<script defer src="${orma.base}/orma.js" data-site="${key}"></script>`;
  const page = await newPage("it-IT");
  await signIn(page, ADMIN_TOKEN);
  await page.goto(`${orma.base}/sites/www/overview`);
  await page.getByText("In attesa del primo visitatore…").waitFor();
  await visit(`${shop.origin}/`);
  const said = page.locator("[data-testid=welcome-refused]");
  await said.waitFor();
  assert.ok((await said.innerText()).includes(shop.origin));
  await page.goto(`${orma.base}/sites/www/accounting`);
  await page.locator("[data-testid=accounting-status][data-status=refused]").waitFor();
  await page.context().close();
});

test("tokens and keys are shown, made and revoked; who may only read changes nothing", async () => {
  const page = await newPage();
  await signIn(page, ADMIN_TOKEN);
  await page.goto(`${orma.base}/sites/demo/settings`);
  const form = page.locator("[data-testid=add-token]");
  await form.getByLabel("What it is for").fill("Anna");
  await form.locator("button[type=submit]").click();
  const secret = await page.locator("[data-testid=secret]").innerText();
  assert.match(secret, /^orma_[0-9a-f]+$/);
  await page.reload();
  await page.locator("[data-testid=tokens] li", { hasText: "Anna" }).waitFor();
  assert.ok(!(await page.content()).includes(secret));

  await page.locator("[data-testid=write-keys] li", { hasText: "demo" }).waitFor();
  await page.getByRole("button", { name: "New key" }).click();
  const keys = page.locator("[data-testid=write-keys] li");
  await waitFor("the second key", async () => (await keys.count()) === 2);
  const fresh = keys.filter({ hasText: "wk_" });
  await fresh.getByRole("button", { name: /^Revoke/ }).click();
  await fresh.getByRole("button", { name: "Revoke", exact: true }).click();
  await waitFor("the end of the second key", async () => (await keys.count()) === 1);

  await page.getByLabel("Time zone", { exact: true }).first().fill("Europe/Roma");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("This is not a time zone such as Europe/Rome.").waitFor();

  const analyst = await newPage();
  await signIn(analyst, secret);
  await analyst.goto(`${orma.base}/sites/demo/settings`);
  await analyst.getByText("You may look.").waitFor();
  assert.equal(await analyst.getByRole("button", { name: /^Save$|New key|New token|Revoke/ }).count(), 0);
  await analyst.context().close();

  const row = page.locator("[data-testid=tokens] li", { hasText: "Anna" });
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await row.getByRole("button", { name: "Revoke", exact: true }).click();
  await row.waitFor({ state: "detached" });
  await page.context().close();
});

test("a campaign is followed from its mails to its orders, and saved as a file", async () => {
  const ts = Date.now() - 3_600_000;
  const mail = (kind, user, more = {}) => ({ kind, user, campaign: "saldi", message: `m-${user}`, ts, ...more });
  const events = [
    ...["anna", "bruno", "carla", "dino"].map((user) => mail("newsletter_sent", user)),
    mail("newsletter_open", "anna"),
    mail("newsletter_click", "anna", { link: "hero" }),
  ];
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: 6, rejected: [] });
  await waitFor("the mails", async () => (await orma.ask("/api/v1/sites/demo/newsletters")).totals.clicked === 1);
  const page = await newPage("it-IT");
  await signIn(page, ADMIN_TOKEN);
  await page.goto(`${orma.base}/sites/demo/newsletter`);
  const opened = page.locator("[data-testid=newsletter-totals] [data-number=opened]");
  assert.match(await opened.innerText(), /Aperte da persone\s+1\s+25\s*% delle copie inviate/);
  await opened.getByRole("link").click();
  const reader = page.locator("[data-testid=readers] a", { hasText: "anna" });
  await reader.waitFor();
  assert.match(await reader.getAttribute("href"), /\/sites\/demo\/people\/anna/);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Salva in CSV: Campagne" }).click()]);
  const text = await readFile(await file.path(), "utf8");
  assert.match(text, /^\uFEFFcampaign,sent,/);
  assert.match(text, /\r\nsaldi,/);
  await page.locator("[data-testid=newsletter-rows] a", { hasText: "saldi" }).click();
  await page.getByRole("heading", { name: "Link di saldi" }).waitFor();
  await page.locator("[data-testid=newsletter-rows] th", { hasText: "hero" }).waitFor();
  await page.context().close();
});
