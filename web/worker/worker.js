// Starts the worker's WebAssembly module. A classic script: every browser with WebAssembly runs it.
"use strict";

// Filled in by the build: what a server sends may be compressed, so its Content-Length says nothing of what arrives.
const MODULE_BYTES = 0;
/** Milliseconds between two signs of life; the page knows this number. */
const BEAT = 1000;
/** Milliseconds between two reports of how much has arrived. */
const REPORT = 100;

const say = (message) => self.postMessage({ message, buffers: [] });

// Trusted Types: the one script that this worker loads.
self.trustedTypes?.createPolicy("default", {
  createScriptURL: (address) => (address === "penumbra.js" ? address : null),
});

// What this worker asks for, for the page's account of its requests. The fragment of the address names the page.
{
  const channel = new BroadcastChannel("penumbra-requests");
  const entry = ({ name, decodedBodySize, transferSize, startTime }) => ({
    address: name,
    bytes: decodedBodySize,
    when: performance.timeOrigin + startTime,
    fromHere: decodedBodySize > 0 && transferSize === 0,
  });
  new PerformanceObserver((list) => {
    channel.postMessage({ from: `worker${self.location.hash}`, requests: list.getEntries().map(entry) });
  }).observe({ type: "resource", buffered: true });
}

// The module takes messages once it has started; what comes earlier is kept and delivered then.
const early = [];
const keep = (event) => {
  event.stopImmediatePropagation();
  early.push(event);
};
self.addEventListener("message", keep);

// A panic inside a future ends as a rejected promise; thrown again outside of one, it reaches the page as an `error` event.
self.addEventListener("unhandledrejection", (event) => {
  setTimeout(() => {
    throw event.reason;
  });
});

// Signs of life, for a page that has given its worker a name. While the network computes on the CPU there is no turn for
// them; that the worker still exists can be told even then, from a lock that it holds for as long as it lives.
if (self.name) {
  setInterval(() => say({ type: "alive" }), BEAT);
  const held = navigator.locks?.request(self.name, () => {
    say({ type: "holds-lock" });
    return new Promise(() => {});
  });
  // Where there are no locks to be had, silence alone has to tell.
  held?.catch(() => {});
}

/** The module's bytes while they arrive, each report with the number so far. */
async function* arriving(response) {
  const reader = response.body.getReader();
  let [done, reported] = [0, -1];
  const report = () => {
    if (done === reported) return;
    reported = done;
    say({ type: "progress", stage: "fetch-program", done, total: Math.max(MODULE_BYTES, done) });
  };
  report();
  // By the clock and not by the parts: the last one before a silence is told too.
  const clock = setInterval(report, REPORT);
  try {
    for (;;) {
      const part = await reader.read();
      if (part.done) break;
      done += part.value.length;
      yield part.value;
    }
  } finally {
    clearInterval(clock);
  }
  report();
}

/** The module as a response that a browser compiles while it arrives. */
async function module() {
  const response = await fetch("penumbra_bg.wasm");
  if (!response.ok) throw new Error(`penumbra_bg.wasm: status ${response.status}`);
  const parts = arriving(response);
  const counted = new ReadableStream({
    async pull(controller) {
      const part = await parts.next();
      if (part.done) controller.close();
      else controller.enqueue(part.value);
    },
  });
  return new Response(counted, { headers: { "Content-Type": "application/wasm" } });
}

const start = async () => {
  importScripts("penumbra.js");
  await wasm_bindgen({ module_or_path: module() });
  self.removeEventListener("message", keep);
  for (const event of early) {
    self.dispatchEvent(new MessageEvent("message", { data: event.data }));
  }
};
start().catch((error) => say({ type: "not-started", fault: String(error?.message ?? error) }));
