// Pictures of every page of the dashboard, in both languages, wide and on a phone: docs/screenshots/LANGUAGE/PAGE.webp
// and PAGE-phone.webp. The real program on a free port, the demo's visitors, a real browser. `make screenshots` runs it.
import { spawn } from "node:child_process";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADMIN_TOKEN, PATIENCE_MS, enter, program, startBrowser, startOrma, waitFor } from "./orma.mjs";

/** Bytes of all pictures together. */
const BYTES_MAX = 3_000_000;
const SIZES = { "": { width: 1280, height: 900 }, "-phone": { width: 390, height: 844 } };
const PAGES = ["overview", "live", "people", "journey", "newsletter", "quality", "accounting", "installation", "settings", "about"];
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs", "screenshots");

/** A month of visitors, the same for a seed and a day. */
async function tellStory(orma) {
  const child = spawn(program, ["demo", "--data-dir", orma.dataDir, "--visits-per-day", "80", "--seed", "7"], {
    env: { ...process.env, ORMA_ADMIN_TOKEN: ADMIN_TOKEN },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (text) => (printed += text));
  const status = await new Promise((resolve) => child.once("exit", resolve));
  if (status !== 0) throw new Error(`orma demo ended with ${status}`);
  const sent = Number(/sent (\d+) events/.exec(printed)[1]);
  await waitFor("the story in the store", async () => {
    const { totals } = await orma.ask("/api/v1/sites/demo/accounting");
    return totals.stored + totals.duplicate >= sent;
  }, 10 * PATIENCE_MS);
}

/** The customer whose journey is shown: of the latest, the one with the most orders. */
async function customer(orma) {
  const { items } = await orma.ask("/api/v1/sites/demo/people?limit=200");
  return items.filter((one) => one.identified).sort((a, b) => b.orders - a.orders || (a.person < b.person ? -1 : 1))[0].person;
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
  await tellStory(orma);
  const person = encodeURIComponent(await customer(orma));
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
        const path = name === "journey" ? `people/${person}` : name;
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
