"""Writes the fixture of test/statistics/referees.test.ts: samples, and what SciPy and statsmodels say of their means.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python scripts/referees/intervals.py test/fixtures/referees

Ends of ratios are found from what defines them: where the test that mean a - r mean b is 0 has a p-value of 1 - confidence, by bisection
from the estimated ratio outwards.
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy.optimize import brentq
from scipy.stats import t, ttest_1samp, ttest_ind, ttest_rel
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(32)
levels = [0.8, 0.9, 0.95, 0.99]


def ends(interval):
    return [float(interval.low), float(interval.high)]


def outwards(excess, start, step):
    """The nearest end in the direction of a step; None where there is none."""
    while excess(start + step) > 0:
        step *= 2
        if abs(step) > 1e9:
            return None
    return float(brentq(excess, start, start + step, xtol=1e-14, rtol=1e-14))


def fieller(p_value, ratio, confidence):
    excess = lambda r: p_value(r) - (1 - confidence)
    step = 1e-3 * max(abs(ratio), 1)
    found = [outwards(excess, ratio, -step), outwards(excess, ratio, step)]
    return None if None in found else found


def paired_ratio(a, b, confidence):
    return fieller(lambda r: ttest_1samp(a - r * b, 0).pvalue, a.mean() / b.mean(), confidence)


def unpaired_ratio(a, b, confidence):
    ratio = a.mean() / b.mean()
    freedom = ttest_ind(a, ratio * b, equal_var=False).df
    error = lambda r: np.hypot(a.std(ddof=1) / len(a) ** 0.5, r * b.std(ddof=1) / len(b) ** 0.5)
    p_value = lambda r: 2 * t.sf(abs(a.mean() - r * b.mean()) / error(r), freedom)
    return fieller(p_value, ratio, confidence)


def paired(title, a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    rel = ttest_rel(a, b)
    return {
        "title": title,
        "a": list(a),
        "b": list(b),
        "p": float(rel.pvalue),
        "levels": [
            {
                "confidence": level,
                "mean": ends(ttest_1samp(a, 0).confidence_interval(level)),
                "difference": ends(rel.confidence_interval(level)),
                "ratio": paired_ratio(a, b, level),
            }
            for level in levels
        ],
    }


def unpaired(title, a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return {
        "title": title,
        "a": list(a),
        "b": list(b),
        "levels": [
            {
                "confidence": level,
                "difference": ends(ttest_ind(a, b, equal_var=False).confidence_interval(level)),
                "ratio": unpaired_ratio(a, b, level),
            }
            for level in levels
        ],
    }


def single(title, one, many):
    """SciPy has no test of one value against several: the definition, with its quantile."""
    many = np.asarray(many, float)
    error = many.std(ddof=1) * (1 + 1 / len(many)) ** 0.5
    margins = [t.isf((1 - level) / 2, len(many) - 1) * error for level in levels]
    difference = one - many.mean()
    return {
        "title": title,
        "a": [one],
        "b": list(many),
        "levels": [
            {"confidence": level, "difference": [difference - margin, difference + margin]}
            for level, margin in zip(levels, margins)
        ],
    }


def holm(p_values):
    return {"p": p_values, "adjusted": [float(p) for p in multipletests(p_values, method="holm")[1]]}


luck = random.normal(size=5)
fixture = {
    "referee": f"scipy {scipy.__version__} and statsmodels {statsmodels.__version__}",
    "quantiles": [
        [freedom, level, float(t.isf((1 - level) / 2, freedom))]
        for freedom in [1, 1.31, 2, 2.5, 3, 4, 4.77, 7.3, 9, 14, 29.9, 30, 60, 99.5, 150, 299, 300]
        for level in [0.5001, 0.6, *levels, 0.999, 0.99999]
    ],
    "tails": [
        [freedom, x, float(2 * t.sf(x, freedom))]
        for freedom in [1, 1.31, 2.5, 4, 9, 29.9, 99.5, 300]
        for x in [0, 1e-6, 0.1, 1, 2, 3, 5, 10, 30]
    ],
    "paired": [
        paired("three seeds", [0.31, 0.29, 0.36], [0.42, 0.39, 0.43]),
        paired("five seeds that share their luck", 3 + luck, 4 + luck + random.normal(size=5) / 5),
        paired("sides that go against one another", 5 + luck, 6 - luck),
        paired("a denominator near 0", 2 + luck, 0.5 + random.normal(size=5)),
        paired("negative means", -3 + luck / 2, -7 + random.normal(size=5)),
        paired("twenty seeds", random.normal(1, 0.2, 20), random.normal(2, 0.3, 20)),
    ],
    "unpaired": [
        unpaired("other counts and spreads", random.normal(3, 0.2, 3), random.normal(2, 0.7, 8)),
        unpaired("two and two", [1.0, 1.1], [2.0, 2.3]),
        unpaired("a denominator near 0", random.normal(3, 0.2, 4), random.normal(0.1, 1, 4)),
        unpaired("a negative denominator", random.normal(3, 0.5, 4), random.normal(-8, 1, 6)),
    ],
    "single": [single("one against six", 2.5, random.normal(3, 1, 6))],
    "holm": [
        holm([0.01, 0.04, 0.03, 0.005]),
        holm([0.5, 0.9, 0.02]),
        holm([0.2]),
        holm([0.02, 0.02, 0.02, 0.001, 1.0, 0.0]),
    ],
}
lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in fixture.items()]
(Path(sys.argv[1]) / "intervals.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
