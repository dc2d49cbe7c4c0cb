// The other ways in: paste, folders by drop and by choice; and two fingers on the picture.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { session } from "./harness/session.mjs";

const images = [testImage(0), testImage(1)];

/** A folder with two pictures, one of them in a folder of its own, and files that hold none. */
function folder() {
  const path = mkdtempSync(join(tmpdir(), "penumbra-folder-"));
  mkdirSync(join(path, "inner"));
  copyFileSync(images[0], join(path, "a.png"));
  copyFileSync(images[1], join(path, "inner", "b.png"));
  writeFileSync(join(path, "notes.txt"), "Nothing to see.\n");
  writeFileSync(join(path, ".hidden"), "");
  return path;
}

/** The titles in the list of opened files. */
async function listed(visit) {
  const list = await visit.page.waitForSelector('::-p-aria([name="File"][role="combobox"])');
  return list.$$eval("option", (options) => options.map((option) => option.innerText));
}

/** Whether there is anything on the canvas but its ground. */
async function drawn(visit) {
  await visit.picture("Picture");
  return visit.page.$eval(".pane canvas", (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return data.some((value, index) => index % 4 === 3 && value > 0);
  });
}

for (const setUp of setUps) {
  describe(`other ways in, ${setUp.name}`, () => {
    const here = session(setUp);

    it("a pasted picture is segmented", { skip: skipWithout(images[0]) }, async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      await visit.result(() => visit.paste(images[0]));
      const status = await visit.page.$eval(".status .file", (line) => line.textContent);
      assert.ok(status.startsWith(basename(images[0])), status);
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("a folder is searched for pictures, by choice and by drop", { skip: skipWithout(...images) }, async () => {
      const path = folder();
      try {
        const visit = await here.open("?backend=cpu");
        await visit.state("done");
        const dropped = setUp.browser === "chrome";
        if (dropped) {
          await visit.result(() => visit.dropFromSystem(path));
          assert.deepEqual(await listed(visit), ["1. a.png", "2. b.png"]);
          await visit.screenshot(`${setUp.key}-folder`);
          await visit.result(() => visit.press("Next"));
        }
        // Firefox lets automation set files but no folders: there it is what a folder holds.
        const chosen = dropped ? path : [join(path, "a.png"), join(path, "notes.txt"), join(path, "inner/b.png")];
        await visit.result(() => visit.choose(chosen, "input#open-folder"));
        assert.deepEqual(await listed(visit), ["1. a.png", "2. b.png"]);
        visit.assertClean(here.server.origin);
        await visit.close();
      } finally {
        rmSync(path, { recursive: true, force: true });
      }
    });

    it("two fingers enlarge the picture around the place between them", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      const fit = () => visit.page.$eval(".pane .zoom", (zoom) => [...zoom.children].at(-1).disabled);
      assert.equal(await fit(), true, "the whole picture is shown first");
      const whole = await visit.picture("Picture");
      await visit.pinch(80, 240);
      assert.equal(await fit(), false, "the picture is enlarged");
      assert.ok(await visit.draws("Picture", whole, false));
      await visit.page.setViewport({ width: 1200, height: 860 });
      assert.ok(await drawn(visit), "and is drawn again on a canvas of another size");
      await visit.page.setViewport({ width: 1280, height: 900 });
      await visit.pinch(240, 20);
      await visit.press("Fit");
      assert.ok(await visit.draws("Picture", whole), "and whole again");
      visit.assertClean(here.server.origin);
      await visit.close();
    });

    it("the right button and the keyboard set brightness and contrast, and take them back", async () => {
      const visit = await here.open("?backend=cpu");
      await visit.state("done");
      const before = await visit.picture("Picture");
      const canvas = await visit.page.$(".pane canvas");
      const { x, y, width, height } = await canvas.boundingBox();
      await visit.page.mouse.move(x + width / 2, y + height / 2);
      await visit.page.mouse.down({ button: "right" });
      await visit.page.mouse.move(x + width / 2 + 80, y + height / 2 + 60, { steps: 4 });
      await visit.page.mouse.up({ button: "right" });
      assert.ok(await visit.draws("Picture", before, false), "the right button changes the window");
      await canvas.focus();
      await visit.page.keyboard.press("\\");
      assert.ok(await visit.draws("Picture", before), "backslash takes it back");
      await visit.page.keyboard.press("]");
      assert.ok(await visit.draws("Picture", before, false), "a bracket makes it brighter");
      await visit.page.keyboard.press("\\");
      assert.ok(await visit.draws("Picture", before));
      await visit.close();
    });
  });
}
