// Starts the worker's WebAssembly module. A classic script: every browser with WebAssembly runs it.
"use strict";

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

importScripts("penumbra.js");

wasm_bindgen({ module_or_path: "penumbra_bg.wasm" }).then(
  () => {
    self.removeEventListener("message", keep);
    for (const event of early) {
      self.dispatchEvent(new MessageEvent("message", { data: event.data }));
    }
  },
  (error) => {
    // An exception outside of a promise reaches the page as an `error` event of the worker.
    setTimeout(() => {
      throw error;
    });
  },
);
