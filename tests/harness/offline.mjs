// What is kept in the browser, asked in the page.

/** Waits until the service worker answers for the page and everything that the page uses is kept. */
export async function untilKept(visit) {
  await visit.page.waitForFunction(
    async () => {
      if (!navigator.serviceWorker.controller) return false;
      const [name] = await caches.keys();
      const keys = name ? await (await caches.open(name)).keys() : [];
      const model = document.querySelector("main").dataset.model;
      const kept = (part) => keys.some(({ url }) => url.includes(part));
      return kept(`/models/${model}/weights`) && kept(`/models/${model}/model.json`) && kept("/samples/") && kept("index.html");
    },
    { timeout: 120_000, polling: 200 },
  );
}

/** Everything that the page has stored, as text: names, addresses, settings; and whether bytes occur in a kept file. */
export async function stored(visit, marker = []) {
  return visit.page.evaluate(async (marker) => {
    const found = { caches: [], registrations: 0, settings: [], databases: [], files: [], cookie: document.cookie, marked: [] };
    const occurs = (bytes) => {
      outer: for (let at = bytes.indexOf(marker[0]); at >= 0; at = bytes.indexOf(marker[0], at + 1)) {
        for (let offset = 1; offset < marker.length; offset += 1) if (bytes[at + offset] !== marker[offset]) continue outer;
        return true;
      }
      return false;
    };
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        found.caches.push(`${name} ${request.url}`);
        const answer = await cache.match(request);
        if (marker.length > 0 && occurs(new Uint8Array(await answer.arrayBuffer()))) found.marked.push(request.url);
      }
    }
    found.registrations = (await navigator.serviceWorker.getRegistrations()).length;
    for (const storage of [localStorage, sessionStorage]) {
      for (let index = 0; index < storage.length; index += 1) {
        found.settings.push(`${storage.key(index)}=${storage.getItem(storage.key(index))}`);
      }
    }
    found.databases = ((await indexedDB.databases?.()) ?? []).map(({ name }) => name);
    const folder = await navigator.storage.getDirectory().catch(() => undefined);
    if (folder) for await (const name of folder.keys()) found.files.push(name);
    return found;
  }, [...marker]);
}
