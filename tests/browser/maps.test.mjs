// Where people are and where they get lost, and which whole ways they take: both pages from the empty page on, held against the API.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, tellStory, waitFor } from "./orma.mjs";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  await tellStory(orma, ["--days", "9", "--visits-per-day", "40", "--seed", "7"]);
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

/** What the API says to the same question. */
async function asked(what, body = {}) {
  const answer = await fetch(`${orma.base}/api/v1/sites/demo/${what}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Waits until the page says something, by what it says then when it never does. */
async function says(place, expected) {
  const said = async () => ((await place.count()) === 1 ? (await place.innerText()).replace(/\s+/g, " ") : "");
  await waitFor(`“${expected}”`, async () => expected.test(await said())).catch(async (error) => assert.match(await said(), expected, error.message));
}

const number = (count, locale = "en-GB") => new Intl.NumberFormat(locale).format(count);
const counted = (count) => `${number(count)} ${count === 1 ? "person" : "people"}`;
const parameters = (page) => new URL(page.url()).searchParams;
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const behind = (page) => page.getByTestId("people-behind");
const STAGES = { pre_purchase: "Before the purchase", purchase: "Purchase", post_purchase: "After the purchase" };
const TOUCHPOINTS = { site: "Site", app: "App", newsletter: "Newsletter", shop: "Shop", promotion: "Promotion", social: "Social", chat: "Chat", ticket: "Support", call: "Phone", store: "Store", survey: "Survey", referral: "Referral" };

/** As many people are listed as the number says. */
async function listed(page, count) {
  await says(behind(page).locator("p").first(), new RegExp(`${counted(count)}\\b`));
  await waitFor("the list", async () => (await behind(page).locator(".behind li").count()) === Math.min(count, 50));
}

async function csv(page, label) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: label, exact: true }).click();
  const saved = await saving;
  const text = (await readFile(await saved.path(), "utf8")).replace("\uFEFF", "").trim();
  return { name: saved.suggestedFilename(), lines: text.split("\r\n") };
}

async function picture(page, label) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: label, exact: true }).click();
  const saved = await saving;
  const bytes = await readFile(await saved.path());
  assert.equal(bytes.subarray(0, 8).toString("hex"), "89504e470d0a1a0a");
  assert.ok(bytes.length > 10_000, `${bytes.length} bytes`);
  return { name: saved.suggestedFilename(), width: bytes.readUInt32BE(16) };
}

test("the touchpoints: from the empty page to a cell, what came next, and the people behind each of its numbers", async () => {
  const page = await open("overview");
  await page.getByRole("link", { name: "Touchpoints" }).click();
  const all = await asked("touchpoints");
  await says(page.getByTestId("touchpoints-finding"), new RegExp(`^${counted(all.people)} left ${number(all.events)} events; most are at `));
  assert.equal(new URL(page.url()).search, "");
  await page.getByLabel("Lost after").selectOption("1");
  await page.getByLabel("Enough to judge by").selectOption("5");
  const { cells, touchpoints } = await asked("touchpoints", { lost_after_days: 1, min_stays: 5 });
  const lost = cells.find((cell) => cell.lost_rank === 1);
  await says(page.getByTestId("touchpoints-lost"), new RegExp(`, ${number(lost.lost)} of ${number(lost.lost + lost.moved)} stays, `));

  // Each cell is there, with its number.
  const table = page.getByTestId("touchpoints-table");
  assert.equal(await table.locator("tbody tr").count(), touchpoints.length);
  assert.equal(await table.locator("button.heat-cell").count(), cells.length + touchpoints.length);
  const of = (cell) => table.getByRole("button", { name: new RegExp(`^${TOUCHPOINTS[cell.touchpoint]} · ${STAGES[cell.stage]}: `) });
  for (const cell of cells) await says(of(cell), new RegExp(`^${number(cell.people)}$`));

  await of(lost).click();
  const panel = page.getByTestId("touchpoints-panel");
  for (const [outcome, count] of [["all", lost.people], ["lost", lost.lost], ["open", lost.open], ["converted", lost.converted]]) {
    const place = panel.locator(`[data-outcome="${outcome}"] dd`);
    await says(place, new RegExp(`^${number(count)} `));
    if (count === 0) continue;
    await place.getByRole("button").click();
    await listed(page, count);
    assert.equal(parameters(page).get("behind"), outcome);
  }
  const [next] = lost.next;
  await panel.getByTestId("touchpoints-next").getByRole("button").first().click();
  await listed(page, next.people);
  const moves = await csv(page, `Save as CSV: What came next: ${TOUCHPOINTS[lost.touchpoint]} · ${STAGES[lost.stage]}`);
  assert.deepEqual(moves.lines.length, lost.next.length + 1);

  // The address has all of it; Escape closes the list, then the panel can be closed.
  await page.reload();
  await listed(page, next.people);
  await page.keyboard.press("Escape");
  await behind(page).waitFor({ state: "detached" });
  await panel.getByRole("button", { name: "Close" }).click();
  await panel.waitFor({ state: "detached" });

  // By keyboard, and with another number.
  await page.getByRole("button", { name: "Lost", exact: true }).click();
  const share = new RegExp(`^${TOUCHPOINTS[lost.touchpoint]} · ${STAGES[lost.stage]}: .* lost, ${number(lost.lost)} of ${number(lost.lost + lost.moved)} stays`);
  const shaded = table.getByRole("button", { name: share });
  await shaded.focus();
  await says(page.getByTestId("touchpoints-told"), share);
  await page.keyboard.press("Enter");
  await panel.waitFor();
  assert.equal(await shaded.getAttribute("aria-expanded"), "true");
  await page.context().close();
});

test("touchpoints are saved, compared with the period before, and broken down with the people of each group", async () => {
  const page = await open("touchpoints?lost_after=1&compare=previous&breakdown=device_class&period=7d");
  await page.getByTestId("touchpoints-breakdown").waitFor();
  const { lines, name } = await csv(page, "Save as CSV: Touchpoints and stages");
  assert.match(name, /^demo-touchpoints-/);
  assert.match(lines[0], /^touchpoint,stage,people,.*people_before/);
  assert.match((await picture(page, "Save as picture (PNG): Touchpoints")).name, /^demo-touchpoints-.*\.png$/);
  assert.ok((await page.getByTestId("touchpoints-table").locator(".change").count()) > 0);
  const row = page.getByTestId("touchpoints-breakdown").locator("tbody tr").first();
  const button = row.getByRole("button").first();
  const count = Number((await button.innerText()).replaceAll(",", ""));
  await button.click();
  await listed(page, count);
  await page.context().close();
});

test("the journey map: ways, the map and what separates buyers, each with the people behind", async () => {
  const page = await open("overview");
  await page.getByRole("link", { name: "Journey map" }).click();
  await page.getByLabel("Enough to judge by").selectOption("5");
  const all = await asked("journeys", { min_support: 5 });
  await says(page.getByTestId("journeys-finding"), new RegExp(`^Of ${counted(all.all.count)}, ${number(all.all.converted)} bought `));
  const ways = page.getByTestId("journeys-variants").locator("> li");
  await waitFor("the ways", async () => (await ways.count()) === all.variants.length);
  assert.deepEqual(await ways.first().locator(".chain-step").allInnerTexts(), all.variants[0].nodes.map(({ value }) => TOUCHPOINTS[value]));
  await ways.first().locator("dd").first().getByRole("button").click();
  await listed(page, all.variants[0].count);
  const converting = all.variants.findIndex(({ converted }) => converted > 0);
  await ways.nth(converting).locator("dd").nth(1).getByRole("button").click();
  await listed(page, all.variants[converting].converted);

  // The map: a step by mouse, an arrow by keyboard.
  const map = page.getByTestId("journeys-map");
  const [largest] = all.flow.nodes;
  await map.locator(`.flow-place[data-name="${largest.node.value}"]`).click();
  await listed(page, largest.journeys);
  const [edge] = all.flow.edges;
  const arrow = map.getByRole("button", { name: new RegExp(`From ${TOUCHPOINTS[edge.from.value]} to ${TOUCHPOINTS[edge.to.value]}: `) });
  await arrow.focus();
  await says(page.getByTestId("journeys-told"), new RegExp(`${counted(edge.journeys)}, ${number(edge.moves)} times?`));
  await page.keyboard.press("Enter");
  await listed(page, edge.journeys);
  assert.equal(await page.getByTestId("journeys-moves").locator("tbody tr").count(), all.flow.edges.length);

  // Comes with, not causes.
  await says(page.getByTestId("journeys-comes-with"), /^This comes with it; it need not cause it\./);
  const rows = page.getByTestId("journeys-differences").locator("> li");
  assert.equal(await rows.count(), Math.min(10, all.separation.differences.length));
  const [strongest] = all.separation.differences;
  const buttons = rows.first().getByRole("button");
  await buttons.last().click();
  await listed(page, strongest.not_converted || strongest.converted);
  await page.reload();
  await listed(page, strongest.not_converted || strongest.converted);

  assert.equal((await csv(page, "Save as CSV: The most frequent ways")).lines.length, all.variants.length + 1);
  assert.equal((await csv(page, "Save as CSV: What separates those who bought")).lines.length, all.separation.differences.length + 1);
  assert.equal((await csv(page, "Save as CSV: Every move")).lines.length, all.flow.edges.length + 1);
  for (const title of ["The most frequent ways", "All journeys as one map", "What separates those who bought"]) await picture(page, `Save as picture (PNG): ${title}`);

  await page.getByLabel("Break down by").selectOption("device_class");
  const { groups } = await asked("journeys", { min_support: 5, breakdown: "device_class" });
  const group = page.getByTestId("journeys-breakdown").locator("tbody tr").first();
  await group.getByRole("button").first().click();
  await listed(page, groups[0].all.count);
  await page.context().close();
});

test("on a phone, in Italian, both are lists; nothing and too much are told", async () => {
  const page = await open("touchpoints?lost_after=1", { locale: "it-IT", viewport: { width: 390, height: 844 }, hasTouch: true });
  const { cells } = await asked("touchpoints", { lost_after_days: 1 });
  const list = page.getByTestId("touchpoints-list");
  await waitFor("the list", async () => (await list.locator("li").count()) === cells.length);
  await list.getByRole("button").first().tap();
  await page.getByTestId("touchpoints-panel").locator('[data-outcome="all"]').getByRole("button").last().tap();
  await says(behind(page).locator("p").first(), new RegExp(`${number(cells[0].people, "it-IT")} person`));
  assert.ok(await fits(page));

  await page.goto(`${orma.base}/sites/demo/journeys?support=5`);
  await page.getByTestId("journeys-list").getByRole("button").first().tap();
  await behind(page).waitFor();
  assert.ok(await fits(page));

  for (const path of ["touchpoints", "journeys"]) {
    await page.goto(`${orma.base}/sites/demo/${path}?period=custom&from=2020-01-01&to=2020-01-02`);
    await page.getByText("Scegli un periodo più lungo.").waitFor();
  }
  await page.route("**/journeys", (route) =>
    route.request().postDataJSON()?.group_by === "page"
      ? route.fulfill({ status: 422, contentType: "application/json", body: '{"error":{"code":"question_too_big","message":"Too many events."}}' })
      : route.fallback());
  await page.goto(`${orma.base}/sites/demo/journeys?node=page`);
  await page.getByRole("button", { name: "Prendi come tappe i punti di contatto" }).tap();
  await says(page.getByTestId("journeys-finding"), /^Su /);
  await page.context().close();
});
