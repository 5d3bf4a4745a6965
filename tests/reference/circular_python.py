"""Freezes statistics of phases for tests/all/coherence.rs. Run with NumPy 2.4.6 and SciPy 1.17.1:

    PYTHONPATH=../../../shared/reference python3 circular_python.py > circular_python.json

Phases are `centre + spread * normal` of SplitMix64/Box-Muller normals (`soleus::dsp::random::normals(seed, n)`), made again
here, so none is stored; they are not wrapped. Mean and standard deviation are those of scipy.stats.circmean and circstd;
the length of the mean vector, the circular dispersion of Fisher (1993) and Rayleigh's p stand beside them in NumPy.
`simulated_p` is the share of 200 000 uniform samples whose mean vector is at least as long.
"""
import json, math
import numpy as np, scipy
from scipy import stats
from common import normals

def simulated(n, resultant, rng):
    above = 0
    for _ in range(20):
        turns = np.exp(2j * np.pi * rng.uniform(size=(10_000, n)))
        above += int((np.abs(turns.mean(1)) >= resultant).sum())
    return above / 200_000

def case(seed, n, centre, spread, period, rng):
    x = centre + spread * normals(seed, n)
    angle = 2 * np.pi * x / period
    vector = np.exp(1j * angle).mean()
    r, mean = abs(vector), np.angle(vector)
    dispersion = (1 - np.cos(2 * (angle - mean)).mean()) / (2 * r * r)
    reach = stats.t.ppf(0.975, n - 1) * math.sqrt(dispersion / (n - 1))
    half = math.asin(reach) * period / (2 * math.pi) if n >= 8 and reach <= 1 else None
    return {
        'seed': seed, 'n': n, 'centre': centre, 'spread': spread, 'period': period,
        'circmean': float(stats.circmean(x, high=period)), 'circstd': float(stats.circstd(x, high=period)),
        'resultant': float(r), 'half_interval': half,
        'rayleigh': math.exp(math.sqrt(1 + 4 * n + 4 * (n * n - (n * r) ** 2)) - (1 + 2 * n)),
        'simulated_p': simulated(n, r, rng),
    }

rng = np.random.default_rng(1)
cases = [case(*row, rng) for row in [
    (1, 1, 30.0, 5.0, 100.0), (2, 5, 98.0, 4.0, 100.0), (3, 7, 50.0, 10.0, 100.0), (4, 8, 99.0, 3.0, 100.0),
    (5, 12, 2.0, 12.0, 100.0), (6, 20, -350.0, 60.0, 360.0), (7, 30, 50.0, 26.0, 100.0), (8, 60, 40.0, 40.0, 100.0),
    (9, 200, 1.0, 0.05, 1.0), (10, 10, 1000.0, 25.0, 100.0),
]]
print(json.dumps({'scipy': scipy.__version__, 'cases': cases}, indent=0))
