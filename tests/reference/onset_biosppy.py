"""Values of SciPy and BioSPPy for detectors that ref_onset.json does not hold; writes onset_biosppy.json beside itself.

    python3 tests/reference/onset_biosppy.py REFERENCE      # the folder with common.py
"""
import json
import os
import sys

import numpy as np
import scipy.signal as ss

sys.path.insert(0, sys.argv[1])
from common import bursts, versions

import biosppy.signals.emg as emg

x = bursts(11, 2000, 1000.0, [(0.5, 1.1), (1.4, 1.8)], 1.0, 0.05)
y = bursts(12, 1000, 1000.0, [(0.5, 1.0)], 0.3, 0.1)


def runs(active):
    edges = np.diff(np.r_[0, active.astype(int), 0])
    return np.c_[np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)].tolist()


# Yuvaraj et al. 2023, library/modifiedhodges.m of their EMG_detectors: filter() from rest, mean + weight SD.
def modified_hodges(samples, weight, cutoff_hz):
    envelope = ss.sosfilt(ss.butter(2, cutoff_hz, fs=1000.0, output="sos"), np.abs(samples))
    threshold = envelope[:400].mean() + weight * envelope[:400].std(ddof=1)
    return {"weight": weight, "cutoff_hz": cutoff_hz, "threshold": threshold, "runs": runs(envelope > threshold),
            "values": {str(n): envelope[n] for n in (0, 1, 499, 800, 1700 % len(samples))}}


# The test function is (moving mean of |x - mean(x)| - rest["mean"]) / rest["std_dev"], compared by >=.
def lidierth(samples, rest, size, threshold, duration, fail):
    found = emg.lidierth_onset_detector(signal=samples, rest=rest, sampling_rate=1000.0, size=size,
                                        threshold=threshold, active_state_duration=duration, fail_size=fail)
    return {"mean": rest["mean"], "std_dev": rest["std_dev"], "size": size, "threshold": threshold,
            "active_state_duration": duration, "fail_size": fail, "onsets": np.asarray(found["onsets"]).tolist()}


values = {
    "versions": versions("numpy", "scipy", "biosppy"),
    "modified_hodges_case_A": [modified_hodges(x, 1, 4.5), modified_hodges(x, 3, 6.0), modified_hodges(x, 5, 7.5)],
    "modified_hodges_case_B": [modified_hodges(y, 1, 4.5), modified_hodges(y, 3, 6.0), modified_hodges(y, 2, 50.0)],
    "lidierth_case_A": [lidierth(x, {"mean": 0.04, "std_dev": 0.003}, size, k, duration, fail)
                        for size, k, duration, fail in [(101, 3.0, 30, 10), (25, 1.0, 5, 30), (25, 3.0, 60, 0),
                                                        (5, 8.0, 20, 3), (3, 5.0, 1, 0)]],
    "lidierth_case_B": [lidierth(y, {"mean": 0.08, "std_dev": 0.02}, size, k, duration, fail)
                        for size, k, duration, fail in [(101, 1.0, 10, 30), (25, 3.0, 30, 2), (1, 2.0, 15, 6)]],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "onset_biosppy.json"), "w") as file:
    json.dump(values, file, indent=1)
    file.write("\n")
