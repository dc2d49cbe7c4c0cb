// A server in front of the page's own that fails in the ways in which servers and connections do.
import { createServer, request } from "node:http";

/**
 * Starts it before the server at `address`. `faults` is a list that may change at any time: `{ path, fault }` with a regular
 * expression for the path and one of
 * - "missing": status 404;
 * - "gone": the connection breaks, as it does without a network;
 * - "hang": half of the file, then nothing more;
 * - "damaged": half of the file, as if it were whole;
 * - a function from the file's text to another text.
 * `release()` lets what hangs end.
 */
export async function startFaulty(address) {
  const faults = [];
  const hanging = new Set();
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url, address);
    const fault = faults.find(({ path }) => path.test(pathname))?.fault;
    if (fault === "missing") return void answer.writeHead(404, { "content-type": "text/plain" }).end("No.\n");
    if (fault === "gone") return void asked.socket.destroy();
    const headers = { ...asked.headers, ...(fault ? { "accept-encoding": "identity" } : {}) };
    if (fault) delete headers["if-none-match"];
    const forwarded = request(new URL(asked.url, address), { method: asked.method, headers }, (response) => {
      if (!fault) {
        // What a browser has kept it would not ask for again, and the next fault would not be met.
        answer.writeHead(response.statusCode, { ...response.headers, "cache-control": "no-store" });
        return void response.pipe(answer);
      }
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => {
        const whole = Buffer.concat(parts);
        const half = whole.subarray(0, whole.length >> 1);
        const { "content-length": length, etag, ...kept } = response.headers;
        kept["cache-control"] = "no-store";
        if (fault === "hang") {
          answer.writeHead(response.statusCode, { ...kept, "content-length": length });
          answer.write(half);
          hanging.add(answer);
          return;
        }
        const body = typeof fault === "function" ? Buffer.from(fault(whole.toString())) : half;
        answer.writeHead(response.statusCode, { ...kept, "content-length": body.length }).end(body);
      });
    });
    forwarded.on("error", () => answer.destroy());
    forwarded.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const release = () => {
    for (const answer of hanging) answer.destroy();
    hanging.clear();
  };
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    faults,
    release,
    stop: () => {
      release();
      server.closeAllConnections();
      server.close();
    },
  };
}
