// What the tests and the screenshots share: the studies, their reports, a browser.

import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

export const root = path.resolve(import.meta.dirname, "../..");
const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
const program = process.env.SOLEUS ?? path.join(target, "debug/soleus");
const shared = path.resolve(root, "../shared/data");

/** The browser's program, or nothing where none is installed. */
export const browserProgram = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => ["/usr/bin", "/usr/local/bin"].map((folder) => path.join(folder, name)))
  .find((file) => fs.existsSync(file));

/** Begins a browser that asks nothing of the network. */
export function browser() {
  return chromium.launch({
    executablePath: browserProgram,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A folder that is gone when the process ends. */
export function folder() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), "soleus-pages-"));
  process.on("exit", () => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Runs the program on a folder of recordings: the addresses of the pages. */
export function reports(recordings, out, expected = 0) {
  const ran = spawnSync(program, ["run", recordings, "-o", out, "--quiet"], { encoding: "utf8" });
  if (ran.status !== expected) {
    throw new Error(`soleus run ended with ${ran.status}, not ${expected}:\n${ran.stderr}`);
  }
  const sessions = path.join(out, "sessions");
  const pages = fs.existsSync(sessions)
    ? fs.readdirSync(sessions).sort().map((name) => path.join(sessions, name, "report.html"))
    : [];
  return {
    study: address(path.join(out, "index.html")),
    sessions: pages.filter((page) => fs.existsSync(page)).map(address),
  };
}

function address(file) {
  return { file, url: pathToFileURL(file).href };
}

/** Noise with bursts, the same on every machine (Park and Miller 1988). */
function* samples(seed) {
  let state = seed;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let at = 0; ; at++) {
    const active = at % 2000 < 800 ? 0.2 : 0.01;
    yield active * (uniform() + uniform() + uniform() + uniform() - 2);
  }
}

/** Writes a recording at 1000 Hz with channels of these names. */
export function recording(file, names, seconds) {
  const channels = names.map((_, at) => samples(1 + 7919 * (at + 1)));
  const rows = [`time_s,${names.join(",")}`];
  for (let at = 0; at < 1000 * seconds; at++) {
    const values = channels.map((channel) => channel.next().value.toFixed(5));
    rows.push(`${(at / 1000).toFixed(3)},${values.join(",")}`);
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, rows.join("\n") + "\n");
}

const muscles = ["sol", "gm", "gl", "ta", "ch"];

/** What the pages are tried on, each with how to make its recordings. */
export const studies = {
  "the demo study": (made) => execFileSync(program, ["demo", made]),
  "real walks": (made) => copied(["walking-bilateral/gait.csv", "walking-right-leg/raw_emg.csv"], made),
  "64 channels": (made) => {
    const names = Array.from({ length: 64 }, (_, at) => `${muscles[at % 5]}${at}_mV`);
    recording(path.join(made, "S01/1/grid.csv"), names, 8);
  },
  "one channel": (made) => recording(path.join(made, "S01/1/hold.csv"), ["sol_l_mV"], 12),
  "one second": (made) => recording(path.join(made, "S01/1/short.csv"), ["sol_l_mV", "sol_r_mV"], 1),
  "ten minutes": (made) => recording(path.join(made, "S01/1/long.csv"), ["sol_l_mV", "sol_r_mV"], 600),
  "errors only": (made) => {
    fs.mkdirSync(path.join(made, "S01/1"), { recursive: true });
    fs.writeFileSync(path.join(made, "S01/1/broken.csv"), "this is\nno table\n");
  },
  "hostile names": (made) => {
    const name = "<b>x</b>&quot;'`${7}";
    recording(path.join(made, `S <i>1/v&1/${name.replace("/", "")}.csv`), ["sol_l_<script>_mV", "a_name_that_goes_on_and_on_without_any_place_to_break_it_mV"], 5);
  },
};

/** How a run of a study ends, where not well. */
export const statuses = { "errors only": 2 };

function copied(files, made) {
  for (const file of files) {
    const from = path.join(shared, file);
    if (!fs.existsSync(from)) return "skipped";
    const session = path.join(made, "W01", path.dirname(file));
    fs.mkdirSync(session, { recursive: true });
    fs.copyFileSync(from, path.join(session, path.basename(file)));
  }
}
