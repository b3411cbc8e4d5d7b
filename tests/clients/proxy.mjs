// A small proxy between a client and orma that breaks before it lets requests through.
import { createServer, request } from "node:http";
import { once } from "node:events";

/**
 * Starts a proxy before `target`. Each POST takes the next of `faults`, and passes when none is left:
 * a number is answered with that status (429 with `Retry-After: 1`), and `"hang"` is never answered. `"late"` and
 * `"cut"` reach orma, but the answer never reaches the client: it waits for it, or its connection breaks.
 */
export async function startProxy(target, faults) {
  const left = [...faults];
  const seen = [];
  const server = createServer(async (incoming, answer) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fault = incoming.method === "POST" ? left.shift() : undefined;
    seen.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, fault });
    if (typeof fault === "number") {
      const origin = incoming.headers.origin;
      answer.writeHead(fault, {
        ...(fault === 429 && { "retry-after": "1" }),
        ...(origin && {
          "access-control-allow-origin": origin,
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": "retry-after",
        }),
      });
      return answer.end();
    }
    if (fault === "hang") return;
    // The body goes on as it came: chunked when it came without a length.
    const onward = request(target + incoming.url, { method: incoming.method, headers: incoming.headers });
    onward.on("error", () => answer.destroy());
    onward.on("response", (response) => {
      if (fault === "late") return response.resume();
      if (fault === "cut") return answer.destroy();
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    onward.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    seen,
    /** The faults that no request has met. */
    left,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
