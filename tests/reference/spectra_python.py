"""Freezes spectra, wavelet decompositions and their indices of random signals through SciPy and PyWavelets, for
tests/all/spectra.rs. Run with SciPy 1.17.1, NumPy 2.4.6, PyWavelets 1.9.0:

    python3 spectra_python.py > spectra_python.json

Signals are SplitMix64/Box-Muller normals (`soleus::dsp::random::normals(seed, n)`), coloured by
`lfilter([1], [1, -1.2, 0.6, -0.1])`, made here again, so none is stored.
"""
import json, math, random, warnings
from importlib.metadata import version
from decimal import Decimal, getcontext
import numpy as np, scipy.signal as ss, pywt

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

def coloured(seed, n):
    return ss.lfilter([1.0], [1.0, -1.2, 0.6, -0.1], normals(seed, n)) + 0.3

def listed(values):
    return [float(v) for v in values]

def at(values, count=8):
    """Some places and the values there."""
    places = sorted({round(i) for i in np.linspace(0, len(values) - 1, count)})
    return {'len': len(values), 'at': places, 'values': [float(values[i]) for i in places]}

# ---- filters: five vanishing moments and orthogonality, solved with 60 digits from PyWavelets' taps ------------

getcontext().prec = 60

def solved(matrix, right):
    rows = [row[:] + [value] for row, value in zip(matrix, right)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(len(rows)):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]

def exact_taps(name):
    h = [Decimal(v) for v in pywt.Wavelet(name).dec_lo]
    value = lambda n: h[n] if 0 <= n < 10 else Decimal(0)
    for _ in range(8):
        errors = [sum(h[n] * value(n + 2 * k) for n in range(10)) - (k == 0) for k in range(5)]
        errors += [sum((-1)**n * Decimal(n**p) * h[n] for n in range(10)) for p in range(5)]
        slopes = [[value(n + 2 * k) + value(n - 2 * k) for n in range(10)] for k in range(5)]
        slopes += [[(-1)**n * Decimal(n**p) for n in range(10)] for p in range(5)]
        h = [a - b for a, b in zip(h, solved(slopes, errors))]
    return listed(h)

# ---- estimators --------------------------------------------------------------------------------------------------

def median_rules(f, P):
    edges = np.r_[f[0], (f[1:] + f[:-1]) / 2, f[-1]]
    c = np.r_[0, np.cumsum(P * np.diff(edges))]
    t = np.r_[0, np.cumsum((P[1:] + P[:-1]) / 2 * np.diff(f))]
    b = np.cumsum(P)
    return {'interpolated': float(np.interp(c[-1] / 2, c, edges)), 'trapezoid': float(np.interp(t[-1] / 2, t, f)),
            'bin': float(f[np.searchsorted(b, b[-1] / 2)])}

def indices(f, P, low, high):
    inside = (f >= low) & (f <= high)
    F, Q = f[inside], P[inside]
    m = {k: float(np.sum(F**k * Q) * (f[1] - f[0])) for k in range(-1, 6)}
    share = Q / Q.sum()
    return {'band': [low, high], 'moments': [m[k] for k in range(-1, 6)], 'median': median_rules(F, Q),
            'peak': float(F[np.argmax(Q)]), 'entropy': float(-(share * np.log(share)).sum() / np.log(len(Q))),
            'finsm': [m[-1] / m[k] for k in range(2, 6)], 'variance': m[2] / m[0] - (m[1] / m[0])**2,
            'deformation': math.sqrt(m[2] / m[0]) / (m[1] / m[0]),
            'edge_95': float(np.interp(0.95 * Q.sum(), np.cumsum(Q), F)),
            'ratio': float(P[(f >= low) & (f <= 3 * low)].sum() / P[(f >= 0.5 * high) & (f <= high)].sum())}

pick = random.Random(20260802)

def welch(seed):
    n, rate = pick.randint(200, 1500), pick.choice([1000.0, 1259.2593, 2000.0])
    length = pick.choice([pick.randint(40, n // 2), n])
    overlap = pick.randint(0, length - 1) if length < n else 0
    padded = length + pick.choice([0, 1, pick.randint(0, 300)])
    window = pick.choice(['boxcar', 'hann', 'hamming'])
    averaging, demean = pick.choice(['mean', 'median']), pick.random() < 0.7
    f, P = ss.welch(coloured(seed, n), rate, window=window, nperseg=length, noverlap=overlap, nfft=padded,
                    detrend='constant' if demean else False, average=averaging)
    return {'seed': seed, 'n': n, 'rate': rate, 'length': length, 'overlap': overlap, 'padded': padded,
            'window': window, 'averaging': averaging, 'demean': demean, 'density': at(P),
            # Edges between frequencies: where one falls on another, rounding decides here whether it is in the band.
            'indices': indices(f, P, 15.0371, 0.43957 * rate)}

def multitaper(seed):
    n, rate, count = pick.randint(60, 900), pick.choice([1000.0, 2000.0]), pick.randint(1, 9)
    x = coloured(seed, n)
    i = np.arange(1, n + 1)
    tapers = [math.sqrt(2 / (n + 1)) * np.sin(np.pi * k * i / (n + 1)) for k in range(1, count + 1)]
    P = np.mean([np.abs(np.fft.rfft(taper * (x - x.mean())))**2 for taper in tapers], axis=0) / rate
    P[1:(n + 1) // 2] *= 2
    return {'seed': seed, 'n': n, 'rate': rate, 'tapers': count, 'density': at(P)}

def spectrogram(seed):
    rate = pick.choice([1000.0, 2000.0])
    n, length = pick.randint(600, 3000), pick.choice([256, 512, 301])
    overlap, window = pick.choice([3 * length // 4, length // 2]), pick.choice(['hann', 'hamming'])
    f, t, S = ss.spectrogram(coloured(seed, n), rate, window, length, overlap, detrend='constant')
    inside = (f >= 10) & (f <= 450)
    found = (f[inside, None] * S[inside]).sum(0) / S[inside].sum(0)
    return {'seed': seed, 'n': n, 'rate': rate, 'length': length, 'overlap': overlap, 'window': window,
            'times': at(t), 'frequencies': at(found), 'mean': float(found.mean())}

# ---- wavelets ----------------------------------------------------------------------------------------------------

def wavelet(seed, n):
    name, levels = pick.choice(['sym5', 'db5']), pick.randint(1, 6)
    x = coloured(seed, n)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # more levels than scales
        c = pywt.wavedec(x, name, mode='periodization', level=levels)
    level = pick.randint(1, levels)
    only = [v if i == len(c) - level else np.zeros_like(v) for i, v in enumerate(c)]
    return {'seed': seed, 'n': n, 'wavelet': name, 'levels': levels, 'approximation': at(c[0], 5),
            'details': [at(v, 5) for v in c[:0:-1]], 'band': level,
            'samples': at(pywt.waverec(only, name, mode='periodization')[:n], 12)}

def wavelet_indices(seed):
    n, rate = pick.choice([500, 1000, 2000, pick.randint(64, 3000)]), pick.choice([1000.0, 2000.0])
    x = coloured(seed, n)[:n - n % 32]
    c = pywt.wavedec(x, 'sym5', mode='periodization', level=5)
    D = {k: c[6 - k] for k in range(1, 6)}
    def moment(k, order):
        part = pywt.waverec([v if i == 6 - k else np.zeros_like(v) for i, v in enumerate(c)], 'sym5', mode='periodization')
        f = np.fft.rfftfreq(len(x), 1 / rate)
        return float(np.sum(f[1:]**order * np.abs(np.fft.rfft(part))[1:]**2))
    energy = {k: float(np.sum(v**2)) for k, v in D.items()}
    strongest = max(D, key=energy.get)
    d = pywt.wavedec(x, 'db5', mode='periodization', level=5)
    length = lambda v: float(np.abs(np.diff(v)).sum())
    return {'seed': seed, 'n': n, 'rate': rate, 'strongest': strongest, 'wire51': energy[5] / energy[1],
            'wirm1551': moment(5, -1) / moment(1, 5), 'wirm1522': moment(5, -1) / moment(2, 2),
            'wirm1m51': moment(strongest, -1) / moment(1, 5), 'wirw51': length(d[1]) / length(d[5])}

print(json.dumps({
    'versions': {name: version(name) for name in ('scipy', 'numpy', 'pywavelets')},
    'taps': {name: exact_taps(name) for name in ('sym5', 'db5')},
    'welch': [welch(seed) for seed in range(100, 140)],
    'multitaper': [multitaper(seed) for seed in range(200, 215)],
    'spectrogram': [spectrogram(seed) for seed in range(300, 315)],
    'wavelet': [wavelet(400 + n, n) for n in [*range(1, 14), 16, 31, 32, 33, 63, 100, 511, 777, 1000, 1024, 2001]],
    'wavelet_indices': [wavelet_indices(seed) for seed in range(500, 515)],
}))
