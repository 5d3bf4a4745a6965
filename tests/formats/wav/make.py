"""Writes the tiny WAVs beside this file with SciPy, and what SciPy reads from them into ../../reference/wav.json.

Full scale is divided out here the way the format defines it, independently of soleus:
8-bit samples are unsigned around 128, others are signed; SciPy returns 24-bit samples in the upper bits of int32.
"""
import json, pathlib, struct
import numpy, scipy
from scipy.io import wavfile

here = pathlib.Path(__file__).parent
rng = numpy.random.default_rng(20261122)
rate, shape = 2000, (25, 3)
samples = rng.uniform(-1, 1, shape)
samples[0] = [-1, 1 - 2.0**-31, 0]
kinds = {
    "pcm8": ((samples * 128 + 128).clip(0, 255)).astype("uint8"),
    "pcm16": (samples * 2**15).clip(-2**15, 2**15 - 1).astype("int16"),
    "pcm32": (samples * 2**31).clip(-2**31, 2**31 - 1).astype("int32"),
    "float32": samples.astype("float32"),
    "float64": samples,
}
for name, values in kinds.items():
    wavfile.write(here / f"{name}.wav", rate, values)
raw = b"".join(int(v).to_bytes(3, "little", signed=True) for v in (samples * 2**23).clip(-2**23, 2**23 - 1).astype("int32").ravel())
fmt = struct.pack("<HHIIHH", 1, 3, rate, rate * 9, 9, 24)
body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(raw)) + raw + b"\0" * (len(raw) % 2)
(here / "pcm24.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)

reference = {"versions": {"scipy": scipy.__version__, "numpy": numpy.__version__}, "rate": rate}
for name in [*kinds, "pcm24"]:
    read_rate, values = wavfile.read(here / f"{name}.wav")
    assert read_rate == rate
    if values.dtype == numpy.uint8:
        scaled = (values.astype(float) - 128) / 128
    elif values.dtype.kind == "i":
        scaled = values / 2.0 ** (8 * values.dtype.itemsize - 1)
    else:
        scaled = values.astype(float)
    reference[name] = scaled.T.tolist()
(here.parent.parent / "reference" / "wav.json").write_text(json.dumps(reference) + "\n")
