"""Freezes onsets of single simulated trials, for tests/all/onset_likelihood.rs. Run with NumPy 2.4.6 and SciPy 1.17.1:

    python3 onset_trials.py <folder of ref_onset.py> > onset_trials.json

The detectors are those of the reference sheet, read from there; its calls of other packages are left out.
"""
import importlib, json, os, sys, types
import numpy as np, scipy.signal as ss
from scipy.stats import binom

sheet = sys.argv[1]
sys.path.insert(0, sheet)
detectors = types.ModuleType('ref_onset')
detectors.__file__ = os.path.join(sheet, 'ref_onset.py')
text = open(detectors.__file__).read().split('# ================= deterministic cases')[0]
exec(compile(text, detectors.__file__, 'exec'), detectors.__dict__)
detectors.pfa = lambda pz, m, r0: binom.sf(r0 - 1, m, pz)
sys.modules['ref_onset'] = detectors
study = importlib.import_module('ref_onset_mc')
ramps = importlib.import_module('ref_onset_ramp')

def cell(snr_db, ramp, white, trials):
    rows = []
    for trial in range(trials):
        n, level, t = 2000, 10 ** (snr_db / 20), np.arange(2000)
        signal = study.shape(study.normals(1000 + trial, n), 1000.0, 60.0, 120.0)
        rest = study.normals(900000 + trial, n)
        rest = rest if white else study.shape(rest, 1000.0, 60.0, 120.0)
        gain = np.clip((t - 1000) / ramp, 0, 1) if ramp else (t >= 1000).astype(float)
        y = rest + signal * level * gain
        phi = study.ar_from(y[1300:1900] if white else y[100:700])
        w = ss.lfilter(np.r_[1, -phi], [1.0], y)
        step = lambda h: (lambda r: None if r is None else [r[0] + 300, r[1] + 300, r[2]])(detectors.aglr(w[300:], 50, h, 10))
        at, length = ramps.ramp_ml(w, (100, 700))
        rows.append({'phi': phi.tolist(), 'aglr_h10': step(10.0), 'aglr_h25': step(25.0),
                     'profile_ml': detectors.profile(w[300:]) + 300, 'ramp_ml': [int(at), int(length)]})
    return {'snr_db': snr_db, 'ramp': ramp, 'white': white, 'trials': rows}

print(json.dumps({'numpy': np.__version__, 'cells': [cell(10, 0, False, 40), cell(15, 50, True, 40), cell(3, 100, True, 40)]},
                 indent=None, separators=(',', ':')))
