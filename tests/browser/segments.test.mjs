// A segment is put together, told, counted, looked at and pulled by a program, which then hears only of who came and went.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const ALL = 8;
const BY_MAIL = 4;
const ORDERED_TWICE = 2;
const HOUR_MS = 3_600_000;

let orma, browser, analyst, puller;
const person = (number) => `u${number}@example.it`;
const ordered = { did: { event: { kind: "order" } } };

/** A server's word on when something happened is believed. */
async function send(events) {
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
}

const did = (number, hours, more) => ({ visitor: `v${number}`, user: person(number), session: `s${number}`, ts: new Date(Date.now() - hours * HOUR_MS).toISOString(), ...more });
const order = (number, name, hours = 2) => did(number, hours, { kind: "order", order_id: `B-${number}-${name}`, revenue: { amount: "10.00", currency: "EUR" } });

async function change(method, path, body, token = ADMIN_TOKEN) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${orma.base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text.startsWith("{") ? JSON.parse(text) : undefined, text };
}
const tokenOf = async (role) => (await change("POST", "/tokens", { role, site: "demo", name: role })).json.secret;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  const people = (count) => Array.from({ length: count }, (_, number) => number);
  const from = (number) => (number < BY_MAIL ? "?utm_source=letter&utm_medium=email" : "");
  await send([
    ...people(ALL).map((number) => did(number, 3, { kind: "page_view", url: `https://b.example/scarpe${from(number)}` })),
    // Of those who came by mail two ordered twice and two once; another ordered twice who did not.
    ...people(BY_MAIL).map((number) => order(number, "a")),
    ...people(ORDERED_TWICE).map((number) => order(number, "b")),
    order(5, "a"), order(5, "b"),
  ]);
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=people,orders")).totals.orders === 8);
  [analyst, puller] = [await tokenOf("analyst"), await tokenOf("segments")];
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

const open = async (path, options = {}) => {
  const page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options }, analyst);
  await page.goto(`${orma.base}/sites/demo/${path}`);
  return page;
};

/** Waits until the page says something, by what it says then when it never does. */
async function says(place, expected) {
  const said = async () => ((await place.count()) === 1 ? (await place.innerText()).replace(/\s+/g, " ") : "");
  await waitFor(`“${expected}”`, async () => expected.test(await said())).catch(async (error) => assert.match(await said(), expected, error.message));
}
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const builder = (name, condition, days = 30) => `segments/new?${new URLSearchParams({ name, condition: JSON.stringify(condition), days })}`;
const make = async (body) => (await change("POST", "/sites/demo/segments", body)).json.segment;
const membersOf = (segment, query = "") => change("GET", `/sites/demo/segments/${segment}/members${query}`, undefined, puller);
const names = (people) => people.map((one) => one.person);

let loyal;

test("an analyst puts a segment together from the empty page, sees it counted, saves it and its members", async () => {
  const page = await open("segments");
  await says(page.locator(".state"), /No segments yet/);
  await page.getByRole("link", { name: "New segment" }).click();
  await says(page.getByTestId("sentence"), /^Everybody who was here in the last 30 days\.$/);
  await says(page.getByTestId("preview-count"), /^8 of 8 people \(100%\)$/);

  await page.getByRole("button", { name: "Save the segment" }).click();
  await says(page.locator(".save-bar").getByRole("alert"), /still missing/);
  await says(page.getByTestId("rule-row"), /This condition is not complete/);
  await page.getByLabel("Name", { exact: true }).fill("Loyal by mail");

  await page.getByLabel("Condition 1: which kind").fill("ord");
  await page.getByRole("option", { name: /^Order/ }).click();
  await page.getByLabel("Condition 1: how many times").fill("2");
  await says(page.getByTestId("preview-count"), /^3 of 8 people \(38%\)$/);
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByLabel("Condition 2: what it is about").selectOption("is");
  await page.getByLabel("Condition 2: value").pressSequentially("e-m");
  await page.getByRole("option", { name: /^E-mail/ }).click();
  await says(page.getByTestId("preview-count"), /^2 of 8 people \(25%\)$/);
  await says(page.getByTestId("sentence"), /^People who ordered at least twice and came by E-mail, in the last 30 days\.$/);
  assert.deepEqual((await page.locator(".preview-sample").getByRole("link").allInnerTexts()).sort(), [person(0), person(1)]);

  // Nothing is lost on the way out and back.
  await page.locator(".preview-sample").getByRole("link").first().click();
  await page.waitForURL(/\/people\//);
  await page.goBack();
  await says(page.getByTestId("preview-count"), /^2 of 8 people/);
  await page.reload();
  await says(page.getByTestId("preview-count"), /^2 of 8 people/);
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Loyal by mail");

  await page.getByRole("button", { name: "Save the segment" }).click();
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  loyal = new URL(page.url()).pathname.split("/").at(-1);
  await says(page.getByTestId("segment-people"), /^2 people/);
  const members = page.getByTestId("members").getByRole("link");
  await waitFor("the members", async () => `${await members.allInnerTexts()}` === `${[person(0), person(1)]}`);

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save all members as CSV" }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), "demo-Loyal by mail.csv");
  const lines = (await readFile(await saved.path(), "utf8")).trimEnd().split(/\r?\n/);
  assert.equal(lines[0], "\ufeffperson,is_member,at");
  assert.deepEqual(lines.slice(1).map((line) => line.split(",")[0]), [person(0), person(1)]);

  await page.getByRole("tab", { name: "Pull by a program" }).click();
  assert.match(await page.locator(".pull").innerText(), new RegExp(`Bearer \\$ORMA_TOKEN.*/segments/${loyal}/members`, "s"));
  await page.getByRole("link", { name: "All segments" }).click();
  await says(page.getByTestId("segments").locator("tbody"), /^Loyal by mail People who ordered at least twice and came by E-mail, in the last 30 days\. 2 /);
  await page.context().close();
});

test("a script pulls the members a few at a time, and then only who came and went; its token reads nothing else", async () => {
  assert.equal((await change("GET", "/sites/demo/people", undefined, puller)).status, 403);
  let answer = await membersOf(loyal, "?limit=1");
  const pulled = [...answer.json.members];
  while (answer.json.more) {
    answer = await membersOf(loyal, `?limit=1&since=${answer.json.cursor}`);
    pulled.push(...answer.json.members);
  }
  assert.deepEqual(names(pulled), [person(0), person(1)]);

  await send([order(2, "b", 1), order(3, "b", 1)]);
  const { cursor } = answer.json;
  const news = await waitFor("who came", async () => {
    const { json } = await membersOf(loyal, `?since=${cursor}`);
    return json.members.length === 2 && json;
  });
  assert.deepEqual(names(news.members).sort(), [person(2), person(3)]);
  assert.deepEqual(news.left, []);

  const page = await open(`segments/${loyal}?part=changes`);
  await says(page.getByTestId("segment-people"), /^4 people/);
  const changes = page.getByTestId("segment-changes").locator("tbody tr");
  await waitFor("four changes", async () => (await changes.count()) === 4);
  assert.match(await changes.first().innerText(), /u[23]@example\.it\s+Entered/);
  await page.context().close();
});

test("a rule is put together by keyboard alone", async () => {
  const page = await open("segments/new");
  await says(page.getByTestId("preview-count"), /^8 of 8/);
  const isAt = (name) => page.evaluate((wanted) => {
    const one = document.activeElement;
    const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText ?? one.innerText;
    return label.trim().startsWith(wanted);
  }, name);
  const tabTo = async (name) => {
    for (let turn = 0; turn < 60; turn++) {
      if (await isAt(name)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the key Tab never came to ${name}`);
  };
  await tabTo("Name");
  await page.keyboard.type("By keyboard");
  await tabTo("Looks back");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("7");
  await tabTo("Condition 1: what it is about");
  await page.keyboard.press("ArrowDown");
  await tabTo("Condition 1: which kind");
  await page.keyboard.type("ord");
  await page.getByRole("option", { name: /^Order/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await says(page.getByTestId("sentence"), /^People who did not order, in the last 7 days\.$/);
  await says(page.getByTestId("preview-count"), /^3 of 8 people/);
  await tabTo("Add a condition");
  await page.keyboard.press("Enter");
  await waitFor("the focus", () => isAt("Condition 2: what it is about"));
  await page.keyboard.press("Tab");
  await waitFor("the focus", () => isAt("Condition 2: remove"));
  await page.keyboard.press("Enter");
  await tabTo("Save the segment");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  await says(page.getByTestId("segment-people"), /^3 people/);
  await page.context().close();
});

test("what the builder has no fields for is told, and stays as it is when the rest is changed", async () => {
  const deep = { all: [{ not: { all: [ordered, { segment: loyal }] } }, ordered] };
  const segment = await make({ name: "From the API", condition: deep, days: 30 });
  const page = await open(`segments/${segment}/edit`);
  await says(page.getByTestId("rule-other"), /^are not among those who \(ordered and are in “Loyal by mail”\)/);
  await page.getByLabel("Name", { exact: true }).fill("Still from the API");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  const kept = await orma.ask(`/api/v1/sites/demo/segments/${segment}`);
  assert.deepEqual([kept.name, kept.condition], ["Still from the API", deep]);

  // Which holds the other one, too.
  await page.goto(`${orma.base}/sites/demo/segments/${loyal}`);
  await page.getByRole("button", { name: "Delete Loyal by mail" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await says(page.locator(".segment-acts").getByRole("alert"), /Another segment asks for the members of this one/);
  await page.goto(`${orma.base}/sites/demo/segments/${segment}`);
  await page.getByRole("button", { name: "Delete Still from the API" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForURL(/\/segments$/);
  assert.equal((await change("GET", `/sites/demo/segments/${segment}`)).status, 404);
  await page.context().close();
});

test("what must hold for an event and for each session is edited, and filters offer the segment by its name", async () => {
  const where = { is: { dimension: "channel", values: ["email"] } };
  const condition = { all: [{ did: { event: { kind: "order", where } } }, { visited: { at_least: 1, where } }] };
  const segment = await make({ name: "From mail", condition, days: 30 });
  const page = await open(`segments/${segment}/edit`);
  assert.equal(await page.getByTestId("rule-other").count(), 0);
  await page.locator(".rule-row").first().getByRole("button", { name: /^What must hold for it/ }).click();
  await page.locator(".rule-row").first().locator(".where li").nth(1).locator("select").first().selectOption("country");
  await page.locator(".rule-row").first().locator(".where li").nth(1).getByRole("combobox").last().fill("Italy");
  await page.keyboard.press("Tab");
  await page.locator(".rule-row").nth(1).locator(".where li").first().getByRole("button").click();
  await page.getByRole("button", { name: "Save the changes" }).click();
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  const kept = await orma.ask(`/api/v1/sites/demo/segments/${segment}`);
  const italy = { is: { dimension: "country", values: ["IT"] } };
  assert.deepEqual(kept.condition, { all: [{ did: { event: { kind: "order", where: { all: [where, italy] } } } }, { visited: { at_least: 1 } }] });

  await page.goto(`${orma.base}/sites/demo/overview`);
  await page.locator(".filters button").first().click();
  await page.locator(".popover-panel select").first().selectOption("segment");
  await page.locator(".popover-panel select").nth(2).selectOption(segment);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(new RegExp(`filter=segment%3Ais%3A${segment}`));
  await page.locator(".chip", { hasText: "From mail" }).waitFor();
  assert.equal((await change("DELETE", `/sites/demo/segments/${segment}`)).status, 204);
  await page.context().close();
});

test("what the API does not take is said at its row", async () => {
  const page = await open(builder("Wrong", { all: [ordered, { matches: { dimension: "page", values: ["("] } }, { any: [{ did: { event: { kind: "nonsense" } } }, ordered] }] }));
  const row = (place) => page.locator(`[data-place="${place}"]`).getByRole("alert");
  await says(row("1"), /A value is not valid/);
  await page.getByLabel("Condition 2: value").fill("^/s");
  await page.getByLabel("Condition 2: value").press("Enter");
  await says(row("2.0"), /no such kind of event/);
  await page.getByRole("button", { name: "Condition 3.1: remove" }).click();
  await row("2.0").waitFor({ state: "detached" });
  await says(page.getByTestId("preview-count"), /^5 of 8 people/);
  await page.getByLabel("Name", { exact: true }).fill("loyal by mail");
  await page.getByRole("button", { name: "Save the segment" }).click();
  await says(page.locator(".builder-head").getByRole("alert"), /something else of its kind has it/);
  await page.context().close();
});

test("a list is pasted, each once; people are added, removed and kept", async () => {
  const page = await open("segments/new?made=list");
  await page.getByLabel("Name", { exact: true }).fill("Friends");
  await page.getByLabel("People", { exact: true }).fill(`email;name\n${person(0)};A\n${person(0).toUpperCase()};A\n${person(7)};B`);
  await says(page.getByTestId("people-read"), /^2 people · 1 duplicate removed · the line with the names of the columns left out$/);
  await page.reload();
  await says(page.getByTestId("people-read"), /^2 people/);
  await page.getByRole("button", { name: "Save the segment" }).click();
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  const segment = new URL(page.url()).pathname.split("/").at(-1);
  await says(page.getByTestId("segment-people"), /^2 people/);
  await page.getByText("Add or remove people").click();
  await page.getByLabel("People", { exact: true }).fill(person(4));
  await page.getByRole("button", { name: "Add these" }).click();
  await says(page.getByTestId("segment-people"), /^3 people/);
  await page.getByRole("button", { name: `Remove ${person(7)} from the list` }).click();
  await says(page.getByTestId("segment-people"), /^2 people/);
  assert.deepEqual(names((await membersOf(segment)).json.members), [person(0), person(4)]);
  await page.goto(`${orma.base}/sites/demo/segments/new?made=list`);
  assert.equal(await page.getByLabel("People", { exact: true }).inputValue(), "", "what was saved is no draft");
  await page.context().close();
});

test("those behind a number of a funnel become a rule, and where there is none a list", async () => {
  const page = await open("funnels?step=page:%2Fscarpe&step=kind:order&behind=1.dropped");
  const list = page.getByTestId("people-behind");
  await says(list, /3 people/);
  await list.getByRole("button", { name: "Save as a segment" }).click();
  await page.getByRole("link", { name: "Open as a rule" }).click();
  await page.waitForURL(/\/segments\/new/);
  await says(page.getByTestId("sentence"), /^People who saw \/scarpe and \(did not do this one after the other: saw \/scarpe, then ordered within 7 days\), in the last 30 days\.$/);
  await says(page.getByTestId("preview-count"), /^3 of 8 people/);

  await page.goto(`${orma.base}/sites/demo/retention?stretch=day`);
  await page.getByTestId("retention-table").getByRole("button", { name: /8 people/ }).first().click();
  await list.getByRole("button", { name: "Save as a segment" }).click();
  await says(page.locator(".popover-panel"), /No rule says just this/);
  await page.getByRole("button", { name: "Save these people" }).click();
  await page.waitForURL(/\/segments\/[0-9a-f]+$/);
  await says(page.getByTestId("segment-people"), /^8 people/);
  await page.context().close();
});

test("segments speak Italian and fit a phone", async () => {
  const condition = { all: [{ did: { event: { kind: "order" }, at_least: 2, within_days: 7 } }, { any: [{ is: { dimension: "channel", values: ["email"] } }, { sequence: { events: [{ kind: "page_view", path: "/scarpe" }, { kind: "order" }] } }] }] };
  const page = await open(builder("Clienti affezionati", condition), { locale: "it-IT", viewport: { width: 360, height: 780 } });
  await says(page.getByTestId("sentence"), /^Chi, negli ultimi 30 giorni, ha ordinato almeno due volte nell’arco di 7 giorni e \(è arrivato con il canale E-mail o \(ha visto \/scarpe, poi ha ordinato\)\)\.$/);
  await says(page.getByTestId("preview-count"), /^5 su 8 persone \(63%\)$/);
  assert.ok(await fits(page));
  await page.getByRole("link", { name: "Segmenti" }).click();
  await page.getByTestId("segments").waitFor();
  assert.ok(await fits(page));
  await page.getByRole("link", { name: "Loyal by mail", exact: true }).click();
  await says(page.getByTestId("segment-people"), /^4 persone/);
  assert.ok(await fits(page));
  for (const tab of ["Movimenti", "Leggi da un programma"]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.locator(".tab-panel .skeleton").waitFor({ state: "detached" });
    assert.ok(await fits(page), tab);
  }
  await page.context().close();
});
