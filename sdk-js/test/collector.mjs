// What the SDK talks to in these tests: serves pages and the built files, and records every request
// to /v1/events. `answers` scripts what it says next; when empty it says 200.
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const dist = new URL('../dist/', import.meta.url);

// Vitals come when they are ready, so only the tests that want them turn them on.
const page = ({ attributes = 'data-site="demo" data-vitals="off"', head = '', body = '', script = '/orma.js' }) =>
  `<!doctype html><html><head><title>First</title><link rel="icon" href="data:,">${head}
<script defer src="${script}" ${attributes}></script></head><body>${body || '<h1>Shoes</h1><button>Buy</button>'}</body></html>`;

/** Starts one; `port` 0 takes a free port. `pages` maps a path to the options of `page`. */
export const startCollector = async (pages = {}, port = 0) => {
  const requests = [];
  const answers = [];
  const receive = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = JSON.parse(text);
    const answer = answers.shift() ?? { status: collector.judge(body) };
    requests.push({ body, bytes: Buffer.byteLength(text), type: request.headers['content-type'], mode: request.headers['sec-fetch-mode'], status: answer.status, at: Date.now() });
    // Nobody waits for the end of an answer that was given up.
    if (answer.afterMs) await sleep(answer.afterMs, undefined, { ref: false });
    if (response.destroyed) return; // given up
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify({ accepted: body.events.length, rejected: [] }));
  };
  const server = http.createServer(async (request, response) => {
    // As the collector: CORS on every answer, and Retry-After readable across origins.
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-expose-headers', 'retry-after');
    const { pathname } = new URL(request.url, 'http://localhost');
    try {
      if (request.method === 'POST' && pathname === '/v1/events') return await receive(request, response);
      if (/^\/[\w-]+\.js$/.test(pathname)) {
        response.writeHead(200, { 'content-type': 'text/javascript' });
        return response.end(await readFile(new URL(`.${pathname}`, dist)));
      }
      const options = pages[pathname] ?? {};
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...options.headers });
      response.end(options.html ?? page(options));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  const collector = {
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    answers,
    stop,
    /** Events of the requests answered with success, in the order of arrival, each with its envelope. */
    stored: () =>
      requests
        .filter(({ status }) => status === 200)
        .flatMap(({ body: { events, ...envelope } }) => events.map((event) => ({ ...event, envelope }))),
    /** The status of a request for which no answer is scripted. */
    judge: () => 200,
  };
  return collector;
};
