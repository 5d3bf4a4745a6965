"""Freezes complexity indices of other inputs than ref_complexity.json, for tests/all/complexity.rs. Run with NumPy 2.4.6,
antropy 0.2.3, nolds 0.6.1, EntropyHub 2.0:

    python3 complexity_python.py > complexity_python.json

Signals are SplitMix64/Box-Muller normals (`soleus::dsp::random::normals(seed, n)`), made here again, so none is stored:
as they are ("white"), through 1/(1 - 1.2 z + 0.6 z^2 - 0.1 z^3) ("coloured"), summed up ("walk"), or rounded to halves
("ties"). Where a package has the index with the same definition its value stands beside that of the definition in NumPy.
"""
import json, math, warnings
import numpy as np
import antropy, nolds, EntropyHub
from scipy.signal import lfilter

warnings.filterwarnings('ignore')
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

def signal(kind, seed, n):
    z = normals(seed, n)
    return {'white': lambda: z, 'coloured': lambda: lfilter([1.0], [1.0, -1.2, 0.6, -0.1], z),
            'walk': lambda: np.cumsum(z), 'ties': lambda: np.round(2 * z) / 2}[kind]()

def sample_entropy(x, m, r):
    n = len(x) - m
    X = np.lib.stride_tricks.sliding_window_view(x, m + 1)[:n]
    a = b = 0
    for i in range(n - 1):
        d = np.abs(X[i + 1:] - X[i]) <= r
        near = d[:, :m].all(1)
        b += int(near.sum()); a += int((near & d[:, m]).sum())
    return a, b

def fuzzy_entropy(x, m, r, p, plain):
    sums = []
    for mm in (m, m + 1):
        X = np.lib.stride_tricks.sliding_window_view(x, mm)[:len(x) - m]
        X = X - X.mean(1, keepdims=True)
        rows = []
        for i in range(len(X) - 1):
            d = np.abs(X[i + 1:] - X[i]).max(1)
            rows.append(math.fsum(np.exp(-d**p / r if plain else -(d / r)**p)))
        sums.append(math.fsum(rows))
    return math.log(sums[0] / sums[1])

def fluctuations(x, scales):
    y, out = np.cumsum(x - x.mean()), []
    for n in scales:
        boxes = y[:len(y) // n * n].reshape(-1, n)
        t = np.arange(n) - (n - 1) / 2
        slope = boxes @ t / (t @ t)
        rest = boxes - boxes.mean(1, keepdims=True) - slope[:, None] * t
        out.append(math.sqrt(np.mean(rest**2)))
    return out

def recurrence(x, dim, tau, radius, theiler, shortest):
    z = (x - x.mean()) / x.std(ddof=1)
    n = len(z) - (dim - 1) * tau
    E = np.column_stack([z[k * tau:k * tau + n] for k in range(dim)])
    hit = np.sqrt(((E[:, None, :] - E[None])**2).sum(-1)) <= radius
    points, lengths = 0, []
    for k in range(theiler, n):
        edges = np.diff(np.r_[0, np.diagonal(hit, k).astype(int), 0])
        runs = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
        points += int(runs.sum()); lengths += runs[runs >= shortest].tolist()
    L = np.array(lengths)
    share = np.unique(L, return_counts=True)[1] / max(len(L), 1)
    return {'states': n, 'points': points, 'lines': len(L), 'points_in_lines': int(L.sum()),
            'rate': 100 * points / (n * (n - 1) / 2), 'determinism': 100 * L.sum() / points,
            'mean_length': L.mean(), 'longest': int(L.max()), 'entropy': -(share * np.log(share)).sum()}

def higuchi(x, kmax):
    """Higuchi 1988, eq. 2, with the indices of the paper (1 ... N)."""
    N, X, L = len(x), np.r_[np.nan, x], []
    for k in range(1, kmax + 1):
        of = []
        for m in range(1, k + 1):
            steps = (N - m) // k
            length = sum(abs(X[m + i * k] - X[m + (i - 1) * k]) for i in range(1, steps + 1))
            of.append(length * (N - 1) / (steps * k) / k)
        L.append(np.mean(of))
    k = np.arange(1, kmax + 1)
    return L, np.polyfit(np.log(1 / k), np.log(L), 1)[0]

def of_signal(kind, seed, n, setting):
    x = signal(kind, seed, n)
    m, share, p, (dim, tau, radius, theiler, shortest), kmax = setting
    r = share * x.std()
    a, b = sample_entropy(x, m, r)
    scales = [int(s) for s in np.unique(np.round(4 * 2**(np.arange(0, 60) / 4)).astype(int)) if s <= n // 8]
    F = fluctuations(x, scales)
    lengths, dimension = higuchi(x, kmax)
    case = {'kind': kind, 'seed': seed, 'n': n, 'm': m, 'r': r,
            'sample_entropy': {'A': a, 'B': b, 'value': math.log(b / a)},
            'fuzzy': {'exponent': p, 'relative': fuzzy_entropy(x, m, r, p, False), 'plain': fuzzy_entropy(x, m, r, p, True)},
            'dfa': {'scales': scales, 'F': F, 'exponent': np.polyfit(np.log(scales), np.log(F), 1)[0],
                    'nolds': nolds.dfa(x, nvals=scales, overlap=False, order=1, fit_exp='poly')},
            'recurrence': {'dimension': dim, 'delay': tau, 'radius': radius, 'theiler': theiler, 'shortest': shortest,
                           **recurrence(x, dim, tau, radius, theiler, shortest)},
            'higuchi': {'kmax': kmax, 'lengths': lengths, 'dimension': dimension, 'antropy': antropy.higuchi_fd(x, kmax=kmax)}}
    if kind != 'ties':  # the packages decide about equal distances in other ways
        case['sample_entropy'] |= {'antropy': antropy.sample_entropy(x, order=m, tolerance=r), 'EntropyHub': EntropyHub.SampEn(x, m=m, r=r)[0][m]}
        case['fuzzy']['EntropyHub'] = EntropyHub.FuzzEn(x, m=m, r=(r, p))[0][m - 1]
    return case

CASES = [('white', 11, 700, (2, 0.2, 2, (3, 2, 1.5, 1, 2), 10)), ('coloured', 12, 1500, (2, 0.2, 2, (3, 1, 0.8, 5, 3), 8)),
         ('coloured', 13, 900, (3, 0.25, 3, (4, 4, 1.2, 1, 2), 25)), ('walk', 14, 1000, (2, 0.15, 2, (2, 3, 0.1, 10, 4), 10)),
         ('ties', 15, 800, (1, 0.6, 1, (2, 1, 0.7, 1, 2), 5)), ('coloured', 16, 2000, (2, 0.2, 2, (15, 4, 3.5, 1, 20), 6))]

def plain_number(value):
    return value.item() if isinstance(value, np.generic) else value

cases = [of_signal(*case) for case in CASES]
versions = {'numpy': np.__version__, 'antropy': antropy.__version__, 'nolds': '0.6.1', 'EntropyHub': '2.0'}
print(json.dumps({'versions': versions, 'cases': cases}, indent=0, default=plain_number))
