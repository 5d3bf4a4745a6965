"""Tests of random curves by spm1d 0.4.55 (GPL-3: numbers only). Run with common.py of the shared references on the path.

Groups of unequal size and variance are left out: there spm1d keeps the t of equal variances.
"""
import json, sys
import numpy as np, spm1d
from common import normals

def noise(seed, J, Q, s):
    k = int(4 * s)
    g = np.exp(-0.5 * (np.arange(-k, k + 1) / s) ** 2)
    g /= np.sqrt((g ** 2).sum())
    w = normals(seed, J * (Q + 2 * k)).reshape(J, Q + 2 * k)
    return np.array([np.convolve(r, g, 'valid') for r in w])

rng = np.random.default_rng(20)
cases = []
for n in range(40):
    test = ('one', 'paired', 'equal', 'unequal', 'regression')[n % 5]
    seed, first, nodes = 1000 * n + 7, int(rng.integers(4, 16)), int(rng.integers(30, 150))
    second = int(rng.integers(4, 16)) if test == 'equal' else first
    width, scale = float(rng.choice([0.8, 2.5, 5.0, 9.0])), float(rng.choice([0.5, 1.0, 3.0]))
    a, b = noise(seed, first, nodes, width), scale * noise(seed + 1, second, nodes, width) + 1.0
    stats = spm1d.stats
    t = {'one': lambda: stats.ttest(a), 'paired': lambda: stats.ttest_paired(a, b),
         'equal': lambda: stats.ttest2(a, b, equal_var=True), 'unequal': lambda: stats.ttest2(a, b, equal_var=False),
         'regression': lambda: stats.regress(a, normals(seed + 2, first))}[test]()
    i = t.inference(0.3, two_tailed=True)
    cases.append(dict(seed=seed, first=first, second=second, nodes=nodes, width=width, scale=scale, test=test,
                      df=float(t.df[1]), fwhm=float(t.fwhm), zstar=float(i.zstar), t=[float(v) for v in t.z[::7]],
                      p=[float(c.P) for c in i.clusters], ends=[float(e) for c in i.clusters for e in c.endpoints]))
json.dump({'versions': {'spm1d': '0.4.55', 'numpy': np.__version__}, 'cases': cases}, open(sys.argv[1], 'w'), indent=1)
