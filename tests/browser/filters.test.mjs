// Pages and hosts are read in their own letters and filtered as they are read, commas included.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const REFERRER = "https://xn--caff-8oa.example/";

let orma, browser;

/** A view of a page by a visitor of its own. */
async function view(visitor, url, referrer = "") {
  const answer = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { "user-agent": CHROME },
    body: JSON.stringify({ site: "demo", visitor, session: visitor, events: [{ kind: "page_view", url, referrer }] }),
  });
  assert.deepEqual(await answer.json(), { accepted: 1, rejected: [] });
}

async function overview(locale, query = "") {
  const page = await signedIn(browser, orma.base, { locale, viewport: { width: 1280, height: 1200 } });
  await page.goto(`${orma.base}/sites/demo/overview?period=today${query}`);
  return page;
}

/** The names of the chips. */
const chips = (page) => page.locator(".chips .chip span").allTextContents();

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  await view("v1", "https://b.example/caff%C3%A8", REFERRER);
  await view("v2", "https://b.example/caffè");
  await view("v3", "https://b.example/articolo-1,123.html");
  await view("v4", "https://b.example/123.html");
  // A name that would be read backwards, and a host that looks like another.
  await view("v5", "https://b.example/a%E2%80%AEb%2Fc", "https://xn--80ak6aa92e.com/");
  await waitFor("the views", async () => {
    const answer = await orma.ask("/api/v1/sites/demo/stats?metrics=visitors");
    return answer.totals.visitors === 5;
  });
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

test("pages and senders are shown in their own letters, unless that would mislead", async () => {
  const page = await overview("it-IT");
  await page.getByRole("tab", { name: "Sorgenti" }).click();
  for (const name of ["/caffè", "/articolo-1,123.html", "/a%E2%80%AEb%2Fc", "caffè.example", "xn--80ak6aa92e.com"]) {
    await page.getByText(name, { exact: true }).first().waitFor();
  }
  assert.equal(await page.getByText("%C3%A8").count(), 0);
  await page.context().close();
});

test("a row with a comma becomes a filter of that row", async () => {
  const page = await overview("it-IT");
  await page.getByText("/articolo-1,123.html", { exact: true }).first().click();
  await page.waitForURL(/filter=/);
  assert.deepEqual(new URL(page.url()).searchParams.getAll("filter"), ["page:is:/articolo-1\\,123.html"]);
  assert.deepEqual(await chips(page), ["Pagina è /articolo-1,123.html"]);
  await page.getByText("/123.html", { exact: true }).waitFor({ state: "detached" });
  await page.context().close();
});

test("a filter is typed as the page is read", async () => {
  const page = await overview("en-GB");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const form = page.locator(".form-stack");
  await form.locator("select").nth(1).selectOption("is");
  await form.getByRole("combobox", { name: "Value" }).fill("/caffè, /articolo-1,123.html");
  // Which commas are of a value is known by the values that are offered.
  await page.getByRole("option", { name: "/articolo-1,123.html" }).waitFor();
  await form.locator("button[type=submit]").click();
  await page.waitForURL(/filter=/);
  await waitFor("the filter", async () => (await chips(page)).length === 1);
  assert.deepEqual(await chips(page), ["Page is /caffè, /articolo-1,123.html"]);
  const [filter] = new URL(page.url()).searchParams.getAll("filter");
  const answer = await orma.ask(`/api/v1/sites/demo/stats?metrics=visitors&filter=${encodeURIComponent(filter)}`);
  assert.equal(answer.totals.visitors, 3);
  await page.context().close();
});

test("a filter that the page has no words for is shown as it stands and asked, and the API says what is wrong with it", async () => {
  const unknown = "colour:is:red";
  const page = await signedIn(browser, orma.base, { locale: "en-GB", viewport: { width: 1280, height: 1200 } });
  // The page after signing in asks without filters.
  await page.goto("about:blank");
  const asked = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === "/api/v1/sites/demo/stats") asked.push(searchParams.getAll("filter"));
  });
  await page.goto(`${orma.base}/sites/demo/overview?period=today&filter=${unknown}&filter=page:is:/123.html`);
  await page.getByText("This dimension does not exist.").first().waitFor();
  assert.deepEqual(await chips(page), [unknown, "Page is /123.html"]);
  await page.getByText("This page has no words for one of the filters; it is asked as it stands.").waitFor();
  assert.ok(asked.length > 0 && asked.every((filters) => filters.join() === `${unknown},page:is:/123.html`), JSON.stringify(asked));

  // One that only the page does not know is answered.
  await page.getByRole("button", { name: `Remove the filter ${unknown}` }).click();
  await page.locator("[data-testid=headline-visitors]").waitFor();
  assert.deepEqual(new URL(page.url()).searchParams.getAll("filter"), ["page:is:/123.html"]);
  await page.goto(`${orma.base}/sites/demo/overview?period=today&filter=props.size:is:42`);
  await page.getByText("Nothing matches this filter").first().waitFor();
  assert.deepEqual(await chips(page), ["props.size:is:42"]);
  await page.context().close();
});
