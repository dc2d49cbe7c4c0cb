// A large image: most of its maps stay with the worker until they are chosen.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { artefacts, skipWithout, testImage } from "./harness/files.mjs";
import { readFloatTiff, repeated, writePng } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

// What is asked of the worker does not depend on the browser, and the CPU is done first.
const setUp = setUps.find((setUp) => setUp.backend === "cpu");

describe(`a large image, ${setUp.name}`, () => {
  const here = session(setUp);

  it("a map that did not come with the result is there once it is chosen", { skip: "fails since the pass became quicker, not understood yet" }, async () => {
    // A strip: more pixels than are sent at once, but few windows.
    const path = repeated(testImage(0), 3328, 256);
    const stem = basename(path, ".png");
    const visit = await here.open();
    await visit.state("done");
    await visit.result(() => visit.choose(path));

    const values = async (heading) => {
      await visit.page.waitForFunction(
        (heading) =>
          [...document.querySelectorAll(".readout > dl > div")].some(
            (row) => row.querySelector("dt").innerText === heading && row.querySelector("dd").innerText !== "–",
          ),
        { timeout: 20_000 },
        heading,
      );
      const read = await visit.readout();
      const [column, row] = read["Column, row"].split(", ").map(Number);
      return { read: Number(read[heading]), at: row * 3328 + column };
    };
    const saved = async (map) => readFloatTiff(await visit.save("Save uncertainty", `${stem}_${map}.tif`));
    const agrees = async (map, heading) => {
      await visit.select("Map", map);
      await visit.page.hover(".pane canvas");
      const { read, at } = await values(heading);
      const expected = (await saved(map)).data[at];
      console.log(`${map} at pixel ${at}: ${read} is read out, ${expected} is saved`);
      assert.ok(Math.abs(read - expected) <= 1e-3 * Math.max(1, Math.abs(expected)), `${map}: ${read}, not ${expected}`);
    };
    await agrees("ranking", "Ranking");
    await agrees("entropy", "Entropy");
    await visit.screenshot(`${setUp.key}-large`);

    // After another image was given up the former one's maps can still be had.
    await visit.choose(repeated(testImage(0), 3072, 3072));
    await visit.state("running");
    await visit.press("Cancel");
    await visit.state("done");
    await agrees("margin", "Margin");
    assert.equal(await visit.alert(), "");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("a picture of many pixels is drawn as far as the screen shows it, and zoomed in exactly", async () => {
    const visit = await here.open("?backend=cpu");
    await visit.state("done");
    // Every pixel tells where it is; neighbours differ little, so that the mean of some is like each of them.
    const side = 3000;
    const data = Buffer.alloc(4 * side * side, 255);
    const colour = (column, row) => [column >> 4, row >> 4, (column + row) >> 5].map((value) => value & 255);
    for (let at = 0; at < side * side; at += 1) data.set(colour(at % side, Math.floor(at / side)), 4 * at);
    const path = join(artefacts, "places.png");
    writeFileSync(path, writePng({ width: side, height: side, data }));
    await visit.choose(path);
    await visit.page.waitForFunction(() => /part \d+ of/.test(document.querySelector(".progress").innerText), { timeout: 120_000 });
    const canvas = await visit.page.$(".pane canvas");
    const { x, y, width, height } = await canvas.boundingBox();
    /** The colour under a place of the canvas, and the pixel that is read out there. */
    const look = async (across, down) => {
      await visit.page.mouse.move(x + across * width, y + down * height);
      await visit.picture("Picture");
      const drawn = await canvas.evaluate(
        (canvas, across, down) => [
          ...canvas.getContext("2d").getImageData(Math.floor(across * canvas.width), Math.floor(down * canvas.height), 1, 1).data,
        ],
        across,
        down,
      );
      const [column, row] = (await visit.readout())["Column, row"].split(", ").map(Number);
      return { drawn: drawn.slice(0, 3), expected: colour(column, row), column, row };
    };
    const agrees = async (tolerance) => {
      for (const [across, down] of [[0.45, 0.4], [0.5, 0.5], [0.55, 0.62]]) {
        const { drawn, expected, column, row } = await look(across, down);
        console.log(`pixel ${column}, ${row}: ${drawn}, expected ${expected}`);
        for (const channel of [0, 1, 2]) {
          assert.ok(Math.abs(drawn[channel] - expected[channel]) <= tolerance, `${drawn} is not ${expected} at ${column}, ${row}`);
        }
      }
    };
    await agrees(4);
    await canvas.focus();
    for (let step = 0; step < 14; step += 1) await visit.page.keyboard.press("+");
    await agrees(1);
    await visit.page.mouse.move(x + width / 2, y + height / 2);
    await visit.page.mouse.down();
    await visit.page.mouse.move(x + width / 2 - 300, y + height / 2 - 200, { steps: 5 });
    await visit.page.mouse.up();
    await agrees(1);
    await visit.screenshot(`${setUp.key}-places`);
    await visit.press("Cancel");
    await visit.state("done");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("that the network sees a picture at another size is said", async () => {
    const visit = await here.open("?backend=cpu&sample=nerve-and-vessel");
    await visit.state("done");
    const notes = await visit.page.$eval(".status ul.notes", (list) => list.textContent);
    assert.ok(notes.includes("256 x 256 pixels"), `the notes are "${notes}"`);
    await visit.screenshot(`${setUp.key}-ultrasound`);
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
