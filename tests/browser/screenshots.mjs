// Pictures of every page of the dashboard, in both languages, wide and on a phone: docs/screenshots/LANGUAGE/PAGE.webp
// and PAGE-phone.webp. The real program on a free port, the demo's visitors, a real browser. `make screenshots` runs it.
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADMIN_TOKEN, PATIENCE_MS, enter, startBrowser, startOrma, tellStory, waitFor } from "./orma.mjs";

/** Bytes of all pictures together. */
const BYTES_MAX = 3_000_000;
const SIZES = { "": { width: 1280, height: 900 }, "-phone": { width: 390, height: 844 } };
const PAGES = ["overview", "live", "people", "journey", "funnels", "retention", "attribution", "paths", "touchpoints", "journeys", "segments", "newsletter", "quality", "accounting", "installation", "settings", "about"];
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs", "screenshots");

/** The customer whose journey is shown: of the latest, the one with the most orders. */
async function customer(orma) {
  const { items } = await orma.ask("/api/v1/sites/demo/people?limit=200");
  return items.filter((one) => one.identified).sort((a, b) => b.orders - a.orders || (a.person < b.person ? -1 : 1))[0].person;
}

/** Segments of what shops ask, counted. */
async function makeSegments(orma) {
  const order = { kind: "order" };
  const conditions = {
    "Loyal customers": { did: { event: order, at_least: 2 } },
    "Basket without an order": { all: [{ did: { event: { kind: "add_to_cart" } } }, { did: { event: order, exactly: 0 } }] },
    "By the newsletter": { is: { dimension: "channel", values: ["email"] } },
  };
  for (const [name, condition] of Object.entries(conditions)) {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };
    const made = await fetch(`${orma.base}/api/v1/sites/demo/segments`, { method: "POST", headers, body: JSON.stringify({ name, condition }) });
    if (!made.ok) throw new Error(await made.text());
  }
  await waitFor("the segments", async () => (await orma.ask("/api/v1/sites/demo/segments")).items.every((one) => one.people > 0));
}

/** A quarter of the bytes: WebP, by the browser's own encoder. */
async function shrink(page, png) {
  const bytes = await page.evaluate(async (base64) => {
    const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const picture = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    const webp = await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
    return [...new Uint8Array(await webp.arrayBuffer())];
  }, png.toString("base64"));
  return Buffer.from(bytes);
}

const orma = await startOrma();
const browser = await startBrowser();
try {
  // A month of visitors, the same for a seed and a day.
  await tellStory(orma, ["--visits-per-day", "80", "--seed", "7"]);
  const person = encodeURIComponent(await customer(orma));
  await makeSegments(orma);
  /** Of those that are not as they are first opened. */
  const addresses = { journey: `people/${person}`, funnels: "funnels?step=page:&step=kind:view_item&step=kind:add_to_cart&step=kind:order" };
  const press = await (await browser.newContext()).newPage();
  await rm(folder, { recursive: true, force: true });
  for (const language of ["it", "en"]) {
    await mkdir(join(folder, language), { recursive: true });
    for (const [suffix, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ locale: language, timezoneId: "Europe/Rome", viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const take = async (name) => {
        await page.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".skeleton, [data-stale]"));
        await page.evaluate(() => document.fonts.ready);
        // Charts draw when their code has come.
        await page.waitForFunction(() => [...document.querySelectorAll(".chart")].every((chart) => chart.querySelector("canvas, svg")));
        await writeFile(join(folder, language, `${name}${suffix}.webp`), await shrink(press, await page.screenshot({ animations: "disabled" })));
      };
      await page.goto(`${orma.base}/sign-in`);
      await take("sign-in");
      await enter(page);
      for (const name of PAGES) {
        const path = addresses[name] ?? name;
        await page.goto(`${orma.base}/sites/demo/${path}`);
        if (name === "live") await page.locator("[data-testid=live-card]").first().waitFor();
        await take(name);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await orma.stop();
}

let bytes = 0;
for (const name of await readdir(folder, { recursive: true })) {
  const { size, isFile } = await stat(join(folder, name)).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (isFile) bytes += size;
}
console.log(`docs/screenshots: ${bytes} bytes`);
if (bytes > BYTES_MAX) {
  console.error(`more than ${BYTES_MAX} bytes`);
  process.exitCode = 1;
}
