// The lesson: five steps by keyboard alone, figures that compute on the image, answers handed in and counted.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { artefacts } from "./harness/files.mjs";
import { session } from "./harness/session.mjs";

const STEPS = 5;
/** More presses of Tab than there are things to reach: a trap ends here. */
const MOST_TABS = 80;

/** Presses Tab until what has the focus answers to a selector. */
async function tabTo(page, selector) {
  for (let press = 0; press < MOST_TABS; press += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    await page.keyboard.press("Tab");
  }
  const where = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  assert.fail(`Tab does not reach ${selector}; the focus is on ${where}`);
}

/** Waits for the heading of a step to have the focus. */
function heading(page, step) {
  return page.waitForFunction(
    (step) => document.activeElement?.matches(`article[data-lesson-step="${step}"] h2`),
    { timeout: 20_000 },
    String(step),
  );
}

const text = (page, selector) => page.$eval(selector, (element) => element.innerText);
const value = (page, selector, key) => page.$eval(selector, (element, key) => Number(element.dataset[key]), key);

for (const setUp of setUps) {
  describe(setUp.name, () => {
    const here = session(setUp);

    it("five steps by keyboard, with figures that follow the image", async () => {
      const visit = await here.open("?backend=cpu&lesson=uncertainty&language=en");
      const { page } = visit;
      await page.waitForSelector('article[data-lesson-step="1"]');
      await visit.state("done");
      assert.equal(await page.$eval("main", (main) => main.dataset.model), "dsb2018_nuclei");
      // Nothing is shown before the question is answered.
      assert.equal(await page.$(".lesson-figure"), null);

      // 1: a number; an answer is asked for, then the figure appears, and its slider moves what is marked.
      await page.focus('article[data-lesson-step="1"] h2');
      await tabTo(page, ".number-row input");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelector(".verdict").innerText !== "");
      await page.keyboard.type("0.1");
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-figure="costs"] [data-marked]');
      assert.match(await text(page, ".verdict"), /^Right/);
      await tabTo(page, "#lesson-costs");
      const before = await text(page, "[data-marked]");
      assert.equal(await text(page, "[data-threshold]"), "0.50");
      await page.keyboard.press("End");
      await page.waitForFunction(() => document.querySelector("[data-threshold]").innerText === "0.05");
      assert.notEqual(await text(page, "[data-marked]"), before, "dear misses mark more");
      await page.waitForSelector("[data-readers-dice]");
      assert.match(await text(page, "[data-readers-dice]"), /0\.\d{3}/);
      await tabTo(page, '[data-figure="costs"] .needs-labels button');
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelectorAll('[data-figure="costs"] tbody tr').length === 2);
      await visit.screenshot(`${setUp.key}-lesson-1`);

      // 2: a choice by arrow keys; the maps are scored against the labels that were opened in step 1.
      await tabTo(page, ".lesson-foot .primary");
      await page.keyboard.press("Enter");
      await heading(page, 2);
      assert.match(page.url(), /lesson=uncertainty&step=2/);
      assert.match(await text(page, "[data-lesson-progress]"), /^Step 2 of 5, about \d+ min$/);
      await tabTo(page, '.question input[type="radio"]');
      await page.keyboard.press(" ");
      await tabTo(page, '.question button[type="submit"]');
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-measure="ranking"] [data-auroc]');
      assert.match(await text(page, ".verdict"), /^Right/);
      const auroc = (map) => value(page, `[data-measure="${map}"] [data-auroc]`, "auroc");
      // With two classes one follows from the other, but for rounding where the network is surest.
      assert.ok(Math.abs((await auroc("margin")) - (await auroc("entropy"))) < 1e-3);
      assert.ok((await auroc("ranking")) > 0.8);
      assert.ok((await page.$$('[data-figure="rivals"] table tbody tr')).length > 10);
      await visit.screenshot(`${setUp.key}-lesson-2`);

      // 3: the sum of all terms orders as the ranking does; without one it is another.
      await tabTo(page, ".lesson-foot .primary");
      await page.keyboard.press("Enter");
      await heading(page, 3);
      await tabTo(page, ".question button[type=button]");
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-figure="one-pass"] [data-likeness]');
      assert.equal((await page.$$("[data-stage] canvas")).length, 9);
      const whole = await text(page, "[data-likeness]");
      assert.ok(Number(/: (0\.\d+|1\.0+)/.exec(whole)?.[1]) > 0.95, whole);
      await tabTo(page, '[data-figure="one-pass"] input[type="checkbox"]');
      await page.keyboard.press(" ");
      // One term may weigh next to nothing in this image; without all but one the order is another.
      const terms = (await page.$$('[data-figure="one-pass"] input[type="checkbox"]')).length;
      for (let term = 2; term < terms; term += 1) {
        await page.keyboard.press("Tab");
        await page.keyboard.press(" ");
      }
      await page.waitForFunction((whole) => document.querySelector("[data-likeness]").innerText !== whole, {}, whole);
      await visit.screenshot(`${setUp.key}-lesson-3`);

      // 4: the worse image is opened as any other, and the figure compares.
      await tabTo(page, ".lesson-foot .primary");
      await page.keyboard.press("Enter");
      await heading(page, 4);
      await tabTo(page, '.question input[type="radio"]');
      await page.keyboard.press("ArrowDown");
      await tabTo(page, '.question button[type="submit"]');
      await page.keyboard.press("Enter");
      await page.waitForSelector('table[data-corrupt="before"]');
      await tabTo(page, "#lesson-corruption");
      await page.keyboard.type("Noi");
      await tabTo(page, '[data-figure="corrupt"] .buttons .primary');
      await page.keyboard.press("Enter");
      await page.waitForSelector('table[data-corrupt="after"]', { timeout: 240_000 });
      const row = await page.$$eval("table[data-corrupt] tbody tr:first-child td", (cells) => cells.map((cell) => Number(cell.innerText)));
      assert.ok(row[0] > row[1] + 0.2, `Dice before and after: ${row}`);
      await visit.screenshot(`${setUp.key}-lesson-4`);

      // 5: the sample comes back by itself; a temperature moves ECE and leaves AUROC.
      await tabTo(page, ".lesson-foot .primary");
      await page.keyboard.press("Enter");
      await heading(page, 5);
      await page.waitForFunction(
        () => document.querySelector("main").dataset.state === "done" && document.querySelector(".needs-labels") === null,
        { timeout: 240_000 },
      );
      await tabTo(page, '.question input[type="radio"]');
      await page.keyboard.press("ArrowDown");
      await tabTo(page, '.question button[type="submit"]');
      await page.keyboard.press("Enter");
      await tabTo(page, '[data-figure="validate"] .needs-labels button');
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-ece]");
      const [ece, rank] = [await value(page, "[data-ece]", "ece"), await value(page, ".validate [data-auroc]", "auroc")];
      await tabTo(page, "#lesson-temperature");
      await page.keyboard.press("End");
      await page.waitForFunction((ece) => Number(document.querySelector("[data-ece]").dataset.ece) > ece + 0.01, {}, ece);
      assert.ok(Math.abs((await value(page, ".validate [data-auroc]", "auroc")) - rank) < 1e-5);
      await visit.screenshot(`${setUp.key}-lesson-5`);

      // The end: what was answered, in German as well, and as a file that the teacher's page counts.
      await tabTo(page, ".lesson-foot .primary");
      await page.keyboard.press("Enter");
      await heading(page, "end");
      assert.match(await text(page, "[data-lesson-step=end]"), /4 of 5 questions, 4 of them right/);
      await visit.select("Language", "de");
      await page.waitForFunction(() => document.querySelector("[data-lesson-step=end] h2")?.innerText === "Das war die Lektion");
      const bytes = await visit.save("Meine Antworten sichern", "uncertainty_answers.json", `${setUp.key}-answers.json`);
      const file = JSON.parse(bytes);
      assert.deepEqual(file.answers, [{ number: 0.1 }, { choice: 0 }, "skipped", { choice: 1 }, { choice: 1 }]);
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("the teacher's page counts votes and names what it does not count", async () => {
      const visit = await here.open("?backend=cpu&lesson=uncertainty&language=en&teacher=1");
      const { page } = visit;
      await page.waitForSelector(".teacher-step");
      assert.equal((await page.$$(".teacher-step")).length, STEPS);
      const answers = { format: "penumbra-lesson-answers", version: 1, lesson: "uncertainty", language: "en", right: [] };
      const names = [
        ["one", [{ number: 0.1 }, { choice: 0 }, "skipped", null, { choice: 1 }]],
        ["two", [{ number: 0.9 }, { choice: 2 }, { choice: 2 }, null, { choice: 1 }]],
      ].map(([name, given]) => {
        const path = join(artefacts, `${setUp.key}-${name}.json`);
        writeFileSync(path, JSON.stringify({ ...answers, answers: given }));
        return path;
      });
      const other = join(artefacts, `${setUp.key}-other.json`);
      writeFileSync(other, JSON.stringify({ ...answers, lesson: "knots", answers: [] }));
      await visit.choose([...names, other], "input#open-answers");
      await page.waitForFunction(() => document.querySelector("#votes [role=status]").innerText.startsWith("2 "));
      await page.waitForFunction((name) => document.querySelector("#votes").innerText.includes(name), {}, `${setUp.key}-other.json`);
      const counts = await page.$$eval(".teacher-step", (steps) =>
        steps.map((step) => [...step.querySelectorAll(".votes .amount")].map((count) => Number(count.innerText))),
      );
      assert.deepEqual(counts, [[1, 1], [1, 0, 1], [0, 0, 1], [0, 0, 0], [0, 2, 0]]);
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("the way in keeps the page as it is, and a lesson that there is not is said", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await visit.page.locator(".learn a").click();
      await visit.page.waitForSelector('article[data-lesson-step="1"]');
      assert.ok(!visit.requests.slice(1).some((url) => url.includes("?lesson")), "the page was loaded again");
      await visit.close();
      const lost = await here.open("?backend=cpu&lesson=knots");
      await lost.page.waitForFunction(() => document.querySelector("[role=alert]")?.innerText.includes("knots"));
      await lost.close();
    });
  });
}
