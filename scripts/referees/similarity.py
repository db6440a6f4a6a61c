"""Writes the fixtures of test/metrics/multiscale-similarity.test.ts: pairs of images, and what TensorFlow says of them.

    pip install tensorflow numpy
    python scripts/referees/similarity.py test/fixtures/referees
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

random = np.random.default_rng(31)
powers = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])


def image(height, width, channels):
    noise = random.normal(size=(height, width, channels))
    for _ in range(3):
        noise = (noise + np.roll(noise, 1, axis=0) + np.roll(noise, 1, axis=1)) / 2
    return rounded((np.tanh(noise) + 1) / 2)


def rounded(values):
    return np.round(255 * np.clip(values, 0, 1)) / 255


def case(title, a, b):
    height, width, _ = a.shape
    scales = min(5, int(np.log2(min(height, width) / 11)) + 1)
    weights = powers[:scales] / powers[:scales].sum()
    pair = [tf.constant(each[None], tf.float32) for each in (a, b)]
    value = tf.image.ssim_multiscale(*pair, max_val=1.0, power_factors=list(weights), filter_size=11)
    levels = lambda each: [int(level) for level in np.round(255 * each).ravel()]
    return {
        "title": title,
        "size": list(a.shape),
        "levels": [levels(a), levels(b)],
        "similarity": float(value[0]),
    }


a = image(11, 13, 1)
b = image(24, 31, 3)
c = image(50, 45, 1)
cases = [
    case("one scale, grey", a, rounded(a + random.normal(scale=0.1, size=a.shape))),
    case("two scales, colour, sides that are odd", b, rounded((b + 2 * image(24, 31, 3)) / 3)),
    case("three scales, unlike images", c, image(50, 45, 1)),
]
body = ",\n".join(json.dumps(one) for one in cases)
text = f'{{"referee": "TensorFlow {tf.__version__}, tf.image.ssim_multiscale", "cases": [\n{body}\n]}}\n'
(Path(sys.argv[1]) / "multiscale_similarity.json").write_text(text)
