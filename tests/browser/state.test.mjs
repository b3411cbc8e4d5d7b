// What every page says while numbers are not complete or do not add up.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const VIEWS = 12;
let orma, browser;

before(async () => {
  orma = await startOrma({ ORMA_ACCOUNTING_SECONDS: "1" });
  browser = await startBrowser();
  const now = Date.now();
  // The last days, two views each; the newest are of today.
  const events = Array.from({ length: VIEWS }, (_, index) => ({
    kind: "page_view", visitor: `v${index}`, user: `u${index}`, session: `s${index}`, url: "https://b.example/", ts: new Date(now - index * 43_200_000).toISOString(),
  }));
  // A server's word on when something happened is believed.
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: VIEWS, rejected: [] });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/accounting")).totals.stored === VIEWS);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

/** Asks the store itself, past orma. */
async function sql(text) {
  const endpoint = new URL((await readFile(join(orma.dataDir, "engine", "connection"), "utf8")).trim());
  const answer = await fetch(`${endpoint.origin}/?database=${endpoint.pathname.slice(1)}`, {
    method: "POST",
    headers: { "x-clickhouse-user": decodeURIComponent(endpoint.username), "x-clickhouse-key": decodeURIComponent(endpoint.password) },
    body: text,
  });
  const said = await answer.text();
  assert.equal(answer.status, 200, said);
  return said;
}

test("while visits are made anew a line says how far it is, in both languages, and goes when they are", async () => {
  await waitFor("the visits", async () => (await sql("SELECT count() FROM touched")).trim() === "0");
  // Without this table none of visitors that have a user are made, so that the line stays.
  await sql("RENAME TABLE identity_edges TO identity_edges_away");
  await sql("INSERT INTO touched SELECT 'anew', site, toDate(ts), visitor, visitor_hash, session_hash, now64(3) FROM events WHERE ts < now() - INTERVAL 2 DAY");
  const left = Number(await sql("SELECT count() FROM touched WHERE because = 'anew'"));
  assert.ok(left > 2, `${left}`);
  const page = await signedIn(browser, orma.base, { locale: "en-GB" });
  await page.goto(`${orma.base}/sites/demo/accounting`);
  const line = page.getByTestId("making-visits");
  await waitFor("the line", async () => {
    await page.reload();
    await page.locator(".shell-nav").waitFor();
    return (await line.count()) > 0;
  });
  const text = await line.innerText();
  assert.match(text, new RegExp(`${left} sessions are left, 0\\s?% is done. Numbers of the days up to \\d+ \\w+ \\d{4} are not complete yet`));
  assert.equal(await line.locator("progress").evaluate((bar) => bar.value), 0);
  await page.getByRole("button", { name: "IT", exact: true }).click();
  assert.match(await line.innerText(), new RegExp(`Mancano ${left} sessioni, è fatto il 0\\s?%`));
  await sql("RENAME TABLE identity_edges_away TO identity_edges");
  // Nobody reloads.
  await line.waitFor({ state: "detached" });
  await page.context().close();
});

test("what is too much in the store is no loss: the page says how many, since when and what to do", async () => {
  await sql("INSERT INTO events SELECT * REPLACE (generateUUIDv7() AS event_id) FROM events LIMIT 3");
  await waitFor("the alarm", async () => (await orma.ask("/api/v1/sites")).items[0].surplus_events === 3);
  const page = await signedIn(browser, orma.base, { locale: "en-GB" });
  await page.goto(`${orma.base}/sites/demo/accounting`);
  await page.locator("[data-testid=accounting-status][data-status=surplus]").waitFor();
  assert.equal(await page.getByTestId("alarm").innerText(), "3 events too many in the store");
  const verdict = await page.getByTestId("accounting-status").innerText();
  assert.match(verdict, /3 events in the store were counted by no collector. Nothing is lost/);
  assert.match(verdict, /received in the hour from \w+,? \d+ \w+ \d{4}, \d\d:00/);
  assert.match(verdict, /orma accounts write-off demo/);
  assert.doesNotMatch(verdict, /missing/);
  assert.match(await page.getByTestId("accounting-too_many").innerText(), /^3\s/);
  assert.match(await page.locator(".flow-equations").innerText(), /accepted = stored \+ duplicates \+ pending − too many/);
  await page.getByRole("button", { name: "IT", exact: true }).click();
  assert.equal(await page.getByTestId("alarm").innerText(), "3 eventi di troppo nell’archivio");

  // A loss beside it is told first, and for itself.
  await sql(`DELETE FROM events WHERE visitor IN (${Array.from({ length: 10 }, (_, index) => `'v${index}'`)}) SETTINGS mutations_sync = 1`);
  await waitFor("the loss", async () => {
    const { gap_events: all, surplus_events: surplus } = (await orma.ask("/api/v1/sites")).items[0];
    return all - surplus > 0;
  });
  await page.locator("[data-testid=accounting-status][data-status=gap]").waitFor();
  await page.context().close();
});
