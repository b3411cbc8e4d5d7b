// Who comes again: cohorts, lives and habits are asked from an empty page, and every number shows its people.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const DAY_MS = 86_400_000;

let orma, browser, days;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  // The four days before today, at noon: all are over, wherever that is read.
  const today = new Date().setUTCHours(12, 0, 0, 0);
  const noon = (back) => today - back * DAY_MS;
  days = [4, 3, 2, 1].map((back) => new Date(noon(back)).toISOString().slice(0, 10));
  const view = (person, back) => ({
    kind: "page_view", url: "https://b.example/", visitor: `v${person}`, user: `${person}@example.it`, session: `s${person}${back}`, ts: new Date(noon(back)).toISOString(),
  });
  const events = [
    // Every day; twice with a break; only on the first of the days; long ago and then again; new on the last day.
    ...[4, 3, 2, 1].map((back) => view("anna", back)),
    view("bruno", 4),
    view("bruno", 2),
    view("carla", 4),
    view("dario", 20),
    view("dario", 3),
    view("elena", 1),
  ];
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events }),
  });
  assert.deepEqual(await sent.json(), { accepted: events.length, rejected: [] });
  await waitFor("the events", async () => (await orma.ask("/api/v1/sites/demo/stats?metrics=people")).totals.people === 5);
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

const people = (page) => page.getByTestId("people-behind");
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test("lives are told day by day, with who is lost, and their people are saved as a segment", async () => {
  const page = await open(`retention?period=custom&from=${days[0]}&to=${days[3]}`);
  await page.getByRole("tab", { name: "Lifecycle" }).click();
  await page.getByLabel("Interval").selectOption("day");
  const told = (day, state) => page.getByTestId("lifecycle-table").locator(`[data-time="${day}"] [data-state="${state}"]`);
  for (const [day, counts] of [
    [days[0], { active: 3, new: 3, returning: 0, resurrected: 0, lost: 0 }],
    [days[1], { active: 2, new: 0, returning: 1, resurrected: 1, lost: 2 }],
    [days[2], { active: 2, new: 0, returning: 1, resurrected: 1, lost: 1 }],
    [days[3], { active: 2, new: 1, returning: 1, resurrected: 0, lost: 1 }],
  ]) {
    for (const [state, count] of Object.entries(counts)) await says(told(day, state), new RegExp(`^${count}$`));
  }
  await says(page.getByTestId("lifecycle-finding"), /: 2 people were there\. 1 new, 1 from the interval before, 0 back after a break; 1 of the interval before did not come\.$/);
  await says(page.getByTestId("lifecycle-ratio"), /^For each one lost, 1\.5 were won: 1\.5 per interval, with 1 lost \(mean of 4 finished intervals\)\./);

  await told(days[1], "lost").getByRole("button").click();
  await says(people(page), /Who came no more: .*2 people.*(bruno@example\.it.*carla@example\.it|carla@example\.it.*bruno@example\.it)/);
  const address = new URL(page.url()).searchParams;
  assert.deepEqual([address.get("view"), address.get("stretch"), address.get("behind")], ["lifecycle", "day", `${days[1]}.lost`]);
  await page.reload();
  await says(people(page), /bruno@example\.it/);
  await people(page).getByRole("button", { name: /save/i }).first().waitFor();
  await page.keyboard.press("Escape");
  await people(page).waitFor({ state: "detached" });

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Save as CSV: Who comes and who is lost/ }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).replace(/^\uFEFF/, "").trim().split(/\r?\n/);
  assert.deepEqual(lines, [
    "time,active,new,returning,resurrected,lost,is_finished",
    `${days[0]},3,3,0,0,0,true`,
    `${days[1]},2,0,1,1,2,true`,
    `${days[2]},2,0,1,1,1,true`,
    `${days[3]},2,1,1,0,1,true`,
  ]);
});

test("habits are told by how many days people come, and by the period before", async () => {
  const page = await open(`retention?period=custom&from=${days[0]}&to=${days[3]}`);
  await page.getByRole("tab", { name: "Cohorts" }).focus();
  await page.keyboard.press("End");
  const row = (count) => page.getByTestId("stickiness-table").locator(`[data-intervals="${count}"]`);
  await says(row(1), /^1 day 3 60% 5$/);
  await says(row(2), /^2 days 1 20% 2$/);
  await says(row(4), /^4 days 1 20% 1$/);
  await says(page.getByTestId("stickiness-finding"), /^5 people: in the mean each came in 1\.8 of 4 days; 60% came in 1 day only\.$/);
  await row(2).getByRole("button", { name: /or more/ }).click();
  await says(people(page), /Who came in 2 days or more.*2 people/);
  assert.equal(new URL(page.url()).searchParams.get("behind"), "2+");
  await page.getByRole("checkbox", { name: /compare/i }).check();
  await says(page.getByTestId("stickiness-before"), /In the period before, .*: 0 people/);
  await says(page.getByTestId("stickiness-rolling").locator("[data-figure=daily]"), /2\.3/);
});

test("cohorts stand beside the period before, and one value of a dimension by itself", async () => {
  const page = await open(`retention?period=custom&from=${days[0]}&to=${days[3]}&stretch=day&compare=previous`);
  await says(page.getByTestId("retention-before"), /^Period before/);
  await page.getByLabel("Break down by").selectOption("channel");
  const group = page.getByTestId("retention-groups").locator("[data-value=direct]");
  await says(group, /^Direct 5 /);
  await group.getByRole("button").click();
  await says(page.getByTestId("retention-table").locator(`[data-cohort="${days[0]}"]`), / 3 /);
  await page.getByTestId("retention-table").locator(`[data-cohort="${days[0]}"]`).getByRole("button").first().click();
  await says(people(page), /Direct.*3 people/);
});

test("on a phone and in Italian nothing is cut off", async () => {
  const page = await open(`retention?view=lifecycle&stretch=day&period=custom&from=${days[0]}&to=${days[3]}`, { locale: "it-IT", viewport: { width: 390, height: 800 } });
  await says(page.getByTestId("lifecycle-finding"), /Ultimo intervallo concluso/);
  assert.ok(await fits(page), "the page of lives is wider than the screen");
  await page.getByRole("tab", { name: "Assiduità" }).click();
  await says(page.getByTestId("stickiness-finding"), /5 persone/);
  assert.ok(await fits(page), "the page of habits is wider than the screen");
});
