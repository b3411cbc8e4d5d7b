// The OpenAPI document against the program that gives it: a validator, and a tester that makes requests of it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ADMIN_TOKEN, PATIENCE_MS, startOrma, waitFor } from "../browser/orma.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.ORMA_CLIENTS_PYTHON ?? join(here, "..", "..", "target", "clients-python", "bin", "python");
/** The same requests every time. */
const SEED = "1";
let orma;
let folder;

before(async () => {
  assert.ok(existsSync(python), `${python} is missing: run \`make clients\``);
  folder = await mkdtemp(join(tmpdir(), "orma-api-"));
  orma = await startOrma();
  // What the examples of the document speak of.
  const events = [
    { kind: "identify", user: "mario@example.it" },
    { kind: "page_view", url: "https://shop.example/scarpe" },
    { kind: "order", order_id: "o1", revenue: { amount: "12.90", currency: "EUR" } },
  ];
  const body = JSON.stringify({ site: "demo", visitor: "any-stable-id", user: "mario@example.it", events });
  const answer = await fetch(`${orma.base}/v1/events`, { method: "POST", body });
  assert.deepEqual(await answer.json(), { accepted: 3, rejected: [] });
  await waitFor("the person", () => orma.ask("/api/v1/sites/demo/people/mario@example.it").catch(() => undefined));
});

after(async () => {
  await orma?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Runs one of the programs of tests/clients/requirements.txt; its words are told when it fails. */
function run(program, args, variables = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...variables };
    execFile(join(dirname(python), program), args, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${program}: ${error.message}\n${stdout}${stderr}`)) : resolve(stdout));
  });
}

/** Makes requests of the document; one worker, because Python's parser of itself does not bear threads. */
const askOf = (args, { variables, without = [] } = {}) =>
  run("st", [
    ...["run", `${orma.base}/api/openapi.json`, "--seed", SEED, "--workers", "1", "--no-color"],
    ...["--header", `Authorization: Bearer ${ADMIN_TOKEN}`],
    // What a busy machine makes wait is answered.
    ...["--request-timeout", String(PATIENCE_MS / 1000)],
    // A stream has no end.
    ...["--exclude-path-regex", ["/live$", ...without].join("|"), "--continue-on-failure"],
    ...args,
  ], variables);

describe("the OpenAPI document", { concurrency: true }, () => {
  test("is valid, and names each operation once", async () => {
    const document = await (await fetch(`${orma.base}/api/openapi.json`)).json();
    const file = join(folder, "openapi.json");
    await writeFile(file, JSON.stringify(document));
    assert.match(await run("openapi-spec-validator", [file]), /OK/);
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(document.servers.map(({ url }) => url), ["/"]);
    for (const path of ["/v1/events", "/p.gif", "/v1/{type}"]) assert.ok(document.paths[path], `${path} is described`);
  });

  test("says what the API refuses, and how it answers", () =>
    askOf([...OF_THE_API, "--phases", "fuzzing", "--mode", "negative", "--max-examples", "10"], { without: [SQL] }));

  test("says what the API takes", () =>
    askOf([...OF_THE_API, "--phases", "fuzzing", "--mode", "positive", "--max-examples", "4"], {
      variables: { PYTHONPATH: here, SCHEMATHESIS_HOOKS: "api_hooks" },
      without: [JOURNEYS],
    }));

  // What they ask of dates, names, patterns, numbers and SQL a schema does not say as a whole; that what is right is taken, the
  // tests of the program show.
  test("says how questions about journeys are answered", () =>
    askOf([
      ...["--include-path-regex", JOURNEYS],
      ...["--phases", "fuzzing", "--mode", "positive", "--max-examples", "10"],
      ...["--exclude-checks", "positive_data_acceptance"],
    ]));

  // An event that is wrong is refused by itself, in the body of a 200.
  test("says how the collector answers", () =>
    askOf([
      ...OF_THE_COLLECTOR,
      ...["--phases", "examples,coverage", "--exclude-checks", "positive_data_acceptance,negative_data_rejection"],
    ]));
});

const OF_THE_API = ["--include-path-regex", "^/api/"];
const JOURNEYS = "/(funnels|retention|lifecycle|stickiness|attribution|paths|touchpoints|journeys)(/people|/instead)?$|/(segments|reports|boards|alerts|identity)(/.*)?$|/sql$";
// What is too long for an address is refused before anybody reads it, with a 431.
const SQL = "/sql$";
const OF_THE_COLLECTOR = ["--include-path-regex", "^/(v1|p|orma)"];
