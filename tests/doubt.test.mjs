// Doubt that one sees at a glance and can walk through: the line, the penumbra, the list of places, the referral, the tabs.
// In Chromium on the CPU: what is shown does not depend on the browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { root } from "./harness/files.mjs";
import { doubtful } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

const setUp = setUps.find((setUp) => setUp.backend === "cpu");
const { samples } = JSON.parse(readFileSync(join(root, "web/samples/index.json"), "utf8"));
const tissue = "?backend=cpu&sample=stained-tissue";

/** Opens the page on a sample and waits for its result. */
async function open(here, query = tissue) {
  const visit = await here.open(query);
  await visit.state("done");
  return visit;
}

/** Whether an element lies on the screen, all of it. */
function onScreen(element) {
  const { top, bottom, left, right, width } = element.getBoundingClientRect();
  return width > 0 && top >= 0 && left >= 0 && bottom <= window.innerHeight && right <= window.innerWidth;
}

describe(`doubt, ${setUp.name}`, () => {
  const here = session(setUp);

  it("the penumbra is what one sees first, and its width is one slider", async () => {
    const visit = await open(here);
    const at = async (sure) => {
      if (sure !== undefined) await visit.slide("How sure?", sure);
      return doubtful(await visit.pixels());
    };
    const model = JSON.parse(readFileSync(join(root, "web/models/dsb2018_nuclei/model.json"), "utf8"));
    const usual = Math.round(100 * model.validation.sure_level);
    assert.equal(await visit.slider("How sure?"), usual, "the level of the validation images");
    const [first, narrow, wide] = [await at(), await at(60), await at(99)];
    console.log(`doubt on the canvas: ${narrow} pixels at 60 %, ${first} at ${usual} %, ${wide} at 99 %`);
    assert.ok(narrow < first && first < wide, "a higher claim makes a wider band");
    assert.ok(first > 2000, "doubt is seen at a glance");
    await visit.screenshot(`${setUp.key}-penumbra`);
    await visit.pick("Mask alone");
    const none = await at();
    assert.ok(none < 0.2 * first, `${none} pixels without the penumbra`);
    await visit.select("Map", "entropy");
    assert.ok(await visit.page.$eval(".map-settings", (element) => element.getClientRects().length > 0), "a map is one choice away");
    const words = await visit.page.$eval(".key", (key) => key.innerText);
    assert.match(words, /more doubtful/);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("one line says how much may be wrong and where; the report says the same", async () => {
    const visit = await open(here);
    const line = await visit.page.$eval("[data-summary]", (element) => element.innerText);
    console.log(line);
    assert.match(line, /may be wrong|do not rely|Nothing is marked|Hardly/);
    const report = JSON.parse(await visit.save("Save report", "stained-tissue_report.json"));
    assert.equal(report.summary, line);
    const legend = await visit.page.$eval(".key", (key) => key.innerText);
    assert.match(legend, /surely inside/);
    assert.match(legend, /doubt: the border may lie/);
    await visit.close();
  });

  it("the list goes from the worst place on, and each is a click or a key away", async () => {
    const visit = await open(here);
    const places = await visit.places();
    assert.ok(places.length > 2, `${places.length} places`);
    const wrong = places.map((place) => place.expectedWrong);
    assert.deepEqual(wrong, wrong.toSorted((one, other) => other - one), "worst first");
    assert.ok(wrong.every((value) => value > 0));
    assert.match(places[0].text, /may be/);
    const thumbnails = await visit.page.$$eval("[data-region] canvas", (all) => all.map((canvas) => canvas.width * canvas.height));
    assert.ok(thumbnails.every((size) => size > 1 && size <= 64 * 64), "every row has a small picture");

    const fit = () => visit.page.$eval(".pane .zoom", (zoom) => [...zoom.children].at(-1).disabled);
    assert.equal(await fit(), true, "the whole picture is shown first");
    const whole = await visit.picture("Picture");
    await visit.page.$eval('[data-region="0"]', (row) => row.click());
    assert.equal(await fit(), false, "the view is enlarged");
    assert.ok(await visit.draws("Picture", whole, false));
    assert.ok(doubtful(await visit.pixels()) > 2000, "what is shown is doubtful");
    const sure = Number((await visit.readout()).Probability);
    assert.ok(sure < 0.9, `the crosshair stands on a pixel of probability ${sure}`);
    await visit.screenshot(`${setUp.key}-place`);

    const current = async () => (await visit.places()).findIndex((place) => place.current);
    assert.equal(await current(), 0);
    await visit.press("Next region");
    assert.equal(await current(), 1);
    await visit.page.focus(".pane canvas");
    await visit.page.keyboard.press("n");
    assert.equal(await current(), 2);
    await visit.page.keyboard.press("p");
    assert.equal(await current(), 1);
    await visit.press("Previous region");
    await visit.press("Previous region");
    assert.equal(await current(), places.length - 1, "before the first comes the last");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("the referral hands over places, says what is left, and hides nothing", async () => {
    const visit = await open(here);
    const before = await visit.pixels();
    const said = () => visit.page.$eval(".findings", (element) => element.innerText);
    assert.match(await said(), /Nothing is handed over/);
    await visit.slide("Referral", 50);
    assert.match(await said(), /handed over[^]*left/);
    assert.match(await said(), /minute|min /);
    const after = await visit.pixels();
    let [changed, bright] = [0, 0];
    for (let at = 0; at < before.length; at += 4) {
      if (before.readUInt32LE(at) !== after.readUInt32LE(at)) changed += 1;
      if (after[at] > 250 && after[at + 1] > 250 && after[at + 2] > 250) bright += 1;
    }
    const share = changed / (before.length / 4);
    console.log(`${(100 * share).toFixed(1)} % of the picture are outlined or veiled, ${bright} pixels white`);
    assert.ok(share > 0.002 && share < 0.5, "only the places change");
    await visit.screenshot(`${setUp.key}-referral`);
    await visit.slide("Referral", 100);
    assert.match(await said(), /All \d+ places|The worst place/);
    await visit.slide("Referral", 0);
    assert.ok((await visit.pixels()).equals(before), "and are as they were without a referral");
    await visit.close();
  });

  it("tabs lead to their panels without scrolling at 1280 x 800, and by arrow keys", async () => {
    const visit = await open(here);
    await visit.page.setViewport({ width: 1280, height: 800 });
    const tabs = await visit.page.$$("[role=tab]");
    const names = await Promise.all(tabs.map((tab) => tab.evaluate((element) => element.innerText)));
    assert.deepEqual(names, ["See", "Decide", "Correct", "Check", "Save", "About"]);
    for (const tab of tabs) assert.ok(await tab.evaluate(onScreen), "every tab is on screen");
    for (const selector of ["[data-summary]", ".pane canvas", '[data-region="0"]', ".key"]) {
      assert.ok(await visit.page.$eval(selector, onScreen), `${selector} is on screen`);
    }
    const scrolls = await visit.page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    assert.ok(scrolls <= 1, `the page is ${scrolls} pixels too high`);
    const selected = () => visit.page.$eval("[role=tab][aria-selected=true]", (tab) => tab.innerText);
    for (const [name, selector] of [
      ["Save", "#save-head"],
      ["Decide", "#referral"],
      ["See", "#sure"],
      ["About", "#panel-about .limits"],
    ]) {
      await visit.page.locator(`::-p-aria([name="${name}"][role="tab"])`).click();
      assert.equal(await selected(), name);
      assert.ok(await visit.page.$eval(selector, onScreen), `${selector} is on screen after ${name}`);
    }
    await visit.page.keyboard.press("ArrowLeft");
    assert.equal(await selected(), "Save");
    assert.equal((await visit.page.$$("text/Cancel")).length, 0, "nothing runs, so nothing can be cancelled");
    await visit.screenshot(`${setUp.key}-1280`);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("on a telephone picture, line and list come first, and a tap shows its place", async () => {
    const visit = await open(here);
    await visit.page.setViewport({ width: 360, height: 640 });
    const [line, picture, list] = await Promise.all(
      ["[data-summary]", ".pane canvas", '[data-region="0"]'].map((selector) =>
        visit.page.$eval(selector, (element) => element.getBoundingClientRect().bottom + window.scrollY),
      ),
    );
    assert.ok(line < picture && picture < list, "in this order");
    assert.ok(list < 2 * 640, `the list begins ${list} pixels down`);
    const width = await visit.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `the page is ${width} pixels wide`);
    await visit.page.$eval('[data-region="0"]', (row) => {
      row.scrollIntoView();
      row.click();
    });
    await visit.page.waitForFunction(
      () => document.querySelector(".pane canvas").getBoundingClientRect().top >= 0,
      { timeout: 5000 },
    );
    await visit.screenshot(`${setUp.key}-360`);
    await visit.close();
  });

  it("a sample that is chosen from the list brings its own model", async () => {
    const visit = await open(here, "?backend=cpu");
    const other = samples.find((sample) => sample.id === "left-ventricle");
    const main = await visit.result(() => visit.select("Sample image", other.id));
    assert.equal(main.model, other.model);
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
