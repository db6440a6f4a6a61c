"""Writes the fixture of test/metrics/curve-metrics.test.ts: curves, and what numpy and scipy say of them.

    pip install scipy
    python scripts/referees/curves.py test/fixtures/referees
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import kendalltau, linregress, spearmanr

random = np.random.default_rng(32)


def medians(values, window):
    return [float(np.median(values[max(0, k - window + 1) : k + 1])) for k in range(len(values))]


def case(title, steps, values, every, window, start, level):
    steps, values = np.asarray(steps), np.asarray(values, float)
    smooth = np.array(medians(values, window))
    counted = steps >= start
    snapshots = np.array([s for s in steps if s % every == 0])
    quality = smooth[np.isin(steps, snapshots)] ** 2 + random.normal(size=len(snapshots)) / 4
    ranked = snapshots >= start
    at = smooth[np.isin(steps, snapshots)][ranked]
    reached = steps[counted & (smooth <= level)]
    return {
        "title": title,
        "values": [[int(s), float(v)] for s, v in zip(steps, values)],
        "quality": [[int(s), float(v)] for s, v in zip(snapshots, quality)],
        "window": window,
        "start": start,
        "level": level,
        "spearman": float(spearmanr(quality[ranked], at).statistic),
        "kendall": float(kendalltau(quality[ranked], at).statistic),
        "log_slope": float(linregress(steps[counted] / 1000, np.log10(smooth[counted])).slope),
        "linear_slope": float(linregress(steps[counted] / 1000, smooth[counted]).slope),
        "time": int(reached[0]) if len(reached) else None,
        "share": float(np.mean(values[counted] <= level)),
    }


steps = np.arange(1, 201)
falling = 3 * np.exp(-steps / 80) + 0.2
cases = [
    case("a curve that falls, with noise", steps, falling * np.exp(random.normal(size=200) / 5), 20, 25, 0, 1.0),
    case("from a step on", steps, falling * np.exp(random.normal(size=200) / 3), 10, 25, 60, 1.2),
    case("few points, as they are", np.arange(0, 601, 100), [900, 400, 250, 260, 180, 170, 150], 100, 1, 100, 100.0),
]
body = ",\n".join(json.dumps(one) for one in cases)
text = f'{{"referee": "numpy {np.__version__} and scipy {scipy.__version__}", "cases": [\n{body}\n]}}\n'
(Path(sys.argv[1]) / "curve_metrics.json").write_text(text)
