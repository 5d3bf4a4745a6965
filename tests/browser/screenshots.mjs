// Makes the pictures of the README from the demo study, and tells how long the first paint
// takes: desktop, phone, dark, study.

import path from "node:path";

import { browser, folder, reports, root, studies } from "./pages.mjs";

const pictures = [
  { name: "report", page: "session", viewport: { width: 1280, height: 800 } },
  { name: "report-dark", page: "session", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "report-phone", page: "session", viewport: { width: 375, height: 800 } },
  { name: "study", page: "study", viewport: { width: 1280, height: 800 } },
];

const made = folder();
studies["the demo study"](path.join(made, "in"));
const { study, sessions } = reports(path.join(made, "in"), path.join(made, "out"));
const opened = await browser();
for (const { name, page: which, viewport, colorScheme = "light" } of pictures) {
  const page = await opened.newPage({ viewport, colorScheme });
  await page.goto(which === "study" ? study.url : sessions[0].url);
  const file = path.join(root, "docs", `${name}.png`);
  await page.screenshot({ path: file });
  const painted = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  console.log(`docs/${name}.png, first paint after ${Math.round(painted)} ms`);
  await page.close();
}
await opened.close();
