// Correcting the mask: what is drawn is what is saved, what is undone was never there, and a list of places can be worked
// through with the keyboard alone. In both browsers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setUps } from "./harness/browsers.mjs";
import { root } from "./harness/files.mjs";
import { readPng } from "./harness/images.mjs";
import { readNifti } from "./harness/nifti.mjs";
import { session } from "./harness/session.mjs";

const { samples } = JSON.parse(readFileSync(join(root, "web/samples/index.json"), "utf8"));
const stem = "fluorescence";

/** The classes of a mask that was saved as PNG, one byte a pixel. */
function classes(bytes) {
  const { width, height, data } = readPng(bytes);
  return { width, height, ids: Uint8Array.from({ length: width * height }, (_, at) => data[4 * at]) };
}

/** Image position of a point of the window on a view that shows the whole image: pixel centres at whole numbers. */
async function frame(visit, view, width, height) {
  // A canvas follows the layout with the frames that come after it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return visit.page.$eval(
    `[role=group][aria-label="${view}"] canvas`,
    (canvas, width, height) => {
      const box = canvas.getBoundingClientRect();
      const ratio = window.devicePixelRatio;
      const scale = Math.min(canvas.width / width, canvas.height / height);
      const left = (canvas.width - scale * width) / 2;
      const top = (canvas.height - scale * height) / 2;
      return { x: box.left, y: box.top, ratio, scale, left, top };
    },
    width,
    height,
  );
}

/** The same for one point: whole pixels of the window, so that a mouse can stand there. */
function point({ x, y, ratio, scale, left, top }, column, row) {
  const at = [Math.round(x + (left + (column + 0.5) * scale) / ratio), Math.round(y + (top + (row + 0.5) * scale) / ratio)];
  const image = [((at[0] - x) * ratio - left) / scale - 0.5, ((at[1] - y) * ratio - top) / scale - 0.5];
  return { at, image };
}

/** Draws with the mouse from point to point. */
async function drag(visit, points) {
  const [first, ...rest] = points;
  await visit.page.mouse.move(...first.at);
  await visit.page.mouse.down();
  for (const next of rest) await visit.page.mouse.move(...next.at);
  await visit.page.mouse.up();
}

/** A mask with everything that is no further than a radius from a way, in a class. */
function stroked({ width, height, ids }, way, radius, id) {
  const changed = Uint8Array.from(ids);
  for (let part = 0; part < Math.max(1, way.length - 1); part += 1) {
    const [from, to] = [way[part], way[Math.min(part + 1, way.length - 1)]];
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const square = dx * dx + dy * dy;
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const along = square > 0 ? Math.min(1, Math.max(0, ((column - from[0]) * dx + (row - from[1]) * dy) / square)) : 0;
        const away = Math.hypot(column - from[0] - along * dx, row - from[1] - along * dy);
        if (away <= radius) changed[row * width + column] = id;
      }
    }
  }
  return changed;
}

/** Waits until what is done now is drawn. */
const said = (visit, words) =>
  visit.page.waitForFunction((words) => document.querySelector("[data-said]").textContent.includes(words), {}, words);

for (const setUp of setUps) {
  describe(`correcting, ${setUp.name}`, () => {
    const here = session(setUp);

    it("strokes are saved as they were drawn, and undone as if they had never been", async () => {
      const visit = await here.open(`?backend=${setUp.backend}&sample=${stem}`);
      await visit.state("done");
      const own = await visit.save("Save mask", `${stem}_seg.png`, `${setUp.key}-own_seg.png`);
      const before = classes(own);
      const shown = await visit.picture("Picture");

      await visit.press("Take up the brush");
      await visit.slide("Brush size", 9);
      const view = await frame(visit, "Picture", before.width, before.height);
      const points = [
        [0.2, 0.3],
        [0.6, 0.35],
        [0.55, 0.7],
      ].map(([across, down]) => point(view, across * before.width, down * before.height));
      await drag(visit, points);
      await said(visit, "Brush done");
      assert.ok(await visit.draws("Picture", shown, false), "the stroke is on the picture");
      await visit.screenshot(`${setUp.key}-stroke`);
      const way = points.map(({ image }) => image);
      const drawn = stroked(before, way, 4.5, 1);
      assert.ok(drawn.some((id, at) => id !== before.ids[at]), "the stroke changes something");
      const corrected = `${stem}_corrected_seg.png`;
      const first = classes(await visit.save("Save mask", corrected, `${setUp.key}-${corrected}`));
      assert.deepEqual(first.ids, drawn);

      // Over it with the eraser.
      await visit.page.click("[data-tool=eraser]");
      const across = [point(view, 0.4 * before.width, 0.1 * before.height), point(view, 0.42 * before.width, 0.9 * before.height)];
      await drag(visit, across);
      await said(visit, "Eraser done");
      const erased = stroked({ ...before, ids: drawn }, across.map(({ image }) => image), 4.5, 0);
      const second = classes(await visit.save("Save mask", corrected, `${setUp.key}-second-${corrected}`));
      assert.deepEqual(second.ids, erased);

      await visit.press("Undo");
      assert.deepEqual(classes(await visit.save("Save mask", corrected, `${setUp.key}-undone`)).ids, drawn);
      await visit.page.keyboard.down("Control");
      await visit.page.keyboard.press("z");
      await visit.page.keyboard.up("Control");
      await said(visit, "Undone");
      const undone = await visit.save("Save mask", `${stem}_seg.png`, `${setUp.key}-undone_seg.png`);
      assert.ok(undone.equals(own), "nothing is left of what was undone");
      await visit.press("Redo");
      await visit.press("Redo");
      assert.deepEqual(classes(await visit.save("Save mask", corrected, `${setUp.key}-redone`)).ids, erased);

      // The model's own mask can still be had.
      await visit.pick("Model’s own");
      const kept = await visit.save("Save mask", `${stem}_seg.png`, `${setUp.key}-kept_seg.png`);
      assert.ok(kept.equals(own));
      const report = JSON.parse(await visit.save("Save report", `${stem}_report.json`, `${setUp.key}-corrected_report.json`));
      const changed = erased.filter((id, at) => id !== before.ids[at]).length;
      assert.equal(report.review.voxels_changed, changed);
      assert.equal(report.review.weights_sha256, report.model.weights_sha256);
      const { voxels_after: after, voxels_added: added, voxels_removed: removed } = report.review.classes[0];
      assert.equal(after, erased.filter((id) => id === 1).length);
      assert.equal(added + removed, changed);
      visit.assertClean(here.server.origin);
      await visit.close();
    });
  });
}

describe("correcting, in Chromium on the CPU", () => {
  const setUp = setUps.find((setUp) => setUp.backend === "cpu");
  const here = session(setUp);

  it("fill, lasso and a second finger do what they say", async () => {
    const visit = await here.open(`?backend=cpu&sample=${stem}`);
    await visit.state("done");
    const before = classes(await visit.save("Save mask", `${stem}_seg.png`, "tools_seg.png"));
    const { width, height } = before;
    const corrected = `${stem}_corrected_seg.png`;
    await visit.press("Take up the brush");

    // Around a rectangle, twice along one side: even and odd.
    await visit.page.click("[data-tool=lasso]");
    // The bar of tools has taken its place above the picture.
    const view = await frame(visit, "Picture", width, height);
    const corners = [
      [0.1, 0.1],
      [0.3, 0.1],
      [0.3, 0.3],
      [0.1, 0.3],
    ].map(([across, down]) => point(view, across * width, down * height));
    await drag(visit, corners);
    await said(visit, "Lasso done");
    const surrounded = classes(await visit.save("Save mask", corrected, "lasso_seg.png"));
    const [low, , high] = corners.map(({ image }) => image);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const inside = column > low[0] && column < high[0] && row > low[1] && row < high[1];
        const at = row * width + column;
        assert.equal(surrounded.ids[at], inside ? 1 : before.ids[at], `${column}, ${row}`);
      }
    }
    await visit.press("Undo");

    // The background around becomes the class, connected across edges of pixels, and nothing else.
    await visit.page.click("[data-tool=fill]");
    const begin = before.ids.findIndex((id, at) => id === 0 && at > 4 * width && at % width > 4);
    const filling = await frame(visit, "Picture", width, height);
    await drag(visit, [point(filling, begin % width, Math.floor(begin / width))]);
    await said(visit, "Fill done");
    const expected = Uint8Array.from(before.ids);
    for (const waiting = [begin]; waiting.length > 0; ) {
      const at = waiting.pop();
      if (expected[at] !== 0) continue;
      expected[at] = 1;
      if (at % width > 0) waiting.push(at - 1);
      if (at % width < width - 1) waiting.push(at + 1);
      if (at >= width) waiting.push(at - width);
      if (at < width * (height - 1)) waiting.push(at + width);
    }
    assert.deepEqual(classes(await visit.save("Save mask", corrected, "filled_seg.png")).ids, expected);
    await visit.press("Undo");

    // A finger draws, a second one takes that back.
    await visit.page.click("[data-tool=brush]");
    await visit.page.evaluate(() => {
      const canvas = document.querySelector(".pane canvas");
      const box = canvas.getBoundingClientRect();
      const finger = (type, pointerId, x) =>
        canvas.dispatchEvent(
          new PointerEvent(type, {
            pointerId,
            pointerType: "touch",
            bubbles: true,
            clientX: box.left + x,
            clientY: box.top + box.height / 2,
          }),
        );
      finger("pointerdown", 1, 100);
      finger("pointermove", 1, 140);
      finger("pointerdown", 2, 300);
      finger("pointermove", 2, 340);
      finger("pointerup", 1, 140);
      finger("pointerup", 2, 340);
    });
    const still = await visit.save("Save mask", `${stem}_seg.png`, "fingers_seg.png");
    assert.deepEqual(classes(still).ids, before.ids);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("with the keyboard alone places are accepted, referred, changed to their runner-up, and noted", async () => {
    const visit = await here.open("?backend=cpu&sample=stained-tissue");
    await visit.state("done");
    const rows = await visit.places();
    const press = (key) => visit.page.keyboard.press(key);
    const left = () => visit.page.$eval("[data-expected-left]", (bar) => Number(bar.dataset.expectedLeft));
    const current = async () => (await visit.places()).findIndex((place) => place.current);
    const all = await left();

    await press("a");
    await said(visit, "No place is open");
    await press("n");
    assert.equal(await current(), 0);
    await press("a");
    assert.equal(await current(), 1, "accepting goes on to the next");
    assert.ok(Math.abs((await left()) - (all - rows[0].expectedWrong)) < 1e-6 * all, "what was looked at is not left");
    await press("r");
    assert.equal(await current(), 2);
    await press("u");
    await said(visit, "changed");
    await press("n");
    await press("n");
    await press("f");
    assert.equal(await visit.page.$eval("[data-tool=brush]", (tool) => tool.getAttribute("aria-pressed")), "true");
    const decided = await visit.page.$$eval(".place-row", (rows) => rows.slice(0, 5).map((row) => row.dataset.decided ?? ""));
    assert.deepEqual(decided, ["accept", "refer", "fix", "", "fix"]);
    await press("Escape");
    assert.equal(await visit.page.$eval("[data-tool=move]", (tool) => tool.getAttribute("aria-pressed")), "true");

    // Letters that are typed are text.
    await visit.page.focus('.open-place input[type="text"]');
    await visit.page.keyboard.type("far from sure");
    assert.equal(await current(), 4);
    await visit.page.$eval(".open-place input", (input) => input.blur());

    const name = "stained-tissue_report.json";
    const { review } = JSON.parse(await visit.save("Save report", name, "reviewed_report.json"));
    assert.deepEqual(
      review.regions.slice(0, 5).map((region) => region.decision),
      ["accept", "refer", "fix", null, "fix"],
    );
    assert.equal(review.regions[4].note, "far from sure");
    assert.ok(review.voxels_changed > 0 && review.voxels_changed <= review.regions[2].voxels, "only the place has changed");
    assert.ok(Math.abs(review.expected_wrong_left - (await left())) < 1e-6 * all);

    // A requirement that is met finishes the review.
    const finished = () => visit.page.$eval("[data-finished]", (bar) => bar.dataset.finished);
    assert.equal(await finished(), "false");
    await visit.page.$eval("#requirement", (input) => {
      input.value = "100";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await visit.page.waitForFunction(() => document.querySelector("[data-finished]").dataset.finished === "true");

    await press("?");
    assert.ok(await visit.page.$eval("#keys", (sheet) => sheet.open), "the sheet of keys is open");
    await visit.screenshot("chromium-cpu-keys");
    await press("Escape");
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("the comparison with labels follows the corrections", async () => {
    const visit = await here.open(`?backend=cpu&sample=${stem}`);
    await visit.state("done");
    await visit.result(() => visit.press("Use the sample's labels"));
    const table = () => visit.page.$eval("#panel-check .scores table", (table) => [...table.querySelectorAll("tbody td")].map((cell) => cell.innerText));
    const [own] = await table();
    await visit.press("Take up the brush");
    await visit.page.click("[data-tool=eraser]");
    await visit.slide("Brush size", 200);
    const canvas = await visit.page.$(".pane canvas");
    const box = await canvas.boundingBox();
    await visit.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await said(visit, "Eraser done");
    const [before, after] = await table();
    assert.equal(before, own);
    assert.ok(Number(after) < Number(before), `Dice falls from ${before} to ${after} when half of the mask is erased`);
    await visit.press("Restore the model’s mask");
    await said(visit, "restored");
    assert.equal((await table())[0], own);
    visit.assertClean(here.server.origin);
    await visit.close();
  });

  it("a volume is corrected in any of its planes, through slices and between them", async () => {
    const sample = samples.find((sample) => sample.file.endsWith(".nii.gz"));
    const name = sample.file.replace(".nii.gz", "");
    const visit = await here.open(`?backend=cpu&sample=${sample.id}`);
    await visit.state("done");
    const own = readNifti(await visit.save("Save mask", `${name}_seg.nii.gz`, "own_volume_seg.nii.gz"));
    const [columns, rows] = own.shape;
    const place = (at) => [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
    const changed = (mask) => [...mask.data.keys()].filter((at) => mask.data[at] !== own.data[at]);
    const corrected = `${name}_corrected_seg.nii.gz`;

    await visit.press("Take up the brush");
    await visit.slide("Brush size", 7);
    const draw = async (view) => {
      const canvas = await visit.page.$(`[role=group][aria-label="${view}"] canvas`);
      const box = await canvas.boundingBox();
      const [x, y] = [box.x + box.width * 0.4, box.y + box.height * 0.4];
      await visit.page.mouse.move(x, y);
      await visit.page.mouse.down();
      await visit.page.mouse.move(x + 12, y + 9);
      await visit.page.mouse.up();
    };
    for (const [view, axis] of [
      ["Axial", 2],
      ["Coronal", 1],
      ["Sagittal", 0],
    ]) {
      await draw(view);
      const mask = readNifti(await visit.save("Save mask", corrected, `${view}_${corrected}`));
      assert.deepEqual([mask.shape, mask.affine], [own.shape, own.affine], "the geometry stays");
      const places = changed(mask).map(place);
      assert.ok(places.length > 9, `${places.length} voxels`);
      // The sample is stored along the patient's axes.
      assert.equal(new Set(places.map((voxel) => voxel[axis])).size, 1, `a stroke on ${view} stays on its slice`);
      await visit.press("Undo");
    }
    await visit.page.click(".brush-size input[type=checkbox]");
    await draw("Axial");
    const ball = readNifti(await visit.save("Save mask", corrected, `ball_${corrected}`));
    const planes = new Set(changed(ball).map((at) => place(at)[2]));
    assert.ok(planes.size > 3, `a ball reaches through ${planes.size} slices`);
    await visit.press("Undo");
    await visit.page.click(".brush-size input[type=checkbox]");
    visit.assertClean(here.server.origin);
    await visit.close();
  });
});
