// <penumbra-viewer src="…" model="…" map="…">: one case of Penumbra in another page. docs/embedding.md describes it.
//
// Load it as a module from where Penumbra is served: the frame's page is the one beside this script. An image is fetched by
// this page, with this page's rights, and its bytes are handed to the frame; the frame itself asks its own origin only.

/** Version of the messages between this page and the frame. */
const VERSION = 1;
const HOME = new URL("./", import.meta.url);

class PenumbraViewer extends HTMLElement {
  static observedAttributes = ["src", "sample", "model", "map", "view", "label"];

  #frame;
  #ready;
  #listen = (event) => this.#take(event);
  #turn = 0;

  connectedCallback() {
    if (!this.style.display) this.style.display = "block";
    window.addEventListener("message", this.#listen);
    this.#start();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#listen);
    this.#frame?.remove();
    this.#frame = undefined;
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#frame) return;
    if (name === "label") this.#frame.title = this.#label();
    else if (name === "src") this.#hand(now);
    else this.show(this.#query());
  }

  /** Opens files: `{ name, bytes: ArrayBuffer }`, several for a series. The bytes are handed over, not copied. */
  async open(...files) {
    await this.#ready;
    this.#send({ type: "open", files }, files.map((file) => file.bytes));
  }

  /** Shows a sample or model, or the image in another way: the parameters of the page's address. */
  async show(query) {
    await this.#ready;
    this.#send({ type: "show", query: String(new URLSearchParams(query)) });
  }

  #label() {
    return this.getAttribute("label") ?? "Penumbra: an image, its segmentation and where not to trust it";
  }

  /** What the attributes say, in the words of the page's address. */
  #query() {
    const query = {};
    for (const name of ["sample", "model", "map"]) {
      const value = this.getAttribute(name);
      if (value) query[name] = value;
    }
    const view = this.getAttribute("view") ?? (query.map ? "map" : undefined);
    if (view) query.show = view;
    return query;
  }

  #start() {
    const address = new URL("./", HOME);
    address.search = String(new URLSearchParams({ embed: "1", ...this.#query() }));
    const frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = this.#label();
    frame.style.cssText = "display: block; width: 100%; height: 100%; min-height: 24rem; border: 0";
    let ready;
    this.#ready = new Promise((resolve) => (ready = resolve));
    this.#frame = frame;
    frame.ready = ready;
    this.append(frame);
    const source = this.getAttribute("src");
    if (source) this.#hand(source);
  }

  async #hand(source) {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      // Of another origin than this page only with that origin's consent (CORS): the browser decides, as for every fetch.
      const response = await fetch(new URL(source, document.baseURI), { credentials: "same-origin" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const bytes = await response.arrayBuffer();
      const name = decodeURIComponent(new URL(source, document.baseURI).pathname.split("/").pop()) || "image";
      if (turn === this.#turn) await this.open({ name, bytes });
    } catch (error) {
      this.#tell("penumbra-error", { message: `${source} could not be fetched (${error.message})` });
    }
  }

  #send(message, transfer = []) {
    this.#frame?.contentWindow?.postMessage({ penumbra: VERSION, ...message }, HOME.origin, transfer);
  }

  #take(event) {
    if (event.source !== this.#frame?.contentWindow || event.origin !== HOME.origin) return;
    const { penumbra, type, ...detail } = event.data ?? {};
    if (penumbra !== VERSION) return;
    if (type === "ready") {
      this.#frame.ready();
      this.#send({ type: "hello" });
    }
    if (["ready", "state", "error"].includes(type)) this.#tell(`penumbra-${type}`, detail);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

customElements.define("penumbra-viewer", PenumbraViewer);
