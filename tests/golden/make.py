"""Writes the recordings of the golden cases (Python 3, no packages); each case is noise shaped in time.

    python3 make.py
"""
import math, os, random, struct

HERE = os.path.dirname(os.path.abspath(__file__))

def noise(seed):
    """Noise with most of its power between 40 and 150 Hz at 1000 Hz: a resonance, as EMG has."""
    pick, a, b = random.Random(seed), 0.0, 0.0
    while True:
        a, b = 1.2 * a - 0.55 * b + pick.gauss(0, 1), a
        yield a - b

def emg(seed, samples, level):
    """Millivolts: level(seconds) times noise, and 2 microvolts of electrode noise."""
    shaped, electrode = noise(seed), random.Random(seed + 1)
    return [level(i / 1000) * next(shaped) + electrode.gauss(0, 0.002) for i in range(samples)]

def raises(height, period=1.25, lag=0.0):
    return lambda t: height * max(0.0, math.sin(2 * math.pi * (t - lag) / period)) ** 2

def hold(height, start, end):
    return lambda t: height if start <= t < end else 0.0

def write(name, text):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w' if isinstance(text, str) else 'wb', **({'encoding': 'utf-8', 'newline': ''} if isinstance(text, str) else {})) as file:
        file.write(text)

def cell(value):
    return '' if value is None else f'{value:.3f}'

def table(names, channels, start=0.0, comma=',', point='.'):
    lines = [comma.join(['time (s)'] + [name + ' (mV)' for name in names])]
    for i, row in enumerate(zip(*channels)):
        lines.append(comma.join([f'{start + i / 1000:.3f}'] + [cell(value) for value in row]).replace('.', point))
    return '\n'.join(lines) + '\n'

def wav(channels, full_scale):
    samples = b''.join(struct.pack('<h', max(-32768, min(32767, round(v / full_scale * 32768)))) for row in zip(*channels) for v in row)
    count, rate = len(channels), 1000
    return (b'RIFF' + struct.pack('<I', 36 + len(samples)) + b'WAVEfmt ' + struct.pack('<IHHIIHH', 16, 1, count, rate, rate * count * 2, count * 2, 16)
            + b'data' + struct.pack('<I', len(samples)) + samples)

# two channels in bursts, the left stronger and earlier
write('bursts/raises.csv', table(['LSOL', 'RSOL'], [emg(1, 2500, raises(0.12)), emg(2, 2500, raises(0.09, lag=0.03))]))

# a loose connector for 0.2 s on the left, an amplifier that clips on the right
left, right = emg(3, 2500, raises(0.1)), emg(4, 2500, raises(0.2))
left[1200:1400] = [None] * 200
write('gap-and-clipping/raises.csv', table(['LSOL', 'RSOL'], [left, [max(-0.25, min(0.25, v)) for v in right]]))

# 16-bit WAV: channels and full scale are told by study.toml, one channel was amplified
amplified = [2 * v for v in emg(6, 5000, hold(0.08, 0.5, 4.5))]
write('wav-with-study/hold.wav', wav([emg(5, 5000, hold(0.1, 0.5, 4.5)), amplified], 2.0))

# a part of a recording that begins at 0.25 s, a stretch left out, steps in a file beside it
walk = [emg(7, 2600, raises(0.1, 1.0)), emg(8, 2600, raises(0.05, 1.0, 0.5))]
write('parts-and-events/walk.csv', table(['R SOL', 'R TA'], walk, start=0.25))
write('parts-and-events/steps.csv', 'time_s,label,side\n0.3,touchdown,right\n0.9,liftoff,right\n1.3,touchdown,right\n1.9,liftoff,right\n2.3,touchdown,right\n')

# maximal contraction and task, semicolons and decimal commas, a recipe of one's own
both = lambda seed, level: [emg(seed, 2000, level), emg(seed + 10, 2000, level)]
write('mvc-and-task/mvc.csv', table(['SO li', 'SO re'], both(20, hold(0.3, 0.4, 1.8)), comma=';', point=','))
write('mvc-and-task/raises.csv', table(['SO li', 'SO re'], both(40, raises(0.12, 1.0)), comma=';', point=','))
