"""Freezes the chain of `soleus signals` through SciPy, for tests/all/pipeline.rs. Run with SciPy 1.17.1:

    soleus demo /tmp/study
    python3 signals_scipy.py /tmp/study ../../../shared/data > signals_scipy.json

The chain: mean subtracted; butter(4, [20, 450], 'bandpass') through sosfiltfilt; rectified;
butter(2, 6) through sosfiltfilt, never below 0. Activation: per cent of the highest mean over 500 ms of the envelope
of the trials beside it that are called mvc.
"""
import csv, json, sys
import numpy as np, scipy
import scipy.signal as ss

study, shared = sys.argv[1:]

def read(path, per_volt):
    with open(path, encoding='utf-8') as file:
        rows = list(csv.reader(file))
    names = [name.split(' (')[0] for name in rows[0]]
    return names[1:], np.array(rows[1:], dtype=float)[:, 1:].T / per_volt

def chain(x, order):
    raw = x
    clean = ss.sosfiltfilt(ss.butter(order, [20, 450], 'bandpass', fs=1000, output='sos'), x - np.mean(x))
    envelope = np.maximum(ss.sosfiltfilt(ss.butter(2, 6, fs=1000, output='sos'), np.abs(clean)), 0)
    return {'raw': raw, 'clean': clean, 'envelope': envelope}

def highest_mean(x, samples):
    sums = np.concatenate([[0], np.cumsum(x)])
    return np.max(sums[samples:] - sums[:-samples]) / samples

def case(path, per_volt, order, at, mvc=None):
    names, signals = read(path, per_volt)
    references = {}
    if mvc:
        mvc_names, mvc_signals = read(*mvc)
        references = {n: highest_mean(chain(x, order)['envelope'], 500) for n, x in zip(mvc_names, mvc_signals)}
    channels = {}
    for name, x in zip(names, signals):
        if name.startswith('F'):  # force plates
            continue
        stages = chain(x, order)
        if mvc:
            stages['activation'] = 100 * stages['envelope'] / references[name]
        channels[name] = {stage: [float(y[i]) for i in at] for stage, y in stages.items()}
        channels[name]['rms'] = float(np.sqrt(np.mean(stages['clean'] ** 2)))
    return {'order': order, 'samples': signals.shape[1], 'at': at, 'channels': channels}

place = study + '/sub-01/ses-01/sub-01_ses-01_task-'
at = [0, 1, 27, 1500, 3333, 7000, 9001, 14998, 14999]
demo = case(place + 'heelraise_emg.csv', 1e6, 4, at, (place + 'mvc_emg.csv', 1e3))
gait = case(shared + '/walking-bilateral/gait.csv', 1, 2, [0, 1, 500, 2435, 4000, 4868, 4869])
print(json.dumps({'scipy': scipy.__version__, 'demo': demo, 'gait': gait}, indent=0))
