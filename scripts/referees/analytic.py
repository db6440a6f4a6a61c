"""Writes the fixture of test/metrics/analytic-distances.test.ts: distances of two Gaussians by numerical integration.

    pip install scipy
    python scripts/referees/analytic.py test/fixtures/referees
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import xlogy
from scipy.stats import norm


def integral(function, p, q):
    """Over the line, in pieces: of each of the two, half a deviation at a time to 14 deviations from its mean."""
    ends = sorted({m + s * k / 2 for m, s in (p, q) for k in range(-28, 29)})
    return sum(quad(function, a, b, epsabs=1e-15, epsrel=1e-13)[0] for a, b in zip(ends, ends[1:]))


def entropy(p, q):
    return integral(lambda x: norm.pdf(x, *p) * (norm.logpdf(x, *p) - norm.logpdf(x, *q)), p, q)


def half_of_js(p, q):
    def at(x):
        mine, mixed = norm.pdf(x, *p), (norm.pdf(x, *p) + norm.pdf(x, *q)) / 2
        return xlogy(mine, mine / mixed) if mine > 0 else 0.0

    return integral(at, p, q) / 2


def quantiles(power, p, q):
    """The integral over z of phi(z) |P(z) - Q(z)|^power, by quantiles."""
    gap = lambda z: abs((p[0] + p[1] * z) - (q[0] + q[1] * z)) ** power
    grid = np.arange(-14, 14.5, 0.5)
    cross = [] if p[1] == q[1] else [(q[0] - p[0]) / (p[1] - q[1])]
    ends = sorted({*grid, *(z for z in cross if abs(z) < 14)})
    return sum(quad(lambda z: norm.pdf(z) * gap(z), a, b, epsabs=1e-15, epsrel=1e-13)[0] for a, b in zip(ends, ends[1:]))


def variation(p, q):
    gap = lambda x: norm.pdf(x, *p) - norm.pdf(x, *q)
    ends = np.unique([m + s * k / 64 for m, s in (p, q) for k in range(-14 * 64, 14 * 64 + 1)])
    signs = np.sign([gap(x) for x in ends])
    roots = [
        brentq(gap, a, b, xtol=1e-15) for a, b, u, v in zip(ends, ends[1:], signs, signs[1:]) if u * v < 0
    ]
    cuts = [-np.inf, *sorted([*roots, *ends[signs == 0]]), np.inf]
    return sum(abs(np.diff(norm.cdf([a, b], *p))[0] - np.diff(norm.cdf([a, b], *q))[0]) for a, b in zip(cuts, cuts[1:])) / 2


def case(title, p, q):
    return {
        "title": title,
        "p": {"mean": p[0], "std": p[1]},
        "q": {"mean": q[0], "std": q[1]},
        "w1": quantiles(1, p, q),
        "w2": quantiles(2, p, q) ** 0.5,
        "js": half_of_js(p, q) + half_of_js(q, p),
        "kl": entropy(p, q),
        "reverse_kl": entropy(q, p),
        "tv": variation(p, q),
    }


cases = [
    case("figure 2 of the paper's kind: N(-2, 0.5) and N(2, 0.5)", (-2, 0.5), (2, 0.5)),
    case("equal deviations, overlapping", (0, 1), (0.7, 1)),
    case("equal means", (1, 0.5), (1, 2)),
    case("the narrow one inside the wide one", (0.3, 0.05), (0, 1)),
    case("different means and deviations", (-1, 0.4), (0.5, 1.5)),
    case("nearly equal", (0, 1), (0.01, 1.02)),
    case("very different deviations", (0, 0.01), (3, 5)),
]
body = ",\n".join(json.dumps(one) for one in cases)
text = f'{{"referee": "scipy {scipy.__version__}, numerical integration", "cases": [\n{body}\n]}}\n'
(Path(sys.argv[1]) / "analytic_distances.json").write_text(text)
