// Somebody watches the site in a real browser while people come, and loses the connection.
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import { ADMIN_TOKEN, signedIn, startBrowser, startOrma, waitFor } from "./orma.mjs";

let orma, browser, line;

/** A way to orma that can be cut. */
async function startLine(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const other = connect(Number(port), hostname);
    for (const socket of [client, other]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => (sockets.delete(socket), client.destroy(), other.destroy()));
    }
    client.pipe(other).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => (isCut = false),
    stop() {
      this.cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

before(async () => {
  orma = await startOrma();
  line = await startLine(orma.base);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await line?.stop();
  await orma?.stop();
});

let number = 0;
async function send(...events) {
  const all = events.map((event) => ({ ts: Date.now(), session: `s-${event.visitor}`, id: `00000000-0000-7000-8000-${String(++number).padStart(12, "0")}`, ...event }));
  const sent = await fetch(`${orma.base}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ site: "demo", events: all }),
  });
  assert.deepEqual(await sent.json(), { accepted: all.length, rejected: [] });
}
const view = (visitor, path) => ({ kind: "page_view", visitor, url: `https://bottega.example${path}` });

/** The cards as they stand: who, how many visitors now, which steps. */
const cards = (page) =>
  page.locator("[data-testid=live-card]").evaluateAll((all) =>
    all.map((card) => ({
      person: card.dataset.person,
      present: Number(card.dataset.present),
      steps: [...card.querySelectorAll("[data-testid=live-step]")].map((step) => step.dataset.path || step.dataset.kind),
      text: card.innerText.replace(/\s+/g, " "),
    })),
  );
const card = async (page, person) => (await cards(page)).find((one) => one.person === person);
const waitForCard = (page, person, fits) =>
  waitFor(`${person} on the page`, async () => {
    const one = await card(page, person);
    return one && fits(one) ? one : undefined;
  });

test("a card for each person grows, is whole after a reload and a lost connection, and agrees with the number", async () => {
  const page = await signedIn(browser, line.base, { locale: "it-IT" });

  // What was done before anybody looked is there at once.
  await send(view("v1", "/"), view("v2", "/altra"));
  await waitFor("the visitors in the store", async () => (await orma.ask("/api/v1/sites/demo/people")).items.length === 2);
  await page.goto(`${line.base}/sites/demo/live`);
  await waitForCard(page, "v1", (one) => one.steps.join() === "/");
  await waitForCard(page, "v2", (one) => one.steps.join() === "/altra");

  // It grows by pages in their order; measurements and leaves fold into them.
  await send({ ...view("v1", "/"), kind: "vital", name: "LCP", value: 5200 }, { ...view("v1", "/"), kind: "page_leave" });
  await send(view("v1", "/scarpe"));
  await waitForCard(page, "v1", (one) => one.steps.join() === "/,/scarpe" && one.text.includes("LCP"));

  // Who says who he is keeps his card; an order says how much, in its own currency, and what.
  const items = [{ id: "livorno", name: "Livorno", quantity: 2 }];
  await send({ ...view("v1", "/cassa"), kind: "identify", user: "mario@example.it" });
  await send({ ...view("v1", "/cassa"), kind: "order", user: "mario@example.it", order_id: "B-1", items, revenue: { amount: "258.00", currency: "USD" } });
  const mario = await waitForCard(page, "mario@example.it", (one) => one.steps.includes("/cassa") && one.text.includes("258"));
  assert.match(mario.text, /258,00 (\$|USD|US\$)/);
  assert.match(mario.text, /Livorno × 2/);
  assert.equal(await card(page, "v1"), undefined, "the nameless card became his");

  const agree = async () => {
    const shown = Number(await page.locator("[data-testid=live-visitors]").innerText());
    const since = new Date(Date.now() - 5 * 60_000).toISOString();
    const stats = await orma.ask(`/api/v1/sites/demo/stats?metrics=visitors&from=${since}`);
    const sum = (await cards(page)).reduce((all, one) => all + one.present, 0);
    return shown === sum && shown === stats.totals.visitors ? shown : undefined;
  };
  assert.equal(await waitFor("one number of visitors", agree), 2);

  const before = await cards(page);
  await page.reload();
  await waitFor("the same cards after a reload", async () => JSON.stringify((await cards(page)).map((one) => one.steps)) === JSON.stringify(before.map((one) => one.steps)));

  // The connection breaks: the page says so; what came meanwhile is there afterwards, once.
  line.cut();
  await page.locator("[data-testid=live-lost]").waitFor();
  await send(view("v2", "/mentre"), view("v3", "/nuova"));
  line.mend();
  await page.locator("[data-testid=live-connection][data-status=connected]").waitFor();
  await page.locator("[data-testid=live-lost]").waitFor({ state: "detached" });
  await waitForCard(page, "v2", (one) => one.steps.join() === "/altra,/mentre");
  await waitForCard(page, "v3", (one) => one.steps.join() === "/nuova");
  assert.equal(await waitFor("one number of visitors", agree), 3);

  // Paused, nothing moves; resumed, everything is there.
  await page.locator(".live-stream button[aria-pressed]").click();
  await send(view("v3", "/in-pausa"));
  await page.getByText("1 nuovo evento in attesa").waitFor();
  assert.deepEqual((await card(page, "v3")).steps, ["/nuova"]);
  await page.locator(".live-stream button[aria-pressed]").click();
  await waitForCard(page, "v3", (one) => one.steps.join() === "/nuova,/in-pausa");

  // A page that nobody sees asks for nothing.
  const streams = [];
  page.on("requestfailed", (request) => request.url().endsWith("/live") && streams.push("ended"));
  page.on("request", (request) => request.url().endsWith("/live") && streams.push("begun"));
  const show = (state) =>
    page.evaluate((to) => {
      Object.defineProperty(document, "visibilityState", { value: to, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await show("hidden");
  await waitFor("the end of the stream", () => streams.at(-1) === "ended");
  await send(view("v4", "/nascosta"));
  await waitFor("it in the store", async () => (await orma.ask("/api/v1/sites/demo/people?search=v4")).items.length === 1);
  assert.equal(await card(page, "v4"), undefined);
  await show("visible");
  await waitForCard(page, "v4", (one) => one.steps.join() === "/nascosta");
  assert.deepEqual(streams, ["ended", "begun"]);
  await page.context().close();
});

test("the map shows from where people come, the list says the same, and steps move in without a reload", async () => {
  const page = await signedIn(browser, orma.base, { locale: "en-GB", reducedMotion: "reduce" });
  await page.goto(`${orma.base}/sites/demo/live`);
  const from = (visitor, ip, path) => ({ ...view(visitor, path), context: { ip, user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0" } });
  // Addresses of access providers in Italy and in Germany.
  await send(from("m1", "151.16.0.9", "/mappa"), from("m2", "151.16.0.10", "/mappa"), from("m3", "87.128.0.9", "/mappa"));
  const map = page.getByTestId("live-map");
  await map.locator("path[data-country=IT]").waitFor();
  await map.locator("path[data-country=DE]").waitFor();
  assert.match(await map.getAttribute("aria-label"), /Italy 2/);
  assert.match(await page.getByTestId("live-places").innerText(), /Italy\s*2/);
  const shade = (code) => map.locator(`path[data-country=${code}]`).getAttribute("data-shade").then(Number);
  assert.ok((await shade("IT")) > (await shade("DE")));

  const step = (from, to) => page.getByTestId("live-moves").locator(`li[data-from="${from}"][data-to="${to}"]`);
  await step("", "/mappa").waitFor();
  await send(from("m1", "151.16.0.9", "/poi"));
  await step("/mappa", "/poi").waitFor();

  // All of the world, in the address; the keyboard is enough.
  const near = await map.getAttribute("viewBox");
  await page.getByRole("button", { name: "Whole world" }).press("Enter");
  await page.waitForURL(/map=world/);
  assert.notEqual(await map.getAttribute("viewBox"), near);
  const saved = page.waitForEvent("download");
  await page.locator(".live-map-card .export button", { hasText: "PNG" }).click();
  assert.match((await saved).suggestedFilename(), /\.png$/);
  await page.context().close();
});
