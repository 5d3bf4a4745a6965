"""Freezes lines, trends and breaks, for tests/all/trends.rs. Run with SciPy 1.17.1, statsmodels 0.15.0, NumPy 2.4.6:

    python3 trends_python.py <folder of common.py> > trends_python.json

Matrices are written out here, that the program never makes; breaks are searched by brute force.
"""
import json, sys
import numpy as np, scipy, statsmodels
import statsmodels.api as sm
from scipy import optimize, stats
sys.path.insert(0, sys.argv[1])
from common import normals, uniforms

def smoothed(seed, n, width):
    z = normals(seed, n + width)
    return np.array([z[k:k + width].sum() for k in range(n)]) / np.sqrt(width)

def course(case):
    """Times and values; the test makes the same ones."""
    n, seed = case['n'], case['seed']
    t = 0.5 * np.arange(n) if case['spacing'] == 'even' else np.cumsum(0.2 + uniforms(seed + 1, n))
    keep = np.arange(n) % 7 != 3 if case['gaps'] else np.full(n, True)
    noise = smoothed(seed, n, case['width'])
    y = case['level'] + case['slope'] * t + case['bend'] * np.maximum(t - case['at'], 0) + case['spread'] * noise
    if case['step']:
        y = np.round(y / case['step']) * case['step']
    return t[keep], y[keep]

def correlated(t, y, reach):
    n, X = len(t), np.column_stack([np.ones(len(t)), t])
    R = np.maximum(0, 1 - np.abs(t[:, None] - t[None, :]) / reach)
    G = np.linalg.inv(X.T @ X)
    b = G @ X.T @ y
    M = np.eye(n) - X @ G @ X.T
    e = M @ y
    MR = M @ R
    s2, nu = e @ e / np.trace(MR), np.trace(MR) ** 2 / np.trace(MR @ MR)
    C = s2 * G @ X.T @ R @ X @ G
    return {'reach': reach, 'intercept_error': C[0, 0] ** .5, 'slope_error': C[1, 1] ** .5, 'covariance': C[0, 1], 'freedom': nu,
            'slope_p': 2 * stats.t.sf(abs(b[1]) / C[1, 1] ** .5, nu), 't_95': stats.t.ppf(.975, nu)}

def newey_west(t, y, lags):
    fit = sm.OLS(y, sm.add_constant(t)).fit(cov_type='HAC', cov_kwds={'maxlags': lags, 'use_correction': True})
    C = fit.cov_params()
    return {'lags': lags, 'intercept_error': C[0, 0] ** .5, 'slope_error': C[1, 1] ** .5, 'covariance': C[0, 1]}

def ranks(t, y):
    tau = stats.kendalltau(t, y, method='asymptotic')
    n = len(t)
    s = sum(int(np.sign(t[j] - t[i]) * np.sign(y[j] - y[i])) for i in range(n) for j in range(i + 1, n))
    ties = np.unique(y, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    z = (s - np.sign(s)) / variance ** .5
    return {'theil': list(map(float, stats.theilslopes(y, t, 0.95))), 'siegel': list(map(float, stats.siegelslopes(y, t))),
            'tau': [tau.statistic, tau.pvalue], 'mann_kendall': [s, variance, z, 2 * stats.norm.sf(abs(z))]}

def broken(t, y, fewest):
    n = len(t)
    def design(at):
        return np.column_stack([np.ones(n), t, np.maximum(t - at, 0)])
    def rss(at):
        b, *_ = np.linalg.lstsq(design(at), y, rcond=None)
        e = y - design(at) @ b
        return e @ e
    first, last = t[fewest - 1], t[n - fewest]
    inside = t[fewest - 1:n - fewest + 1]
    found = [optimize.minimize_scalar(rss, bounds=(a, b), method='bounded', options={'xatol': 1e-12})
             for a, b in zip(inside, inside[1:])]
    knots = [(rss(a), a) for a in inside]
    value, at = min([(f.fun, f.x) for f in found] + knots)
    b = np.linalg.lstsq(design(at), y, rcond=None)[0]
    nu = n - 4
    s2 = value / nu
    # Columns for the slope of the bend and for its place; a point at the break is on the side that is asked for.
    def covariance(behind):
        full = np.column_stack([np.ones(n), t, np.maximum(t - at, 0), -b[2] * behind])
        return s2 * np.linalg.inv(full.T @ full)
    C, D = covariance(t > at), covariance(t >= at)
    level = value + s2 * stats.t.ppf(.975, nu) ** 2
    grid = np.unique(np.concatenate([np.linspace(a, c, 400) for a, c in zip(inside, inside[1:])]))
    ok = np.array([rss(a) for a in grid]) <= level
    def end(k, step):
        if k + step < 0 or k + step >= len(grid):
            return grid[k]
        return optimize.brentq(lambda a: rss(a) - level, grid[k], grid[k + step], xtol=1e-13)
    where = np.flatnonzero(ok)
    X = np.column_stack([np.ones(n), t])
    M = np.eye(n) - X @ np.linalg.inv(X.T @ X) @ X.T
    e = M @ y
    sd = (e @ e / (n - 2)) ** .5
    score = []
    for a in inside:
        u = M @ np.maximum(t - a, 0)
        score.append(u @ e / ((u @ u) ** .5 * sd))
    score = np.array(score)
    m, v = np.abs(score).max(), np.abs(np.diff(score)).sum()
    p = min(1.0, 2 * (stats.norm.sf(m) + v * np.exp(-m * m / 2) / np.sqrt(8 * np.pi)))
    return {'fewest': fewest, 'at': at, 'intercept': b[0], 'before': b[1], 'after': b[1] + b[2], 'before_error': C[1, 1] ** .5,
            'after_error': (D[1, 1] + D[2, 2] + 2 * D[1, 2]) ** .5, 'interval': [end(where[0], -1), end(where[-1], 1)],
            'residual': value, 'p': p}

courses = [
    {'n': 60, 'seed': 101, 'spacing': 'even', 'gaps': False, 'width': 1, 'level': 100, 'slope': -0.4, 'at': 0, 'bend': 0, 'spread': 2, 'step': 0, 'reach': 1.0, 'lags': 3},
    {'n': 90, 'seed': 103, 'spacing': 'even', 'gaps': True, 'width': 2, 'level': 100, 'slope': -0.1, 'at': 20, 'bend': -0.4, 'spread': 2, 'step': 0, 'reach': 1.0, 'lags': 5},
    {'n': 80, 'seed': 105, 'spacing': 'uneven', 'gaps': False, 'width': 4, 'level': 0.2, 'slope': 0.002, 'at': 30, 'bend': 0.004, 'spread': 0.01, 'step': 0, 'reach': 2.6, 'lags': 4},
    {'n': 120, 'seed': 107, 'spacing': 'uneven', 'gaps': True, 'width': 1, 'level': 80, 'slope': 0.2, 'at': 25.5, 'bend': -0.5, 'spread': 3, 'step': 1.0, 'reach': 3.0, 'lags': 0},
    {'n': 30, 'seed': 109, 'spacing': 'even', 'gaps': False, 'width': 1, 'level': 50, 'slope': 0, 'at': 0, 'bend': 0, 'spread': 1, 'step': 0.5, 'reach': 1.5, 'lags': 2},
]
courses += [
    {'n': 200, 'seed': 111, 'spacing': 'even', 'gaps': True, 'width': 1, 'level': 100, 'slope': -0.3, 'at': 40.2, 'bend': 0.25, 'spread': 1, 'step': 0, 'reach': 2.0, 'lags': 7},
    {'n': 40, 'seed': 113, 'spacing': 'uneven', 'gaps': False, 'width': 3, 'level': 100, 'slope': -0.3, 'at': 12, 'bend': 0.9, 'spread': 1.5, 'step': 0, 'reach': 2.0, 'lags': 2},
]
for case in courses:
    t, y = course(case)
    case['correlated'] = correlated(t, y, case['reach'])
    case['newey_west'] = newey_west(t, y, case['lags'])
    case['ranks'] = ranks(t, y)
    case['broken'] = broken(t, y, 5)

def plain(o):
    if isinstance(o, dict): return {k: plain(v) for k, v in o.items()}
    if isinstance(o, (list, tuple)): return [plain(v) for v in o]
    if isinstance(o, (bool, np.bool_)): return bool(o)
    if isinstance(o, np.integer): return int(o)
    return float(o) if isinstance(o, np.floating) else o

print(json.dumps(plain({'numpy': np.__version__, 'scipy': scipy.__version__, 'statsmodels': statsmodels.__version__,
                        'courses': courses}), indent=1))
