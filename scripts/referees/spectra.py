"""Writes the fixtures of test/metrics/spectrum-distance.test.ts: images, and what numpy's FFT says of them.

    pip install numpy
    python scripts/referees/spectra.py test/fixtures/referees
"""

import json
import sys
from pathlib import Path

import numpy as np

random = np.random.default_rng(29)
floor = (2 / 255) ** 2 / 12


def images(count, height, width, channels, smooth):
    noise = random.normal(size=(count, height, width, channels))
    blurred = (noise + np.roll(noise, 1, axis=1) + np.roll(noise, 1, axis=2)) / 3
    return np.tanh(smooth * blurred + (1 - smooth) * noise).astype(np.float32)


def spectrum(batch):
    _, height, width, _ = batch.shape
    side = min(height, width)
    power = np.abs(np.fft.fft2(batch.astype(np.float64), axes=(1, 2))) ** 2 / (height * width)
    x, y = np.abs(np.fft.fftfreq(width)), np.abs(np.fft.fftfreq(height))
    radius = np.floor(np.hypot(x[None, :], y[:, None]) * side + 0.5)
    return np.array([power[:, radius == k].mean() for k in range(1, side // 2 + 1)])


def case(title, generated, reference):
    p, q = spectrum(generated), spectrum(reference)
    decibels = lambda power: 10 * np.log10(np.maximum(power, floor))
    return {
        "title": title,
        "size": list(generated.shape[1:]),
        "dimensions": int(np.prod(generated.shape[1:])),
        "generated": [float(value) for value in generated.ravel()],
        "reference": [float(value) for value in reference.ravel()],
        "spectrum": list(p),
        "distance": float(np.abs(decibels(p) - decibels(q)).mean()),
    }


cases = [
    case("grey, 8 x 8", images(5, 8, 8, 1, 0.9), images(6, 8, 8, 1, 0.2)),
    case("colour, sides that are not powers of 2", images(3, 10, 7, 3, 0.5), images(3, 10, 7, 3, 0.8)),
    case("an image without texture", 0 * images(2, 6, 6, 1, 0) + np.float32(0.3), images(4, 6, 6, 1, 0.5)),
]
body = ",\n".join(json.dumps(one) for one in cases)
text = f'{{"referee": "numpy {np.__version__}, numpy.fft.fft2", "cases": [\n{body}\n]}}\n'
(Path(sys.argv[1]) / "spectrum_distance.json").write_text(text)
