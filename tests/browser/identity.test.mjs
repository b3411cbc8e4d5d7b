// Whose ids are one person: looked at, parted with a preview, undone; and who has too many ids, from the list of people on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, PATIENCE_MS, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const DAY_MS = 86_400_000;
const hostile = `<img src=x onerror="window.hacked=1">`;
let orma, browser, page;

const send = async (body) => {
  const answer = await fetch(`${orma.base}/v1/events`, { method: "POST", body: JSON.stringify({ site: "demo", sent_at: new Date().toISOString(), ...body }) });
  assert.deepEqual([answer.status, (await answer.json()).rejected], [200, []]);
};
const at = (ago_ms) => new Date(Date.now() - ago_ms).toISOString();

before(async () => {
  orma = await startOrma();
  // A family's tablet, a phone, and a browser of nobody; and thirty browsers of a placeholder.
  for (const [visitor, user] of [["tablet", "anna"], ["phone", "anna"], [hostile, "anna"], ["stranger", undefined], ...Array.from({ length: 30 }, (_, number) => [`kiosk-${number}`, "ospite"])]) {
    const events = [{ kind: "page_view", ts: at(DAY_MS), url: "https://b.example/" }];
    if (user) events.push({ kind: "identify", ts: at(DAY_MS - 60_000), user });
    await send({ visitor, session: "s", events });
  }
  await waitFor("everybody", async () => (await orma.ask("/api/v1/sites/demo/people?limit=1000")).items.length === 3);
  browser = await startBrowser();
  page = await signedIn(browser, orma.base, { locale: "it-IT", timezoneId: "Europe/Rome" });
  page.setDefaultTimeout(PATIENCE_MS);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

const eventsOf = async (person) => (await orma.ask(`/api/v1/sites/demo/people/${encodeURIComponent(person)}`)).events;

test("an id is taken out with a preview, the toast undoes it, and the history tells both", async () => {
  await page.goto(`${orma.base}/sites/demo/people/anna`);
  await page.getByText("Identità", { exact: true }).click();
  await page.waitForURL(/of=identity/);
  const ids = page.getByTestId("identity-ids");
  await waitFor("the ids", async () => (await ids.locator("tbody tr").count()) === 4);
  await ids.getByRole("checkbox", { name: "Togli tablet dalla persona" }).click();
  await page.waitForURL(/take=tablet/);
  await page.getByRole("button", { name: "Togli 1 identificativo" }).click();
  const preview = page.getByTestId("identity-preview");
  await waitFor("the preview", async () => (await preview.getByTestId("preview-person").count()) === 3);
  assert.match(await preview.innerText(), /Ora: 1 persona/);
  assert.match(await preview.innerText(), /Poi: 2 persone/);
  assert.equal(await eventsOf("anna"), 6, "nothing was written to find that out");
  await preview.getByRole("button", { name: "Conferma" }).click();
  await waitFor("the ids without it", async () => (await ids.locator("tbody tr").count()) >= 3 && (await eventsOf("anna")) === 5);
  assert.equal((await orma.ask("/api/v1/sites/demo/people/tablet")).person, "tablet");
  await page.getByTestId("identity-toast").getByRole("button", { name: "Annulla" }).click();
  await waitFor("what was", async () => (await eventsOf("anna")) === 6);
  await waitFor("the history", async () => /annullato/.test(await page.getByTestId("identity-history").innerText()));
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

test("an id of nobody is joined after what would change was seen", async () => {
  await page.goto(`${orma.base}/sites/demo/people/anna?of=identity`);
  await page.getByLabel("L’identificativo", { exact: true }).fill("stranger");
  await page.getByRole("button", { name: "Vedi che cosa cambierebbe" }).click();
  const preview = page.getByTestId("identity-preview");
  await waitFor("the preview", async () => (await preview.getByTestId("preview-person").count()) === 3);
  await preview.getByRole("button", { name: "Conferma" }).click();
  await waitFor("the stranger", async () => (await orma.ask("/api/v1/sites/demo/people/stranger")).person === "anna");
  // From the history, after the page was opened anew.
  await page.reload();
  await page.getByTestId("identity-history").getByRole("button", { name: /^Annulla: stranger/ }).click();
  await waitFor("the preview", async () => (await preview.getByTestId("preview-person").count()) === 3);
  await preview.getByRole("button", { name: "Conferma" }).click();
  await waitFor("nobody's again", async () => (await orma.ask("/api/v1/sites/demo/people/stranger")).person === "stranger");
});

test("who has too many ids is found from the list of people, with the id that did it", async () => {
  await page.goto(`${orma.base}/sites/demo/people`);
  await page.getByRole("link", { name: "Chi ha troppi identificativi?" }).click();
  const list = page.getByTestId("suspicious");
  await waitFor("the placeholder", async () => (await list.locator("[data-person=ospite]").count()) === 1);
  assert.match(await list.innerText(), /30 identificativi visitatore/);
  assert.match(await list.innerText(), /30 identificativi su 31 dipendono da ospite/);
  await page.getByLabel("Identificativi visitatore").fill("31");
  await page.getByLabel("Identificativi visitatore").press("Enter");
  await page.waitForURL(/min_visitors=31/);
  await page.getByText("Nessuno è sospetto").waitFor();
  await page.goBack();
  await page.goto(`${orma.base}/sites/demo/suspicious`);
  await list.getByRole("link", { name: "Separa lì …" }).click();
  await page.waitForURL(/take=ospite/);
  await page.getByRole("button", { name: /^Togli \d+ identificativ/ }).click();
  const preview = page.getByTestId("identity-preview");
  await waitFor("everybody", async () => /Poi: 31 persone/.test(await preview.innerText()));
});

test("who may only read sees what would change and cannot do it", async () => {
  const made = await fetch(`${orma.base}/api/v1/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ role: "analyst", name: "reader", site: "demo" }),
  });
  const { secret } = await made.json();
  const reader = await signedIn(browser, orma.base, { locale: "en-GB" }, secret);
  await reader.goto(`${orma.base}/sites/demo/people/anna?of=identity&take=phone`);
  await reader.getByRole("button", { name: "Take 1 id out" }).click();
  await reader.getByText("Only an administrator can change this.").waitFor();
  assert.equal(await reader.getByRole("button", { name: "Do it" }).count(), 0);
});
