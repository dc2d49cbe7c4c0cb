// One visit of the page, in the words of the contract for automation: attributes of <main>, ids, labels.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { artefacts } from "./files.mjs";

/** A guard against waiting for ever, not a measure: software adapters compile shaders for minutes. */
const PATIENCE = 300_000;
/** The same for a picture that is to be drawn. */
const DRAWING = 20_000;

export class Visit {
  /** Opens the page and records every request, every error and every message of its console. */
  static async open(session, address, query = "", prepare = undefined) {
    const visit = new Visit();
    visit.session = session;
    visit.address = address;
    visit.requests = [];
    visit.faults = [];
    visit.page = await session.browser.newPage();
    visit.page.on("request", (request) => visit.requests.push(request.url()));
    visit.page.on("pageerror", (error) => visit.faults.push(String(error)));
    visit.page.on("console", (message) => {
      if (message.type() === "error") visit.faults.push(message.text());
    });
    if (prepare) await visit.page.evaluateOnNewDocument(prepare);
    await visit.page.goto(new URL(query, address).href, { waitUntil: "load" });
    return visit;
  }

  /** The attributes of <main>: state, backend, model, elapsed time. */
  async main() {
    return this.page.$eval("main", (main) => ({ ...main.dataset }));
  }

  /** The text of what is said in [role=alert], empty where there is nothing. */
  async alert() {
    return this.page.$$eval("[role=alert]", (alerts) =>
      alerts
        .map((alert) => alert.innerText.trim())
        .filter((text) => text !== "")
        .join("\n"),
    );
  }

  /** Waits until [role=alert] says something that matches, and returns it with what is folded away and what is offered. */
  async told(pattern, timeout = PATIENCE) {
    const found = await this.page
      .waitForFunction(
        (source) => {
          const shown = [...document.querySelectorAll("[role=alert]")].map((alert) => alert.innerText.trim());
          const said = shown.find((text) => new RegExp(source).test(text));
          const box = document.querySelector(".alert");
          return (
            said && {
              said,
              details: box?.querySelector("details p")?.textContent ?? "",
              buttons: [...(box?.querySelectorAll("button") ?? [])].map((button) => button.innerText),
            }
          );
        },
        { timeout, polling: 50 },
        pattern.source,
      )
      .catch(async (error) => {
        throw new Error(`waited for ${pattern}; alert: "${await this.alert()}"; main: ${JSON.stringify(await this.main())}`, {
          cause: error,
        });
      });
    return found.jsonValue();
  }

  /** What is said that is no error, once it matches. */
  async notice(pattern, timeout = 20_000) {
    await this.page.waitForFunction(
      (source) => [...document.querySelectorAll(".status .notice [role=status]")].some((line) => new RegExp(source).test(line.innerText)),
      { timeout, polling: 50 },
      pattern.source,
    );
  }

  /** The value of a select by its label. */
  async selected(label) {
    const element = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="combobox"])`);
    return element.evaluate((select) => select.value);
  }

  /** Waits until <main data-state> is one of `states`. */
  async state(...states) {
    try {
      await this.page.waitForFunction(
        (wanted) => wanted.includes(document.querySelector("main")?.dataset.state),
        { timeout: PATIENCE, polling: 50 },
        states,
      );
    } catch (error) {
      const now = await this.main().catch(() => "no <main>");
      const said = await this.alert().catch(() => "");
      const what = `waited for ${states.join(" or ")}; found ${JSON.stringify(now)}; alert: "${said}"`;
      throw new Error(`${what}; console: ${this.faults.join(" | ")}`, { cause: error });
    }
    return this.main();
  }

  /** Opens a file and waits until the page is done with it: without a moment between to be missed. */
  async outcome(action) {
    await this.page.evaluate(() => {
      const main = document.querySelector("main");
      window.seen = [];
      window.watcher?.disconnect();
      window.watcher = new MutationObserver(() => window.seen.push(main.dataset.state));
      window.watcher.observe(main, { attributes: true, attributeFilter: ["data-state"] });
    });
    await action();
    // What is refused before it is sent to the worker never runs.
    await this.page.waitForFunction(() => ["running", "error"].some((state) => window.seen.includes(state)), {
      timeout: PATIENCE,
      polling: 50,
    });
    return this.state("done", "error");
  }

  /** Opens a file that must succeed. */
  async result(action) {
    const main = await this.outcome(action);
    assert.equal(main.state, "done", `alert: "${await this.alert()}"; console: ${this.faults.join(" | ")}`);
    return main;
  }

  /** Chooses files in `input#open-image` (or another input). */
  async choose(paths, input = "input#open-image") {
    const element = await this.page.$(input);
    assert.ok(element, `the page has no ${input}`);
    await element.uploadFile(...[paths].flat());
  }

  /** Drops files on the page, as a hand does it: enter, over, drop. */
  async drop(...paths) {
    const files = paths.map((path) => ({ name: basename(path), content: readFileSync(path).toString("base64") }));
    await this.page.evaluate((files) => {
      const transfer = new DataTransfer();
      for (const { name, content } of files) {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      const target = document.querySelector("main");
      for (const type of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
      }
    }, files);
  }

  /** Pastes files, as the browser does it for a picture in the clipboard. */
  async paste(...paths) {
    const files = paths.map((path) => ({ name: basename(path), content: readFileSync(path).toString("base64") }));
    await this.page.evaluate((files) => {
      const transfer = new DataTransfer();
      for (const { name, content } of files) {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: "image/png" }));
      }
      const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer });
      // Not every browser takes the files over into an event that a script has made.
      if (event.clipboardData?.files.length !== files.length) {
        Object.defineProperty(event, "clipboardData", { value: transfer });
      }
      document.body.dispatchEvent(event);
    }, files);
  }

  /** Drops what lies at a path, a folder too, as the system hands it to Chromium. */
  async dropFromSystem(path) {
    const client = await this.page.createCDPSession();
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await client.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    }
    await client.detach();
  }

  /** Two fingers on the picture, moved from `from` to `to` pixels apart. */
  async pinch(from, to) {
    await this.page.evaluate(
      ([from, to]) => {
        const canvas = document.querySelector(".pane canvas");
        const frame = canvas.getBoundingClientRect();
        const [x, y] = [frame.left + frame.width / 2, frame.top + frame.height / 2];
        const finger = (type, pointerId, offset) =>
          canvas.dispatchEvent(
            new PointerEvent(type, {
              pointerId,
              pointerType: "touch",
              isPrimary: pointerId === 11,
              bubbles: true,
              cancelable: true,
              button: type === "pointermove" ? -1 : 0,
              buttons: 1,
              clientX: x + offset,
              clientY: y,
            }),
          );
        finger("pointerdown", 11, -from / 2);
        finger("pointerdown", 12, from / 2);
        for (let step = 1; step <= 8; step += 1) {
          const apart = from + ((to - from) * step) / 8;
          finger("pointermove", 11, -apart / 2);
          finger("pointermove", 12, apart / 2);
        }
        finger("pointerup", 11, -to / 2);
        finger("pointerup", 12, to / 2);
      },
      [from, to],
    );
  }

  /** What is read out, by its heading; the number of an image pixel, a class, a value. */
  async readout() {
    return this.page.$$eval(".readout > dl > div", (rows) =>
      Object.fromEntries(rows.map((row) => [row.querySelector("dt").innerText, row.querySelector("dd").innerText])),
    );
  }

  /** The picture of a view, by its name, once it does not change any more. */
  async picture(view) {
    return this.page.evaluate(async (view) => {
      const read = () => document.querySelector(`[role=group][aria-label="${view}"] canvas`).toDataURL();
      for (let before = ""; ; ) {
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve, 60));
        const now = read();
        if (now === before) return now;
        before = now;
      }
    }, view);
  }

  /** Whether the picture of a view becomes `expected`, or another one where `same` is false. A busy machine draws late. */
  async draws(view, expected, same = true) {
    for (const end = Date.now() + DRAWING; ; await pause(100)) {
      if (((await this.picture(view)) === expected) === same) return true;
      if (Date.now() > end) return false;
    }
  }

  /** Sets a slider by its label. */
  async slide(label, value) {
    const element = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="slider"])`);
    await element.evaluate((input, value) => {
      input.value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, value);
  }

  /** The value of a slider by its label. */
  async slider(label) {
    const element = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="slider"])`);
    return element.evaluate((input) => Number(input.value));
  }

  /** Chooses a radio button by its label. */
  async pick(label) {
    await this.page.locator(`::-p-aria([name="${label}"][role="radio"])`).click();
  }

  /** Presses a button by its accessible name. */
  async press(name) {
    await this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  /** Chooses in a select by its label. */
  async select(label, value) {
    const element = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="combobox"])`);
    await element.select(value);
  }

  /** Presses a button and returns the path of the file that it saves, which must have the name expected. */
  async save(button, name, keepAs) {
    const path = join(this.session.downloads, name);
    assert.ok(!existsSync(path), `${name} was there before "${button}" was pressed`);
    await this.press(button);
    const before = Date.now();
    for (let length = -1; ; await pause(100)) {
      const now = existsSync(path) ? statSync(path).size : -1;
      // Firefox makes an empty file first; both browsers write beside it and rename at the end.
      if (now > 0 && now === length) break;
      length = now;
      assert.ok(Date.now() - before < 60_000, `"${button}" saved no ${name}`);
    }
    const kept = join(artefacts, keepAs ?? name);
    const bytes = readFileSync(path);
    // Not renamed: the downloads may lie on another disk.
    copyFileSync(path, kept);
    rmSync(path);
    return bytes;
  }

  /** The bytes of the first view's canvas, RGBA, once it does not change any more. */
  async pixels(view = "Picture") {
    await this.picture(view);
    const text = await this.page.$eval(`[role=group][aria-label="${view}"] canvas`, (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let text = "";
      for (let at = 0; at < data.length; at += 4096) text += String.fromCharCode(...data.subarray(at, at + 4096));
      return btoa(text);
    });
    return Buffer.from(text, "base64");
  }

  /** The places to look at: number, expected wrong pixels, text. */
  async places() {
    return this.page.$$eval("[data-region]", (rows) =>
      rows.map((row) => ({
        region: Number(row.dataset.region),
        expectedWrong: Number(row.dataset.expectedWrong),
        current: row.getAttribute("aria-current") === "true",
        text: row.innerText,
      })),
    );
  }

  async screenshot(name) {
    await this.page.screenshot({ path: join(artefacts, `${name}.png`) });
  }

  /** Fails if the page has logged an error or asked another origin for anything. */
  assertClean(origin) {
    const foreign = this.requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== origin);
    assert.deepEqual(foreign, [], "requests to other origins");
    assert.deepEqual(this.faults, [], "errors in the console");
  }

  async close() {
    await this.page.close();
  }
}
