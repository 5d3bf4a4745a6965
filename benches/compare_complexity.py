"""Complexity of soleus beside antropy, nolds, EntropyHub and NumPy, on the same 10 000 samples in the same run.

usage: python3 benches/compare_complexity.py [--measured]

Runs `cargo bench --no-default-features --bench complexity` (with --measured, takes the figures of the last run), times the
same indices in Python, one thread, and prints Markdown. antropy compiles its loops with numba; they are timed compiled.
The two results are compared first. Needs numpy, scipy, antropy, nolds, EntropyHub.
"""
import json, math, os, pathlib, subprocess, sys, time, warnings

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
import numpy as np
import antropy, nolds, EntropyHub
from scipy.signal import lfilter

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
M = (1 << 64) - 1


def normals(seed, n):
    """`soleus::dsp::random::normals`: SplitMix64 and Box-Muller."""
    state, out = seed, []
    def uniform():
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & M
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53
    while len(out) < n:
        u1, u2 = uniform(), uniform()
        r = math.sqrt(-2.0 * math.log(1.0 - u1))
        out += [r * math.cos(2 * math.pi * u2), r * math.sin(2 * math.pi * u2)]
    return np.array(out[:n])


def recurrence(x, dim, tau, radius, shortest):
    """Rate and determinism in NumPy, by diagonals, so that no matrix of 10 000 squared is needed."""
    z = (x - x.mean()) / x.std(ddof=1)
    n = len(z) - (dim - 1) * tau
    E = np.column_stack([z[k * tau:k * tau + n] for k in range(dim)])
    points = inside = 0
    for k in range(1, n):
        hit = ((E[k:] - E[:-k]) ** 2).sum(1) <= radius * radius
        edges = np.diff(np.concatenate([[0], hit, [0]]))
        runs = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
        points += runs.sum()
        inside += runs[runs >= shortest].sum()
    return 100 * points / (n * (n - 1) / 2), 100 * inside / points


x = lfilter([1.0], [1.0, -1.2, 0.6, -0.1], normals(5, 10_000))
r = 0.2 * x.std()
scales = [int(s) for s in np.unique(np.round(4 * 2 ** (np.arange(0, 60) / 4)).astype(int)) if s <= 1250]
WORK = [
    ("sample entropy", "antropy", lambda: antropy.sample_entropy(x, order=2, tolerance=r)),
    ("sample entropy", "nolds", lambda: nolds.sampen(x, emb_dim=2, tolerance=r)),
    ("sample entropy", "EntropyHub", lambda: EntropyHub.SampEn(x, m=2, r=r)[0][2]),
    ("fuzzy entropy", "EntropyHub (e^(-d²/r))", lambda: EntropyHub.FuzzEn(x, m=2, r=(r, 2))[0][1]),
    ("fuzzy entropy, exponent 1", "EntropyHub", lambda: EntropyHub.FuzzEn(x, m=2, r=(r, 1))[0][1]),
    ("fluctuation", "nolds", lambda: nolds.dfa(x, nvals=scales, overlap=False, order=1, fit_exp="poly")),
    ("fluctuation", "antropy (its own lengths)", lambda: antropy.detrended_fluctuation(x)),
    ("recurrence, dimension 3", "NumPy, by diagonals", lambda: recurrence(x, 3, 2, 1.0, 2)),
    ("recurrence, dimension 15", "NumPy, by diagonals", lambda: recurrence(x, 15, 4, 3.5, 20)),
    ("fractal dimension", "antropy", lambda: antropy.higuchi_fd(x, kmax=10)),
]


def repeated(work):
    """The shortest of at least three repetitions and half a second, the first one (which may compile) left out."""
    value, taken, began = work(), [], time.perf_counter()
    while len(taken) < 3 or (time.perf_counter() - began < 0.5 and len(taken) < 1000):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return value, min(taken)


if "--measured" not in sys.argv[1:]:
    subprocess.run(["cargo", "bench", "--no-default-features", "--bench", "complexity"], cwd=ROOT, check=True, stdout=sys.stderr)
ours = {}
for path in (TARGET / "criterion").rglob("new/sample.json"):
    sample = json.loads(path.read_text())
    name = json.loads(path.with_name("benchmark.json").read_text())["full_id"]
    if name.startswith("complexity"):
        ours[name.split("/", 1)[1]] = min(t / n / 1e9 for t, n in zip(sample["times"], sample["iters"]))
print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, antropy {antropy.__version__}; load average {os.getloadavg()[0]:.1f}\n")
print("| what | ours, ms | beside | its ms | times faster | its value |\n|---|---|---|---|---|---|")
for name, package, work in WORK:
    value, shortest = repeated(work)
    print(f"| {name} | {1e3 * ours[name]:.3g} | {package} | {1e3 * shortest:.4g} | {shortest / ours[name]:.3g} | {value} |", flush=True)
