"""Writes the fixture of test/metrics/rank-correlation.test.ts: series, and what scipy says of their ranks.

    pip install scipy
    python scripts/referees/ranks.py test/fixtures/referees
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import kendalltau, spearmanr

random = np.random.default_rng(31)


def case(title, a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return {
        "title": title,
        "a": list(a),
        "b": list(b),
        "spearman": float(spearmanr(a, b).statistic),
        "kendall": float(kendalltau(a, b).statistic),
    }


curve = random.normal(size=12).cumsum()
cases = [
    case("series that go together", curve, curve + random.normal(size=12) / 2),
    case("independent series", random.normal(size=15), random.normal(size=15)),
    case("ties in both", [1, 2, 2, 3, 3, 3, 0], [5, 5, 1, 2, 2, 7, 0]),
    case("the opposite order", [3, 1, 2], [0, 9, 4]),
]
body = ",\n".join(json.dumps(one) for one in cases)
text = f'{{"referee": "scipy {scipy.__version__}, spearmanr and kendalltau", "cases": [\n{body}\n]}}\n'
(Path(sys.argv[1]) / "rank_correlation.json").write_text(text)
