// The real program and a real browser, for the tests of this folder.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** Longer than anything should take on a busy machine. */
export const PATIENCE_MS = 120_000;
export const ADMIN_TOKEN = "admin-token-of-the-browser-tests";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const program = process.env.ORMA_PROGRAM ?? join(root, "target", "debug", "orma");

/** Starts `orma up` on free ports in a directory of its own, with further variables of its environment. */
export async function startOrma(variables = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "orma-browser-"));
  let current = await run(dataDir, "127.0.0.1:0", variables);
  const base = `http://${current.listen}`;
  return {
    base,
    dataDir,
    signInLink: current.signInLink,
    async ask(path) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const answer = await fetch(base + path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
        if (answer.ok) return answer.json();
        const said = await answer.text();
        // On a busy machine the store may not answer in time; whoever asked is told to come back.
        if (answer.status !== 503 || Date.now() > deadline) throw new Error(`${path}: ${answer.status} ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    /** Ends the program and leaves its data. */
    pause: () => current.end(),
    /** Starts it again at the same address. */
    async resume() {
      current = await run(dataDir, current.listen, variables);
    },
    async stop() {
      await current.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs the program until it serves. */
async function run(dataDir, listen, variables) {
  await rm(join(dataDir, "running.json"), { force: true });
  const child = spawn(
    program,
    ["up", "--listen", listen, "--admin-listen", "127.0.0.1:0", "--data-dir", dataDir],
    { cwd: root, env: { ...process.env, ORMA_ADMIN_TOKEN: ADMIN_TOKEN, ...variables }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let printed = "";
  child.stdout.on("data", (text) => (printed += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const running = await waitFor("orma up", async () => {
    if (child.exitCode !== null) throw new Error(`orma up ended with ${child.exitCode}: ${printed}`);
    const noted = JSON.parse(await readFile(join(dataDir, "running.json"), "utf8").catch(() => "null"));
    return noted && printed.includes("sign in") ? noted : undefined;
  }).catch((error) => {
    // A child that is left behind would keep the tests from ending.
    child.kill("SIGKILL");
    throw error;
  });
  return {
    listen: running.listen,
    signInLink: /(http\S+#code=\S+)/.exec(printed)[1],
    async end() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Sends simulated visitors through the collector, by the options of `orma demo`, and waits until they are in the store. */
export async function tellStory(orma, options) {
  const child = spawn(program, ["demo", "--data-dir", orma.dataDir, ...options], {
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

/** Starts Chromium without anything that talks to the network by itself. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Waits until `check` gives something. */
export async function waitFor(what, check, patience_ms = PATIENCE_MS) {
  const deadline = Date.now() + patience_ms;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Signs in on the page that asks for it. */
export async function enter(page, token = ADMIN_TOKEN) {
  await page.locator("input[type=password]").fill(token);
  await page.locator("button[type=submit]").click();
  await page.waitForURL(/\/sites\//);
}

/** A page of the dashboard of somebody who has signed in. */
export async function signedIn(browser, base, options = {}, token = ADMIN_TOKEN) {
  const context = await browser.newContext({ timezoneId: "Europe/Rome", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${base}/sign-in`);
  await enter(page, token);
  return page;
}
