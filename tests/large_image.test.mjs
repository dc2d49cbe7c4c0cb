// A large image: most of its maps stay with the worker until they are chosen.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { skipWithout, testImage } from "./harness/files.mjs";
import { readFloatTiff, repeated } from "./harness/images.mjs";
import { session } from "./harness/session.mjs";

// What is asked of the worker does not depend on the browser, and the CPU is done first.
const setUp = setUps.find((setUp) => setUp.backend === "cpu");

describe(`a large image, ${setUp.name}`, () => {
  const here = session(setUp);

  it("a map that did not come with the result is there once it is chosen", { skip: skipWithout(testImage(0)) }, async () => {
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
