// Keeps the program in this browser, so that it works without a network. It keeps the program's own files and never an
// image: it answers GET requests for the files of one build, and hands on everything else untouched.
//
// All files of a build are fetched, checked against their SHA-256 and kept together under the build's name; a page is
// answered from one build only. A new build waits until the visitor asks for it. What is kept, and what was fetched and
// why, is said to the page on request. docs/privacy.md tells the whole.
"use strict";

// Written by `cargo xtask csp`: {"id": "…", "files": {"path": [bytes, "SHA-256 in base64", kept at once]}}. Without it, as in
// development, this worker only takes itself and what it has kept away.
const BUILD = null;

const SCOPE = new URL(self.registration.scope);
/** Caches belong to the whole origin, and another copy of the page may live in another folder. */
const PREFIX = `penumbra ${SCOPE.pathname} `;
const CACHE = `${PREFIX}${BUILD?.id}`;
/** The server's way to switch all this off: {"disabled": true}. */
const SWITCH = new URL("service-worker.json", SCOPE).href;
const HASH = "x-penumbra-sha256";
const SIZE = "x-penumbra-bytes";
/** Most entries of the account of requests. */
const LOG_LENGTH = 500;

const log = [];
const channel = new BroadcastChannel("penumbra-requests");
/** Who has had everything taken away: "visitor" or "server". A browser may go on with this worker all the same. */
let left;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  if (!BUILD || event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  const path = pathOf(url);
  if (!path || !BUILD.files[path]) return;
  if (event.request.mode !== "navigate") {
    event.respondWith(answer(path));
  } else if (url.searchParams.get("offline") === "0") {
    event.respondWith(leave("visitor").then(() => fetch(event.request)));
  } else {
    event.respondWith(answer(path));
    event.waitUntil(tend());
  }
});

self.addEventListener("message", (event) => {
  const reply = (value) => event.ports[0]?.postMessage(value);
  event.waitUntil(
    obey(event.data ?? {}).then(reply, (error) => reply({ fault: String(error?.message ?? error) })),
  );
});

/** The path of a file of this page below its folder; undefined for another origin or folder. */
function pathOf(url) {
  if (url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return undefined;
  try {
    return decodeURIComponent(url.pathname.slice(SCOPE.pathname.length)) || "index.html";
  } catch {
    return undefined;
  }
}

const addressOf = (path) => new URL(path.split("/").map(encodeURIComponent).join("/"), SCOPE).href;

async function install() {
  if (!BUILD) return self.skipWaiting();
  if (await switchedOff()) throw new Error("the server has switched the service worker off");
  const cache = await caches.open(CACHE);
  const others = await otherCaches();
  try {
    await Promise.all(
      Object.entries(BUILD.files).map(async ([path, [, hash, atOnce]]) => {
        const address = addressOf(path);
        if (await cache.match(address)) return;
        const before = await fromOthers(others, address, hash);
        if (before) await cache.put(address, before);
        else if (atOnce) await fetched(path, "to keep the program for use without a network", cache);
      }),
    );
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** What is looked after whenever the page is opened: the server's switch, and a cache that the browser has taken away. */
async function tend() {
  if (await switchedOff()) return leave("server");
  left = undefined;
  // The page itself has been answered over the network; it is tried again the next time.
  if (!(await caches.has(CACHE))) await install().catch(() => {});
}

async function activate() {
  if (!BUILD) return leave("server");
  for (const name of await ownCaches()) {
    if (name !== CACHE) await caches.delete(name);
  }
}

const ownCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

async function otherCaches() {
  const names = (await ownCaches()).filter((name) => name !== CACHE);
  return Promise.all(names.map((name) => caches.open(name)));
}

/** The same bytes from another build. */
async function fromOthers(others, address, hash) {
  for (const cache of others) {
    const kept = await cache.match(address);
    if (kept?.headers.get(HASH) === hash) return kept;
  }
  return undefined;
}

/** A file of this build: kept, or fetched and kept from now on. */
async function answer(path) {
  // Not `caches.open`, which would bring an emptied cache back to life.
  const kept = await caches.match(addressOf(path), { cacheName: CACHE }).catch(() => undefined);
  if (kept) return kept;
  try {
    const cache = left || !(await caches.has(CACHE)) ? undefined : await caches.open(CACHE);
    return await fetched(path, "asked for by the page", cache);
  } catch (error) {
    return error instanceof OtherBuild ? error.response() : Response.error();
  }
}

/** The server has a file of another build: no answer is better than a mixture of two. */
class OtherBuild extends Error {
  response() {
    return new Response(this.message, { status: 409, statusText: "file of another build" });
  }
}

/** Fetches a file, checks that it is of this build, and keeps it. A page that is not there is handed on as it is. */
async function fetched(path, why, cache) {
  const [, hash] = BUILD.files[path];
  const address = addressOf(path);
  const when = Date.now();
  const entry = record({ address, bytes: 0, when, why });
  const response = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
  if (!response.ok) {
    if (why.startsWith("asked")) return response;
    throw new Error(`${path}: status ${response.status}`);
  }
  const body = await response.arrayBuffer();
  entry.bytes = body.byteLength;
  tell(entry);
  if (base64(await crypto.subtle.digest("SHA-256", body)) !== hash) {
    self.registration.update().catch(() => {});
    throw new OtherBuild(`${path} is of another build than the page`);
  }
  // The server's own headers, its policy among them, go on to hold; those of the transfer are over.
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  headers.set(HASH, hash);
  headers.set(SIZE, String(body.byteLength));
  if (cache) {
    const kept = cache.put(address, new Response(body.slice(0), { headers }));
    // A full disk must not keep the page from its file.
    await (why.startsWith("asked") ? kept.catch(() => {}) : kept);
  }
  return new Response(body, { headers });
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

/** Whether the server has switched this worker off; no when it cannot be reached. */
async function switchedOff() {
  record({ address: SWITCH, bytes: 0, when: Date.now(), why: "whether the server has switched this off" });
  try {
    const response = await fetch(SWITCH, { cache: "no-store", credentials: "same-origin" });
    return response.ok && (await response.json()).disabled === true;
  } catch {
    return false;
  }
}

/** Takes everything away that was kept, and this worker. Open pages go on with what they have and the network. */
async function leave(who) {
  left = who;
  for (const name of await ownCaches()) await caches.delete(name);
  await self.registration.unregister();
  return { left: true };
}

async function obey({ type, build, paths }) {
  if (!BUILD) return {};
  switch (type) {
    case "claim":
      // Registered again after everything was taken away: the browser may go on with the same worker, without its files.
      if (left === "server") return leave("server");
      if (left) {
        left = undefined;
        await install();
      }
      // Only a page of the same build: another one would get a mixture.
      if (build === BUILD.id) await self.clients.claim();
      return { build: BUILD.id };
    case "report":
      return { build: BUILD.id, log, files: await report() };
    case "keep":
      return keep(paths ?? []);
    case "activate": {
      // Another open page would go on with files of the new build.
      const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const others = pages.length - 1;
      if (others <= 0) await self.skipWaiting();
      return { others: Math.max(others, 0) };
    }
    case "leave":
      return leave("visitor");
    default:
      return {};
  }
}

/** Every file of the build: path, bytes, whether it is kept, whether it belongs to the program itself. */
async function report() {
  const cache = (await caches.has(CACHE)) ? await caches.open(CACHE) : undefined;
  const kept = new Set(((await cache?.keys()) ?? []).map((request) => request.url));
  return Object.entries(BUILD.files).map(([path, [bytes, , program]]) => ({
    path,
    bytes,
    program,
    kept: kept.has(addressOf(path)),
  }));
}

/** Keeps models and samples that the page uses. */
async function keep(paths) {
  if (left || !(await caches.has(CACHE))) return { kept: 0 };
  const cache = await caches.open(CACHE);
  let kept = 0;
  const wanted = Object.keys(BUILD.files).filter((path) =>
    paths.some((one) => one === path || (one.endsWith("/") && path.startsWith(one))),
  );
  for (const path of wanted) {
    if (await cache.match(addressOf(path))) continue;
    await fetched(path, "to keep what is used for use without a network", cache);
    kept += 1;
  }
  return { kept };
}

function record(entry) {
  log.push(entry);
  if (log.length > LOG_LENGTH) log.shift();
  tell(entry);
  return entry;
}

function tell(entry) {
  channel.postMessage({ from: "service worker", requests: [entry] });
}
