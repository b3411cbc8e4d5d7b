// A reader follows the link of a newsletter in a real browser, and his visit joins the mail in one journey.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, PATIENCE_MS, startBrowser, startOrma, waitFor } from "./orma.mjs";

const READER = "mario@example.it";
// A headless browser says so in its user agent, and is then no reader.
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await orma?.stop();
});

test("the snippet on the page that a newsletter leads to proves the click and tells who came", async () => {
  const answer = await fetch(`${orma.base}/api/v1/sites/demo/newsletters/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      campaign: "saldi",
      sent_at: new Date(Date.now() - 3_600_000).toISOString(),
      recipients: [{ user: READER, message: "m-1" }],
      links: [{ name: "hero", url: `${orma.base}/demo/?from=mail#top` }],
    }),
  });
  const [copy] = (await answer.json()).items;

  const context = await browser.newContext({ locale: "it-IT", timezoneId: "Europe/Rome", userAgent: CHROME });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(copy.links[0].url);
  const url = new URL(page.url());
  assert.equal(url.searchParams.get("from"), "mail");
  assert.ok(url.searchParams.get("orma_id") && url.hash === "#top", page.url());

  const steps = await waitFor("the visit in the reader's journey", async () => {
    const journey = await orma.ask(`/api/v1/sites/demo/people/${READER}/journey`).catch(() => ({ items: [] }));
    const events = journey.items.flatMap((session) => session.events);
    return events.some((event) => event.kind === "page_view") && events;
  });
  const click = steps.find((event) => event.kind === "newsletter_click");
  const landed = steps.find((event) => event.kind === "page_view");
  assert.deepEqual([click.verdict, click.verdict_reason], ["human", "browser"]);
  assert.deepEqual([landed.verdict, landed.verdict_reason, landed.path], ["human", "landed", "/demo/"]);
  assert.equal(landed.props.newsletter_click, click.event_id);
  await context.close();
});
