// The pages in a browser: nothing said on the console, nothing asked of the network, nothing
// wider than the screen, axe-core content in light and dark, whole pages on paper.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { browser, browserProgram, folder, reports, statuses, studies } from "./pages.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const widths = [1280, 768, 375];
const skip = browserProgram ? false : "skipped: Chromium is not installed";

describe("pages", { skip }, () => {
  let opened;
  const made = folder();
  before(async () => {
    opened = await browser();
  });
  after(() => opened.close());

  for (const [name, make] of Object.entries(studies)) {
    test(name, async (t) => {
      const recordings = path.join(made, name, "in");
      fs.mkdirSync(recordings, { recursive: true });
      if (make(recordings) === "skipped") return t.skip("the recordings of ../shared are not here");
      const pages = reports(recordings, path.join(made, name, "out"), statuses[name]);
      const study = await looked(opened, pages.study, `${name}, study`);
      if (name === "the demo study") assert.ok(study.first <= 2, JSON.stringify(study));
      // The sessions of a study are alike.
      for (const session of pages.sessions.slice(0, 2)) {
        const shown = await looked(opened, session, name);
        if (name === "the demo study") demo(shown);
      }
    });
  }
});

/** Opens a page at every width, light, dark and on paper; what there is to measure. */
async function looked(opened, { url, file }, name) {
  const said = [];
  // The page's own rules forbid a script that is put into it; the tool that reads it is one.
  const context = await opened.newContext({ bypassCSP: true });
  const page = await context.newPage();
  page.on("console", (message) => said.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== url) said.push(`request: ${request.url()}`);
  });

  const measured = { bytes: fs.statSync(file).size, screens: {} };
  for (const folded of [true, false]) {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(url);
      if (!folded) await page.evaluate(unfolded);
      const [wide, high] = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth, scrollHeight];
      });
      assert.ok(wide <= width, `${name}: ${wide} px wide on a screen of ${width}${folded ? "" : ", unfolded"}`);
      measured.screens[`${width}${folded ? "" : " unfolded"}`] = high / 800;
    }
  }

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(url);
  // What stands before the distributions of a study, in screens.
  measured.first = await page.evaluate(() => {
    const distributions = document.querySelector("#distributions");
    const end = distributions?.getBoundingClientRect().top;
    return (end ?? document.documentElement.scrollHeight) / 800;
  });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await page.evaluate(unfolded);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const told = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}), first ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
    assert.deepEqual(told, [], `${name}, ${colorScheme}`);
  }

  await page.goto(url);
  const printed = await page.pdf({ format: "A4", printBackground: true });
  measured.sheets = printed.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(measured.sheets > 0, `${name}: nothing is printed`);
  assert.deepEqual(said, [], name);
  await context.close();
  return measured;
}

function unfolded() {
  for (const part of document.querySelectorAll("details")) part.open = true;
}

/** What a session of three recordings takes; asked are 24 screens unfolded and 6 sheets. */
function demo({ bytes, screens, sheets }) {
  const shown = JSON.stringify({ bytes, screens, sheets });
  assert.ok(screens[1280] <= 4, shown);
  assert.ok(screens[375] <= 10, shown);
  assert.ok(screens["1280 unfolded"] <= 46, shown);
  assert.ok(bytes <= 400_000, shown);
  assert.ok(sheets <= 8, shown);
}
