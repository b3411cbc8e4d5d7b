// What follows what in the demo's visits is walked step by step, told, and saved; so is every chart as a picture.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, tellStory, waitFor } from "./orma.mjs";

const HOME = "/demo/";

let orma, browser;

before(async () => {
  orma = await startOrma();
  browser = await startBrowser();
  await tellStory(orma, ["--days", "6", "--visits-per-day", "60", "--seed", "7"]);
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
async function asked(body) {
  const answer = await fetch(`${orma.base}/api/v1/sites/demo/paths`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ nodes: "pages", ...body }),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

const fromPage = (path) => asked({ start: { kind: "page_view", path } });

/** Waits until the page says something, by what it says then when it never does. */
async function says(place, expected) {
  const said = async () => ((await place.count()) === 1 ? (await place.innerText()).replace(/\s+/g, " ") : "");
  await waitFor(`“${expected}”`, async () => expected.test(await said())).catch(async (error) => assert.match(await said(), expected, error.message));
}

const finding = (page) => page.getByTestId("paths-finding");
const number = (count) => new Intl.NumberFormat("en-GB").format(count);
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isFrom = (page, journeys, path) => says(finding(page), new RegExp(`^Paths of ${number(journeys)} sessions from ${escaped(path)}\\.$`));
const node = (page, column, name) => page.getByTestId("paths-sankey").locator(`.sankey-node[data-column="${column}"][data-name="${name}"]`);
const parameters = (page) => new URL(page.url()).searchParams;
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

/** Where most go on to, of what can be walked on from. */
const largestNext = ({ links }, step) => links.find((link) => link.step === step && link.to?.startsWith("/")).to;

/** Saves a picture, and holds that it is one: PNG, twice as wide as on the page, and not of one colour. */
async function picture(page, label) {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: label }).click();
  const saved = await saving;
  const bytes = await readFile(await saved.path());
  assert.equal(bytes.subarray(0, 8).toString("hex"), "89504e470d0a1a0a");
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const looked = await page.evaluate(async (base64) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    const colours = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return { colours: colours.size, ground: [...colours.values()].sort((one, other) => other - one)[0] / (data.length / 4) };
  }, bytes.toString("base64"));
  assert.ok(looked.colours > 30, `${looked.colours} colours`);
  assert.ok(looked.ground < 0.985, `${looked.ground} of one colour`);
  return { name: saved.suggestedFilename(), width, height };
}

test("a path is built from the empty page, walked on twice by mouse and keyboard, and back", async () => {
  const page = await open("paths");
  const all = await asked({});
  await says(finding(page), new RegExp(`^Paths of ${number(all.journeys)} sessions\\.$`));
  assert.equal(new URL(page.url()).search, "");
  const firsts = all.links.filter(({ step }) => step === 0);
  await says(page.getByTestId("paths-largest"), new RegExp(`^Of ${number(all.journeys)} sessions, ${number(firsts[0].count)} \\(\\d+%\\) began with ${escaped(firsts[0].to)}, `));

  await page.getByLabel("Paths begin with: what kind of event").selectOption("page");
  await page.getByLabel("Paths begin with: which page").fill(HOME);
  await page.getByRole("option", { name: /^\/demo\/\s*\d+ events$/ }).click();
  const home = await fromPage(HOME);
  await isFrom(page, home.journeys, HOME);
  assert.equal(parameters(page).get("start"), `page:${HOME}`);

  // What is pointed at is told in words, and so it is named for who does not see it.
  const first = largestNext(home, 0);
  const taken = home.links.find(({ step, to }) => step === 0 && to === first);
  const left = home.links.find(({ step, to }) => step === 0 && to === null);
  const told = new RegExp(`Of ${number(home.journeys)} sessions that saw ${HOME}, ${number(taken.count)} \\([\\d.]+%\\) went on to ${escaped(first)}, .*, ${number(left.count)} \\([\\d.]+%\\) left\\.$`);
  await node(page, 0, HOME).hover();
  await says(page.getByTestId("paths-told"), told);
  assert.match(await node(page, 0, HOME).getAttribute("aria-label"), told);
  assert.equal(await page.locator(".sankey-ribbon[data-near]").count(), await page.locator(".sankey-node[data-column='1']").count());

  await node(page, 1, first).click();
  const second = await fromPage(first);
  await isFrom(page, second.journeys, first);
  assert.deepEqual(parameters(page).getAll("trail"), [`page:${HOME}`]);
  const next = largestNext(second, 0);
  await node(page, 1, next).focus();
  await page.keyboard.press("Enter");
  await isFrom(page, (await fromPage(next)).journeys, next);
  assert.deepEqual(parameters(page).getAll("trail"), [`page:${HOME}`, `page:${first}`]);
  await waitFor("the focus", () => page.evaluate(() => document.activeElement?.matches("[data-testid=paths-trail] [aria-current]")));

  await page.goBack();
  await isFrom(page, second.journeys, first);
  await page.getByTestId("paths-trail").getByRole("button", { name: `Back to ${HOME}` }).click();
  await isFrom(page, home.journeys, HOME);
  await page.getByTestId("paths-trail").waitFor({ state: "detached" });
  await page.reload();
  await isFrom(page, home.journeys, HOME);
  await page.context().close();
});

test("all links are saved as CSV and the picture as PNG, without a network, too", async () => {
  const page = await open(`paths?start=page:${encodeURIComponent(HOME)}`);
  const { links, journeys } = await fromPage(HOME);
  await isFrom(page, journeys, HOME);
  // The table has what the picture has, and what the picture has no room for.
  assert.equal(await page.getByTestId("paths-table").locator("tbody tr").count(), links.length);
  await page.context().setOffline(true);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV: Every link" }).click();
  const saved = await saving;
  assert.match(saved.suggestedFilename(), /^demo-paths-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const [head, ...lines] = (await readFile(await saved.path(), "utf8")).replace("\uFEFF", "").trim().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(head, ["step", "from", "to", "sessions", "of", "share"]);
  assert.deepEqual(lines.map((line) => line.slice(0, 4)), links.map(({ step, from, to, count }) => [String(step + 1), from ?? "", to ?? "", String(count)]));

  const { name, width } = await picture(page, "Save as picture (PNG): Paths");
  assert.match(name, /^demo-paths-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.png$/);
  const shown = await page.getByTestId("paths-sankey").evaluate((svg) => svg.clientWidth);
  assert.ok(width >= 2 * shown && width < 2 * shown + 200, `${width} of ${shown}`);
  // Nothing of it stays on the page.
  assert.equal(await page.locator(".picture-stage").count(), 0);
  await page.context().close();
});

test("paths are walked backward from where they end, and what was done is a step, too", async () => {
  const page = await open("paths?nodes=all&end=kind:order");
  const { journeys, links } = await asked({ nodes: "all", end: { kind: "order" } });
  await says(finding(page), new RegExp(`^Paths of ${number(journeys)} sessions to Order\\.$`));
  await says(page.getByTestId("paths-largest"), new RegExp(`^Of ${number(journeys)} sessions with Order, ${number(links[0].count)} \\([\\d.]+%\\) came from `));
  assert.equal(links[0].from, "begin_checkout");
  await node(page, 2, "begin_checkout").click();
  await says(finding(page), /to Checkout started\.$/);
  assert.deepEqual([parameters(page).get("end"), parameters(page).getAll("trail")], ["kind:begin_checkout", ["kind:order"]]);
  await page.getByRole("button", { name: "Back to Order" }).click();
  await says(finding(page), /to Order\.$/);
  await page.context().close();
});

test("small links are left out and said, and what is too much is made smaller", async () => {
  const page = await open("paths");
  await page.getByLabel("Leave out links below").fill("5");
  const { left_out: count } = await asked({ min_count: 5 });
  await says(page.getByTestId("paths-left-out"), new RegExp(`^${count} links are left out`));
  await page.getByLabel("Leave out links below").fill("100000");
  await page.getByRole("button", { name: "Show them all" }).click();
  await says(finding(page), /^Paths of/);
  await page.getByTestId("paths-left-out").waitFor({ state: "detached" });

  await page.route("**/paths", async (route) => {
    if (route.request().postDataJSON()?.nodes !== "all") return route.fallback();
    await route.fulfill({ status: 422, contentType: "application/json", body: '{"error":{"code":"question_too_big","message":"Too many events."}}' });
  });
  await page.goto(`${orma.base}/sites/demo/paths?nodes=all&scope=person`);
  await page.getByRole("button", { name: "Only pages and screens, by session" }).click();
  await says(finding(page), /^Paths of [\d,]+ sessions\.$/);
  assert.equal(new URL(page.url()).search, "");

  await page.goto(`${orma.base}/sites/demo/paths?start=page:%2Fnone`);
  await page.getByRole("button", { name: "Show all paths" }).click();
  await says(finding(page), /^Paths of/);
  await page.context().close();
});

test("on a phone the steps stand one below the other, in Italian, and a tap walks on", async () => {
  const page = await open("paths", { locale: "it-IT", viewport: { width: 390, height: 844 }, hasTouch: true });
  await says(finding(page), /^Percorsi di [\d.]+ sessioni\.$/);
  assert.equal(await page.getByTestId("paths-sankey").count(), 0);
  const steps = page.getByTestId("paths-steps");
  assert.deepEqual((await steps.locator("h3").allInnerTexts()).map((text) => text.replace(/\s+[\d.]+ sessioni$/, "")), ["Inizio", "Passo 1", "Passo 2", "Passo 3"]);
  await says(steps.locator("[data-tone=end]").first(), /^Uscita/);
  assert.ok(await fits(page));
  const { name } = await picture(page, "Salva come immagine (PNG): Percorsi");
  assert.match(name, /^demo-percorsi-.*\.png$/);
  await steps.getByRole("button", { name: /^\/demo\/ .*, prosegui da qui$/ }).first().tap();
  await says(finding(page), /^Percorsi di [\d.]+ sessioni da \/demo\/\.$/);
  await page.getByRole("button", { name: "Torna a Tutti i percorsi" }).tap();
  await says(finding(page), /^Percorsi di [\d.]+ sessioni\.$/);
  await page.context().close();
});

const CHARTS = [
  ["overview", ".chart svg", "Visitatori", /^demo-visitatori-/],
  ["funnels?step=page:&step=kind:order&trend=day", "[data-testid=funnel-table]", "Funnel", /^demo-funnel-/],
  ["funnels?step=page:&step=kind:order&trend=day", "[data-testid=funnel-trend] .chart svg", "La conversione nel tempo", /^demo-la-conversione-nel-tempo-/],
  ["retention?stretch=day", "[data-testid=retention-table]", "Ritorni", /^demo-ritorni-/],
  ["attribution", "[data-testid=attribution-picture] .chart svg", "I modelli a confronto", /^demo-i-modelli-a-confronto-/],
];

for (const [path, ready, title, file] of CHARTS) {
  test(`the picture “${title}” is saved in the colours of the page`, async () => {
    const page = await open(path, { locale: "it-IT", colorScheme: "dark", reducedMotion: "reduce" });
    await page.locator(ready).first().waitFor();
    const { name, width, height } = await picture(page, `Salva come immagine (PNG): ${title}`);
    assert.match(name, file);
    assert.ok(width > 1000 && height > 300, `${width} × ${height}`);
    await page.context().close();
  });
}
