// A plain file server for the built page, as a static host is one: below a folder of its own, without our headers. It
// remembers what it was asked for, can give other files than those that were built, and can be gone.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { root } from "./files.mjs";

const dist = join(root, "dist");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export const built = (path) => readFileSync(join(dist, path));

/**
 * Starts the server. `files` overrides what was built, by path below the page's folder; `requests` holds every request with
 * its headers and body; `stop()` cuts the network.
 */
export async function startStatic({ folder = "/sub/path/", files = {} } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { pathname } = new URL(request.url, "http://x");
    const path = pathname.startsWith(folder) ? decodeURIComponent(pathname.slice(folder.length)) || "index.html" : undefined;
    requests.push({ path, url: request.url, headers: request.rawHeaders, body: Buffer.concat(parts) });
    try {
      const content = files[path] ?? built(path);
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    address: `${origin}${folder}`,
    requests,
    files,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const hash = (content) => createHash("sha256").update(content).digest("base64");

/** Another build of the page, which differs in `index.html`: files that override the built ones, and its name. */
export function otherBuild() {
  const name = "b".repeat(64);
  const index = built("index.html")
    .toString()
    .replace(/(<meta name="penumbra-build" content=")[^"]*/, `$1${name}`);
  const worker = built("service-worker.js").toString();
  const [line, text] = worker.match(/^const BUILD = (\{.*\});$/m);
  const build = JSON.parse(text);
  build.id = name;
  build.files["index.html"] = [Buffer.byteLength(index), hash(index), true];
  return {
    name,
    files: { "index.html": index, "service-worker.js": worker.replace(line, `const BUILD = ${JSON.stringify(build)};`) },
  };
}
