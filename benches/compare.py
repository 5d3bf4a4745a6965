"""The figures of soleus beside those of SciPy, pandas, polars and whole toolboxes, in the same run.

usage: python3 benches/compare.py [--measured]
       python3 benches/compare.py --batch PROGRAM [--shared FOLDER] [--all-peers]

Without --batch: runs `cargo bench --no-default-features --features batch` (with --measured, takes the figures of the last run), times the
same work in Python on channels of the same number and length, one thread (readers of CSV: all), and prints Markdown.
SOLEUS_BENCH_SECONDS sets how long the channels are; it is 600 when nobody says. Needs numpy, scipy, pandas, polars.

With --batch: writes the workload of FOLDER/bench (../shared when nobody says) into a temporary folder, runs PROGRAM and
FOLDER/bench/peers.py in turns, then 240 sessions, and prints wall time, processor time and peak memory. --all-peers adds
neurokit, biosppy, pyemgpipeline and emgflow on 1 and on 4 sessions, from which the time for all is computed.
"""
import argparse, io, json, os, pathlib, re, shutil, statistics, subprocess, sys, tempfile, time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy as np
import pandas as pd
import polars as pl
import scipy
from scipy import signal

RATE = 2000.0
ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VERSIONS = f"Python {sys.version.split()[0]}, NumPy {np.__version__}, SciPy {scipy.__version__}, pandas {pd.__version__}, polars {pl.__version__}"


def recording(channels, seconds):
    """Noise between 20 and 450 Hz in bursts, with offset and hum: speed does not depend on more than that."""
    random, n = np.random.default_rng(1), int(RATE * seconds)
    t = np.arange(n) / RATE
    sos = signal.butter(2, [20, 450], "bandpass", fs=RATE, output="sos")
    noise = signal.sosfilt(sos, random.standard_normal((channels, n)))
    return 3e-4 * noise * np.clip(np.sin(np.pi * t), 0.02, 1) + 2e-5 * np.sin(2 * np.pi * 50.02 * t) + 1e-3


def repeated(work, at_least=1.0):
    """Wall and processor time of at least five repetitions and a second, in seconds."""
    work()
    taken, began = [], time.perf_counter()
    while len(taken) < 5 or time.perf_counter() - began < at_least:
        started, cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - started, time.process_time() - cpu))
    return [wall for wall, _ in taken], [cpu for _, cpu in taken]


def epochs(x, length, step):
    """Mean and median frequency (10-450 Hz, boxcar) of all epochs of all channels, without a Python loop."""
    cut = np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)[:, ::step]
    f, p = signal.periodogram(cut, RATE, window="boxcar", detrend="constant")
    band = (f >= 10) & (f <= 450)
    f, p = f[band], p[..., band]
    cumulative = np.cumsum(p, axis=-1)
    median = f[np.argmax(cumulative >= cumulative[..., -1:] / 2, axis=-1)]
    return (p * f).sum(-1) / cumulative[..., -1], median


def moving(x, width):
    """The mean of a centred window, by cumulative sums."""
    sums = np.cumsum(np.pad(x, ((0, 0), (width // 2 + 1, width // 2))), axis=-1)
    return (sums[:, width:] - sums[:, :-width]) / width


BAND = signal.butter(4, [20, 450], "bandpass", fs=RATE, output="sos")
LOW = signal.butter(2, 6, "lowpass", fs=RATE, output="sos")
NOTCH = signal.tf2sos(*signal.iirnotch(50, 30, fs=RATE))


def chain(raw, *filters):
    """Clean signal and linear envelope, all channels at once."""
    clean = raw - raw.mean(axis=-1, keepdims=True)
    for sos in filters:
        clean = signal.sosfiltfilt(sos, clean)
    return clean, signal.sosfiltfilt(LOW, np.abs(clean))


FILTERED = ("offset, sosfiltfilt, abs, sosfiltfilt", lambda raw: chain(raw, BAND))
NOTCHED = ("the same with sosfiltfilt of iirnotch", lambda raw: chain(raw, BAND, NOTCH))
BAND_PASS = ("sosfiltfilt", lambda raw: signal.sosfiltfilt(BAND, raw))
# The same work in Python, by the stage and by what the name of the bench begins with.
PYTHON = {
    ("band-pass", "SSE2"): BAND_PASS,
    ("band-pass", "AVX2"): BAND_PASS,
    ("band-pass", "AVX-512"): BAND_PASS,
    ("chain", "offset, band-pass, envelope"): FILTERED,
    ("chain", "offset, band-pass, notch"): NOTCHED,
    ("chain", "standard recipe"): NOTCHED,
    ("step", "mean"): ('detrend(type="constant")', lambda raw: signal.detrend(raw, type="constant")),
    ("step", "straight line"): ("detrend", signal.detrend),
    ("envelope", "linear"): ("abs, sosfiltfilt", lambda clean: signal.sosfiltfilt(LOW, np.abs(clean))),
    ("envelope", "moving root"): ("cumsum, sqrt", lambda clean: np.sqrt(np.maximum(moving(clean * clean, 201), 0))),
    ("envelope", "moving average"): ("abs, cumsum", lambda clean: moving(np.abs(clean), 201)),
    ("envelope", "Hilbert"): ("hilbert, abs, sosfiltfilt", lambda clean: signal.sosfiltfilt(LOW, np.abs(signal.hilbert(clean)))),
    ("spectrum", "epochs of 1 s, half"): ("periodogram, no loop", lambda clean: epochs(clean, 2000, 1000)),
    ("spectrum", "epochs of 1 s"): ("periodogram, no loop", lambda clean: epochs(clean, 2000, 2000)),
    ("spectrum", "Welch"): ("welch", lambda clean: signal.welch(clean, RATE, nperseg=2000)),
    ("spectrum", "one periodogram"): ("periodogram", lambda clean: signal.periodogram(clean, RATE, window="hann")),
}


def measured():
    """All repetitions of every bench of the last run, in seconds, by its name."""
    found = {}
    for path in sorted((TARGET / "criterion").rglob("new/sample.json")):
        sample = json.loads(path.read_text())
        name = json.loads(path.with_name("benchmark.json").read_text())["full_id"]
        found[name] = [t / n / 1e9 for t, n in zip(sample["times"], sample["iters"])]
    return found


def shown(seconds):
    """The shortest, the median and the longest."""
    return f"{1e3 * min(seconds):.4g} | {1e3 * statistics.median(seconds):.4g}–{1e3 * max(seconds):.4g}"


def order(bench):
    """In the order of the work: by stage, then by the number of channels."""
    group, one = bench[0].split("/", 1)
    size = re.search(r"(.+), (\d+) × ", group)
    named = ["band-pass", "step", "chain", "envelope", "spectrum"]
    return (named.index(size[1]) if size and size[1] in named else len(named), int(size[2]) if size else 0, one)


def stages(ours):
    """What works on channels: beside the plain loop, beside copying twice, beside Python."""
    print("| bench | ms, shortest | median–longest | ns a sample | plain loop, × | copying twice, × | one thread, × | Python | ms, shortest | median–longest | × |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    taken, key, raw = {}, None, None
    for name, times in sorted(ours.items(), key=order):
        group, one = name.split("/", 1)
        size = re.fullmatch(r"(.+), (\d+) × ([\d.]+) s", group)
        if not size or one.startswith("plain"):
            continue
        stage, channels, seconds = size[1], int(size[2]), float(size[3])
        plain = [n for n in ours if n.startswith(f"{group}/plain")]
        same = stage in ("band-pass", "envelope") and not one.startswith(("Hilbert", "moving", "Teager")) or one.startswith("offset, band-pass, envelope, one")
        of_plain = f"{min(ours[plain[0]]) / min(times):.2f}" if plain and same and one != "copying twice" else ""
        copying = ours.get(f"{group}/copying twice")
        of_copying = f"{min(times) / min(copying):.2f}" if copying and one != "copying twice" else ""
        single = ours.get(name.replace(", all threads", ", one thread")) if one.endswith(", all threads") else None
        of_single = f"{min(single) / min(times):.2f}" if single else ""
        python = next((work for (s, begins), work in PYTHON.items() if s == stage and one.startswith(begins)), None)
        beside = " |  |  | "
        if python:
            if key != (channels, seconds):
                key, raw = (channels, seconds), recording(channels, seconds)
            what, work = python
            if (work, key) not in taken:
                taken[work, key] = repeated(lambda: work(raw))[0]
            walls = taken[work, key]
            beside = f"{what} | {shown(walls)} | {min(walls) / min(times):.2f}"
        per_sample = 1e9 * min(times) / (channels * seconds * RATE)
        print(f"| {group}: {one} | {shown(times)} | {per_sample:.2f} | {of_plain} | {of_copying} | {of_single} | {beside} |", flush=True)


def bytes_of(name):
    """How many bytes a bench goes through in one repetition, from its estimates' folder."""
    for path in (TARGET / "criterion").rglob("new/benchmark.json"):
        described = json.loads(path.read_text())
        if described["full_id"] == name:
            return described["throughput"]["Bytes"]
    return None


def readers(ours):
    """A CSV of 100 MB in memory: ours beside pandas and polars."""
    raw = recording(8, 60)
    frame = pd.DataFrame(np.column_stack([np.arange(raw.shape[1]) / RATE, raw.T * 1e3]), columns=["time (s)", *"abcdefgh"])
    head, _, body = frame.to_csv(index=False, float_format="%.6f").partition("\n")
    text = (head + "\n" + body * 11).encode()
    rows = {
        "pandas.read_csv": (len(text), *repeated(lambda: pd.read_csv(io.BytesIO(text)))),
        f"polars.read_csv, {pl.thread_pool_size()} threads": (len(text), *repeated(lambda: pl.read_csv(text))),
    }
    group = "csv, 100 MB"
    size = bytes_of(f"{group}/soleus, all cores")
    rows["soleus, one core"] = (size, ours[f"{group}/soleus, one core"], ours[f"{group}/soleus, one core"])
    rows["soleus, all cores"] = (size, ours[f"{group}/soleus, all cores"], ours[f"{group}/soleus, all cores, processor time"])
    rows["`csv` and `str::parse`, one core"] = (size, ours[f"{group}/csv crate, one core"], ours[f"{group}/csv crate, one core"])
    print("\n| reader | MB | wall ms, shortest | median–longest | processor ms, shortest | median–longest | MB/s | MB per processor second |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (size, walls, cpus) in rows.items():
        print(f"| {name} | {size / 1e6:.1f} | {shown(walls)} | {shown(cpus)} | {size / 1e6 / min(walls):.0f} | {size / 1e6 / min(cpus):.0f} |")


def rest(ours):
    """Files and sessions, which have no counterpart."""
    print("\n| bench | ms, shortest | median–longest |\n|---|---|---|")
    for name, times in ours.items():
        if name.startswith(("csv/", "wav/", "session/", "report/")):
            print(f"| {name} | {shown(times)} |")


# Starts a command from a small process: the peak of a child begins with the memory of the process that started it.
TIMED = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
status = subprocess.run(sys.argv[2:], stdout=sys.stderr).returncode
wall, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024], file)
sys.exit(status)
"""


def run(command):
    """Wall time, processor time of the process and all that it waited for, and the peak of the largest one in MB."""
    command = [str(part) for part in command]
    with tempfile.NamedTemporaryFile() as taken:
        done = subprocess.run([sys.executable, "-ISc", TIMED, taken.name, *command], stderr=subprocess.PIPE)
        if done.returncode:
            raise SystemExit(f"{command} failed:\n{done.stderr.decode()[-2000:]}")
        return tuple(json.loads(pathlib.Path(taken.name).read_text()))


def batch_row(name, runs, reference=None):
    """A line of the table: medians of the runs, with the spread of the wall times."""
    walls, cpus, peaks = zip(*runs)
    ratios = " |  | "
    if reference:
        wall, cpu, _ = (statistics.median(column) for column in zip(*reference))
        ratios = f" | {statistics.median(walls) / wall:.1f} | {statistics.median(cpus) / cpu:.1f}"
    spread = f"{min(walls):.2f}–{max(walls):.2f}" if len(walls) > 1 else ""
    print(f"| {name} | {statistics.median(walls):.2f} | {spread} | {statistics.median(cpus):.2f} | {max(peaks):.0f}{ratios} |", flush=True)


class Workload:
    """The sessions in a temporary folder, and those who work on them."""

    def __init__(self, folder, shared, program):
        self.folder, self.bench, self.program = folder, shared / "bench", program.resolve()
        self.sessions = folder / "load"
        run([sys.executable, self.bench / "make_workload.py", self.sessions, 24, 60])

    def soleus(self, sessions):
        out = self.folder / "reports"
        taken = run([self.program, "run", sessions, "-o", out, "--quiet"])
        reports, wanted = len(list(out.rglob("report.html"))), len(list(sessions.rglob("*.csv")))
        if reports < wanted:
            raise SystemExit(f"{reports} reports of {wanted} sessions")
        tables = sorted(path.name for path in out.glob("*.*"))
        shutil.rmtree(out)
        return taken, tables

    def peer(self, name, sessions):
        out = self.folder / name
        taken = run([sys.executable, self.bench / "peers.py", name, sessions, out])
        shutil.rmtree(out)
        return taken

    def some(self, count):
        """The first sessions alone."""
        part = self.folder / f"first-{count}"
        for path in sorted(self.sessions.rglob("*.csv"))[:count]:
            copy = part / path.relative_to(self.sessions)
            copy.parent.mkdir(parents=True)
            shutil.copy(path, copy)
        return part

    def tenfold(self):
        """240 sessions: each of the 24 ten times, as subjects of their own."""
        many = self.folder / "many"
        for subject in sorted(self.sessions.iterdir()):
            number = int(subject.name[-3:])
            for copy in range(10):
                shutil.copytree(subject, many / f"sub-{12 * copy + number:03d}")
        return many


def batch(arguments):
    """Whole batches: our program and the others, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        load = Workload(pathlib.Path(folder), arguments.shared, arguments.batch)
        _, tables = load.soleus(load.sessions)
        print(f"{VERSIONS}; load average {os.getloadavg()[0]:.1f}; beside the reports: {', '.join(tables)}\n")
        rounds = {"soleus": [], "scipy2": [], "scipy": []}
        for _ in range(3):
            rounds["soleus"].append(load.soleus(load.sessions)[0])
            for name in ("scipy2", "scipy"):
                rounds[name].append(load.peer(name, load.sessions))
        print("| 24 sessions | wall s, median | shortest–longest | processor s | peak of the largest process, MB | wall, × ours | processor, × ours |")
        print("|---|---|---|---|---|---|---|")
        for name, runs in rounds.items():
            batch_row(name, runs, rounds["soleus"] if name != "soleus" else None)
        if arguments.all_peers:
            few, more = load.some(1), load.some(4)
            for name in ("pyemgpipeline", "biosppy", "emgflow", "neurokit"):
                (wall_1, cpu_1, _), (wall_4, cpu_4, peak) = load.peer(name, few), load.peer(name, more)
                scaled = wall_1 + 23 * (wall_4 - wall_1) / 3, cpu_1 + 23 * (cpu_4 - cpu_1) / 3, peak
                batch_row(f"{name}, from 1 ({wall_1:.1f} s) and 4 sessions ({wall_4:.1f} s)", [scaled], rounds["soleus"])
        many = load.tenfold()
        load.soleus(many)
        rounds = {"24": [], "240": []}
        for _ in range(3):
            rounds["24"].append(load.soleus(load.sessions)[0])
            rounds["240"].append(load.soleus(many)[0])
        print("\n| soleus | wall s, median | shortest–longest | processor s | peak MB | wall, × 24 | processor, × 24 |\n|---|---|---|---|---|---|---|")
        batch_row("24 sessions", rounds["24"])
        batch_row("240 sessions", rounds["240"], rounds["24"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", action="store_true", help="take the figures of the last cargo bench")
    parser.add_argument("--batch", type=pathlib.Path, metavar="PROGRAM")
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared", metavar="FOLDER")
    parser.add_argument("--all-peers", action="store_true")
    arguments = parser.parse_args()
    if arguments.batch:
        return batch(arguments)
    if not arguments.measured:
        shutil.rmtree(TARGET / "criterion", ignore_errors=True)
        subprocess.run(["cargo", "bench", "--no-default-features", "--features", "batch"], cwd=ROOT, check=True, stdout=sys.stderr)
    ours = measured()
    print(f"{VERSIONS}; load average {os.getloadavg()[0]:.1f}\n")
    stages(ours)
    readers(ours)
    rest(ours)


if __name__ == "__main__":
    main()
