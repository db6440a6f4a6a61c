"""Writes ngram_js.json: SciPy on the Jensen-Shannon divergence, in bits, between the n-grams of two sets of sequences.

    pip install numpy scipy
    python scripts/referees/text.py test/fixtures/referees
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon

folder = Path(sys.argv[1])
random = np.random.default_rng(17)


def grams(sequences, n):
    return Counter(tuple(row[i : i + n]) for row in sequences.tolist() for i in range(len(row) - n + 1))


def case(title, generated, reference, n):
    a, b = grams(generated, n), grams(reference, n)
    keys = sorted(a.keys() | b.keys())
    p, q = ([counts[key] for key in keys] for counts in (a, b))
    return {
        "title": f"{title}, n = {n}",
        "n": n,
        "length": generated.shape[1],
        "generated": generated.ravel().tolist(),
        "reference": reference.ravel().tolist(),
        # SciPy gives the root, and makes shares of counts.
        "divergence": float(jensenshannon(p, q, base=2) ** 2),
    }


def draw(rows, length, weights):
    return random.choice(len(weights), size=(rows, length), p=np.array(weights) / sum(weights))


cases = [
    case(title, draw(20, 7, first), draw(rows, 7, second), n)
    for title, first, second, rows in [
        ("tokens alike", [4, 3, 2, 1], [4, 3, 2, 1], 20),
        ("other frequencies", [4, 3, 2, 1], [1, 2, 3, 4], 31),
        ("one token alone", [1, 0, 0], [1, 1, 1], 9),
        ("nothing in common", [1, 1, 0, 0], [0, 0, 1, 1], 12),
    ]
    for n in (1, 2, 4)
]
referee = f"scipy {scipy.__version__}, scipy.spatial.distance.jensenshannon, squared"
body = ",\n".join(json.dumps(case) for case in cases)
(folder / "ngram_js.json").write_text(f'{{"referee": {json.dumps(referee)}, "cases": [\n{body}\n]}}\n')
