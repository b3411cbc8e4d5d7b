// Opens a page of the dashboard in Chromium again and again, and prints as JSON how many milliseconds it took until it was
// painted: `cold` in a browser that has nothing of it, from the start of the navigation; `warm` from a click on another
// page of the dashboard, which has asked none of its questions; `answered` until the last answer of either.
//
//   node overview.mjs http://127.0.0.1:8080 TOKEN /sites/SITE/overview?… TIMES SECONDS
import { PATIENCE_MS, enter, startBrowser } from "../../tests/browser/orma.mjs";

const [base, token, path, times, seconds] = process.argv.slice(2);
/** Of a slow store's pages even one is a figure. */
const pagePatience_ms = 4 * PATIENCE_MS;

/** Runs in the page: the moment after the frame that shows everything, and when the last answer had come; milliseconds of the page's clock. */
function painted() {
  const isWhole = () => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const cards = all(".top-card");
    return (
      document.querySelector("[data-testid^=headline-]") !== null &&
      document.querySelector(".skeleton, [data-stale]") === null &&
      cards.length >= 4 &&
      cards.every((card) => card.querySelector(".bars, .list-empty")) &&
      all(".chart").length > 0 &&
      all(".chart").every((chart) => chart.querySelector("canvas, svg"))
    );
  };
  return new Promise((resolve) => {
    const look = () => {
      if (!isWhole()) return requestAnimationFrame(look);
      // What this frame shows is on the screen when the next one begins.
      requestAnimationFrame(() => {
        const answers = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/v1/sites/"));
        resolve({ at: performance.now(), answered: Math.max(...answers.map((answer) => answer.responseEnd)) });
      });
    };
    requestAnimationFrame(look);
  });
}

/** Looks as often as it may, at least once, until the time is up. */
async function repeat(look) {
  const until = Date.now() + 1000 * Number(seconds);
  for (let time = 0; time < Number(times) && (time === 0 || Date.now() < until); time++) await look();
}

const browser = await startBrowser();
const result = { cold: [], warm: [], answered: [] };
try {
  const open = async () => {
    const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Rome", viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(pagePatience_ms);
    return page;
  };
  // A session is all that a new browser is given.
  const first = await open();
  await first.goto(`${base}/sign-in`);
  await enter(first, token);
  const session = await first.context().cookies();
  await first.context().close();

  await repeat(async () => {
    const page = await open();
    await page.context().addCookies(session);
    await page.goto(base + path, { waitUntil: "commit" });
    const { at, answered } = await page.evaluate(painted);
    result.cold.push(at);
    result.answered.push(answered);
    await page.context().close();
  });

  const page = await open();
  await page.context().addCookies(session);
  const other = path.replace("/overview", "/newsletter");
  await repeat(async () => {
    await page.goto(base + other, { waitUntil: "networkidle" });
    const clicked = await page.evaluate(() => {
      const at = performance.now();
      document.querySelector('.shell-nav a[href*="/overview"]').click();
      return at;
    });
    const { at, answered } = await page.evaluate(painted);
    result.warm.push(at - clicked);
    result.answered.push(answered - clicked);
  });
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));
