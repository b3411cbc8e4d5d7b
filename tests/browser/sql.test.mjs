// An analyst asks in SQL: from an example, by the columns, by hand; with mistakes, stopped, kept, and saved.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, tellStory, waitFor } from "./orma.mjs";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  await tellStory(orma, ["--days", "5", "--visits-per-day", "40", "--seed", "7"]);
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

const open = async (options = {}, query = "") => {
  const page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options });
  await page.goto(`${orma.base}/sites/demo/sql${query}`);
  await page.locator("#sql-query").waitFor();
  return page;
};

/** What the API says to a statement. */
async function asked(query, params = {}) {
  const answer = await fetch(`${orma.base}/api/v1/sites/demo/sql`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ query, params }),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told.data.map((row) => Object.values(row).map(String));
}

const run = (page, text) => page.locator("#sql-query").fill(text).then(() => page.locator("#sql-query").press("Control+Enter"));
const cells = (page) => page.getByTestId("sql-table").locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));

async function saved(page, label) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: label }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test("an example is run for the period of the page, and its rows are the API's", async () => {
  const page = await open({}, "?period=7d");
  await page.getByRole("button", { name: "Which pages come before a cart is left" }).click();
  const query = await page.locator("#sql-query").inputValue();
  assert.match(query, /last_page/);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByTestId("sql-told").waitFor();
  const hint = await page.locator("#sql-hint").innerText();
  const [from, to] = hint.match(/\d{4}-\d{2}-\d{2}/g);
  const expected = await asked(query, { from, to });
  assert.ok(expected.length > 0);
  assert.deepEqual(await cells(page), expected);
  // A link shows the same statement, and runs nothing by itself.
  const link = page.url();
  await page.goto(link);
  await page.locator("#sql-query").waitFor();
  assert.equal(await page.locator("#sql-query").inputValue(), query);
  assert.equal(await page.getByTestId("sql-table").count(), 0);
  await page.context().close();
});

test("a statement is put together of views and columns, kept, and saved as files", async () => {
  const page = await open();
  await page.locator("#sql-query").fill("SELECT ");
  await page.locator(".sql-views summary").first().click();
  await page.getByRole("button", { name: "Put kind into the statement" }).click();
  await page.keyboard.type(", count() AS n, nullIf('', '') AS nothing, '=1+1' AS formula FROM ");
  await page.getByRole("button", { name: "Put events into the statement" }).click();
  await page.keyboard.type(" GROUP BY kind ORDER BY kind");
  const query = "SELECT kind, count() AS n, nullIf('', '') AS nothing, '=1+1' AS formula FROM events GROUP BY kind ORDER BY kind";
  assert.equal(await page.locator("#sql-query").inputValue(), query);
  await page.locator("#sql-query").press("Control+Enter");
  await page.getByTestId("sql-table").waitFor();
  const told = await asked("SELECT kind, count() FROM events GROUP BY kind ORDER BY kind");
  assert.deepEqual(await cells(page), told.map((row) => [...row, "NULL", "=1+1"]));
  const csv = await saved(page, "Save all rows as CSV");
  assert.equal(csv.name, "demo-sql.csv");
  // A spreadsheet runs none of it.
  assert.deepEqual(csv.bytes.toString("utf8").split("\r\n").slice(0, 2), ["\uFEFFkind,n,nothing,formula", `${told[0].join(",")},,'=1+1`]);
  const parquet = await saved(page, "Save all rows as Parquet");
  assert.equal(parquet.name, "demo-sql.parquet");
  assert.equal(parquet.bytes.subarray(0, 4).toString(), "PAR1");
  // It was kept, and comes back.
  await run(page, "SELECT 1 AS one");
  await waitFor("the next answer", async () => JSON.stringify(await cells(page)) === '[["1"]]');
  await page.locator(".sql-history summary").click();
  await page.locator(".sql-history li button").nth(1).click();
  assert.equal(await page.locator("#sql-query").inputValue(), query);
  await page.getByRole("button", { name: "Forget these" }).click();
  assert.equal(await page.locator(".sql-history").count(), 0);
  await page.context().close();
});

test("a mistake is told in words, and where it is", async () => {
  const page = await open({ locale: "it-IT" });
  await run(page, "SELECT 'è'\nFRM events\nWHERE 1");
  const error = page.getByTestId("sql-error");
  await error.waitFor();
  assert.match(await error.innerText(), /L’istruzione SQL non è valida\.\s+Syntax error: failed at position \d+ \(events\) \(line 2, col 5\)/);
  await error.getByRole("button").click();
  const chosen = await page.locator("#sql-query").evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(chosen, "events");
  await run(page, "SELECT * FROM system.users");
  await waitFor("the refusal", async () => /system\.users/.test(await error.innerText()));
  // What is right takes the error away, and markup is text.
  await run(page, "SELECT '<img src=x onerror=document.title=1>' AS x WHERE 1");
  await page.getByTestId("sql-table").waitFor();
  assert.equal(await error.count(), 0);
  assert.deepEqual(await cells(page), [["<img src=x onerror=document.title=1>"]]);
  await page.context().close();
});

test("what is long is cut on the page and whole in the file; what takes long is stopped", async () => {
  const page = await open({ viewport: { width: 390, height: 844 } });
  await run(page, "SELECT number, toString(number) AS text FROM numbers(300000)");
  await page.getByTestId("sql-table").waitFor();
  assert.match(await page.getByTestId("sql-told").innerText(), /^The first 1,000 rows; there are more/);
  assert.equal((await cells(page)).length, 1_000);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  const csv = await saved(page, "Save all rows as CSV");
  assert.equal(csv.bytes.toString("utf8").trimEnd().split("\r\n").length, 300_001);
  await run(page, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("The statement was ended").waitFor();
  // Its place is free again.
  await waitFor("a place", async () => {
    await run(page, "SELECT 2 AS two");
    return page.getByTestId("sql-table").waitFor({ timeout: 5_000 }).then(() => true, () => false);
  });
  await page.context().close();
});
