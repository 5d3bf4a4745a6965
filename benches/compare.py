"""The figures of `cargo bench` beside those of SciPy, pandas and the plain loops, in the same run.

usage: python3 benches/compare.py [--measured]
Runs `cargo bench --no-default-features` (or, with --measured, takes the figures of the last run), times the same work in
Python on the same sizes (8 channels x 60 s x 2000 Hz, one thread), and prints a table in Markdown. Needs numpy, scipy,
pandas. All times are the shortest of the repetitions, which a busy machine disturbs least.
"""
import io, json, os, pathlib, subprocess, sys, time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy as np
import pandas as pd
import scipy
from scipy import signal

RATE, CHANNELS, SECONDS = 2000.0, 8, 60
N = int(RATE * SECONDS)
ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def recording():
    """Noise between 20 and 450 Hz in bursts, with offset and hum: speed does not depend on more than that."""
    random = np.random.default_rng(1)
    t = np.arange(N) / RATE
    noise = signal.sosfilt(signal.butter(2, [20, 450], "bandpass", fs=RATE, output="sos"), random.standard_normal((CHANNELS, N)))
    return 3e-4 * noise * np.clip(np.sin(np.pi * t), 0.02, 1) + 2e-5 * np.sin(2 * np.pi * 50.02 * t) + 1e-3


def shortest(work):
    """The shortest of at least five repetitions and one second, in seconds."""
    times, began = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - began < 1:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


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


def in_python():
    """The same work as the benches do, by the name of the bench."""
    raw = recording()
    one = raw[:1]
    band = signal.butter(4, [20, 450], "bandpass", fs=RATE, output="sos")
    low = signal.butter(2, 6, "lowpass", fs=RATE, output="sos")
    clean = signal.sosfiltfilt(band, raw)
    text = pd.DataFrame(np.column_stack([np.arange(N) / RATE, raw.T * 1e3])).to_csv(index=False, float_format="%.6f").encode()
    read = ("pandas.read_csv", lambda: pd.read_csv(io.BytesIO(text)))
    return {
        "band-pass of order 4, 1 of 8 channels/soleus": ("sosfiltfilt", lambda: signal.sosfiltfilt(band, one)),
        "band-pass of order 4, 8 of 8 channels/soleus": ("sosfiltfilt", lambda: signal.sosfiltfilt(band, raw)),
        "chain/mean": ('detrend(type="constant")', lambda: signal.detrend(raw, type="constant")),
        "chain/straight line": ("detrend", lambda: signal.detrend(raw)),
        "envelope/linear (rectified, low-pass)": ("abs, sosfiltfilt", lambda: signal.sosfiltfilt(low, np.abs(clean))),
        "envelope/moving root mean square": ("cumsum, sqrt", lambda: np.sqrt(np.maximum(moving(clean * clean, 201), 0))),
        "envelope/moving average": ("abs, cumsum", lambda: moving(np.abs(clean), 201)),
        "envelope/Hilbert": ("hilbert, abs, sosfiltfilt", lambda: signal.sosfiltfilt(low, np.abs(signal.hilbert(clean)))),
        "spectrum/epochs of 1 s": ("periodogram, no loop", lambda: epochs(clean, 2000, 2000)),
        "spectrum/epochs of 1 s, half overlapping": ("periodogram, no loop", lambda: epochs(clean, 2000, 1000)),
        "spectrum/Welch": ("welch", lambda: signal.welch(clean, RATE, nperseg=2000)),
        "spectrum/periodogram of 60 s": ("periodogram", lambda: signal.periodogram(clean, RATE, window="hann")),
        "csv/soleus, one core": read,
        "csv/soleus, all cores": read,
    }


# What does the same work in Rust as one would write it first.
PLAIN = {
    "band-pass of order 4, 1 of 8 channels/soleus": "band-pass of order 4, 1 of 8 channels/plain biquad loop",
    "band-pass of order 4, 8 of 8 channels/soleus": "band-pass of order 4, 8 of 8 channels/plain biquad loop",
    "envelope/linear (rectified, low-pass)": "envelope/plain biquad loop (rectified, low-pass)",
    "csv/soleus, one core": "csv/csv crate, one core",
    "csv/soleus, all cores": "csv/csv crate, one core",
    "wav/soleus, 16 bit": "wav/hound, 16 bit",
}


def measured():
    """The shortest time of every bench of the last run, in seconds, by its name."""
    found = {}
    for path in sorted((TARGET / "criterion").rglob("new/sample.json")):
        sample = json.loads(path.read_text())
        name = json.loads(path.with_name("benchmark.json").read_text())["full_id"]
        found[name] = min(t / n for t, n in zip(sample["times"], sample["iters"])) / 1e9
    return found


def main():
    if "--measured" not in sys.argv:
        subprocess.run(["cargo", "bench", "--no-default-features"], cwd=ROOT, check=True, stdout=sys.stderr)
    ours, python, taken = measured(), in_python(), {}
    versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}, SciPy {scipy.__version__}, pandas {pd.__version__}"
    print(f"{versions}\n\n| bench | ms | plain loop, ms | times faster | Python | ms | times faster |\n|---|---|---|---|---|---|---|")
    for name, seconds in ours.items():
        if name in PLAIN.values():
            continue
        plain = ours.get(PLAIN.get(name))
        beside = f"{1e3 * plain:.2f} | {plain / seconds:.2f}" if plain else " | "
        what, beside_python = "", " | "
        if name in python:
            what, work = python[name]
            took = taken.get(work) or shortest(work)
            taken[work] = took
            beside_python = f"{1e3 * took:.2f} | {took / seconds:.2f}"
        print(f"| {name} | {1e3 * seconds:.2f} | {beside} | {what} | {beside_python} |", flush=True)


if __name__ == "__main__":
    main()
