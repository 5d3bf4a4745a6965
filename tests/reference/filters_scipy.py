"""Freezes random filters and random signals through SciPy, for tests/filters.rs. Run with SciPy 1.17.1:

    python3 filters_scipy.py > filters_scipy.json

Signals are SplitMix64/Box-Muller normals (`soleus::dsp::random::normals(seed, n)`), made here again, so none is stored.
"""
import json, math, random
import numpy as np, scipy
import scipy.signal as ss

M = (1 << 64) - 1

def normals(seed, n):
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

def matlab(sos, b, a, x):
    """filtfilt(b, a, x) as MATLAB documents it: odd extension of 3*(max(length)-1), steady-state start."""
    padlen = 3 * (max(len(a), len(b)) - 1)
    if len(a) <= 5:
        return ss.filtfilt(b, a, x, padtype='odd', padlen=padlen)
    return ss.sosfiltfilt(sos, x, padtype='odd', padlen=padlen)  # long polynomials lose digits

def of_r(sos, b, a, x):
    """R, package signal: y <- filter(b, a, c(x, numeric(2*max(length(a), length(b))))); rev(filter(b, a, rev(y)))[seq_along(x)]"""
    once = (lambda v: ss.lfilter(b, a, v)) if len(a) <= 5 else (lambda v: ss.sosfilt(sos, v))
    y = once(np.concatenate([x, np.zeros(2 * max(len(a), len(b)))]))
    return once(y[::-1])[::-1][:len(x)]

pick = random.Random(20260801)
cases = []
for seed in range(40):
    rate = pick.choice([500.0, 1000.0, 1259.2593, 2000.0, 4000.0, 20000.0])
    kind = pick.choice(['lowpass', 'highpass', 'bandpass', 'bandstop'])
    order = pick.randint(1, 6)
    low = round(pick.uniform(0.004, 0.2) * rate, 3)
    high = round(pick.uniform(0.25, 0.47) * rate, 3)
    edges = [low, high] if kind.startswith('band') else [low]
    wn = edges if len(edges) == 2 else low
    n = pick.randint(90, 300)
    x = normals(seed, n) + 0.5
    sos = ss.butter(order, wn, kind, fs=rate, output='sos')
    b, a = ss.butter(order, wn, kind, fs=rate)
    y = {'sosfilt': ss.sosfilt(sos, x), 'odd': ss.sosfiltfilt(sos, x), 'even': ss.sosfiltfilt(sos, x, padtype='even'),
         'constant': ss.sosfiltfilt(sos, x, padtype='constant'), 'none': ss.sosfiltfilt(sos, x, padtype=None),
         'matlab': matlab(sos, b, a, x), 'r': of_r(sos, b, a, x)}
    at = [0, 1, 2, 7, n // 2, n - 3, n - 2, n - 1]
    cases.append({'seed': seed, 'n': n, 'rate': rate, 'kind': kind, 'order': order, 'edges': edges, 'sos': sos.tolist(), 'at': at,
                  **{k: [float(v[i]) for i in at] for k, v in y.items()}})
x = np.cumsum(normals(99, 120))
detrend = {'linear': ss.detrend(x).tolist(), 'broken': ss.detrend(x, bp=[30, 77]).tolist(),
           'quadratic': (x - np.polyval(np.polyfit(np.arange(120) / 120, x, 2), np.arange(120) / 120)).tolist()}
keep = np.r_[0:20, 50:95, 100:120]
gaps = {'keep': keep.tolist(), 'linear': (x[keep] - np.polyval(np.polyfit(keep / 120, x[keep], 1), keep / 120)).tolist()}
print(json.dumps({'scipy': scipy.__version__, 'cases': cases, 'detrend': detrend, 'gaps': gaps}))
