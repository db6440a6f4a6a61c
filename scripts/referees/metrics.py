"""Writes the fixtures of test/metrics: samples, directions, and what other implementations say of them.

    pip install numpy scipy POT
    python scripts/referees/metrics.py test/fixtures/referees

Samples are rounded to float32 first, so that both sides measure the same numbers.
"""

import json
import sys
from pathlib import Path

import numpy as np
import ot
import scipy
from scipy.optimize import linear_sum_assignment
from scipy.stats import wasserstein_distance

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(17)


def normal(*shape, mean=0.0, std=1.0):
    return random.normal(mean, std, shape).astype(np.float32)


def flat(array):
    return [float(value) for value in np.ravel(array)]


def write(name, referee, cases):
    body = ",\n".join(json.dumps(case) for case in cases)
    text = f'{{"referee": {json.dumps(referee)}, "cases": [\n{body}\n]}}\n'
    (folder / name).write_text(text)


def line_case(title, a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return {"title": title, "a": flat(a), "b": flat(b), "distance": wasserstein_distance(a, b)}


write(
    "wasserstein_1d.json",
    f"scipy {scipy.__version__}, scipy.stats.wasserstein_distance",
    [
        line_case("equal counts", normal(40), normal(40, mean=1.5, std=2)),
        line_case("counts without a common divisor", normal(37), normal(23, mean=-0.5)),
        line_case("one count a multiple of the other", normal(12), normal(36, std=3)),
        line_case("one sample against many", normal(1), normal(19)),
        line_case("many equal values", np.round(normal(30)), np.round(normal(45, mean=1))),
        line_case("large offset, small spread", normal(25, mean=1e3, std=1e-2), normal(31, mean=1e3, std=1e-2)),
    ],
)


def sliced_case(title, generated, reference, projections):
    dimensions = generated.shape[1]
    directions = random.normal(size=(projections, dimensions))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    distance = ot.sliced_wasserstein_distance(
        generated.astype(np.float64), reference.astype(np.float64), projections=directions.T, p=1
    )
    return {
        "title": title,
        "dimensions": dimensions,
        "generated": flat(generated),
        "reference": flat(reference),
        "directions": flat(directions),
        "distance": float(distance),
    }


write(
    "sliced_wasserstein.json",
    f"POT {ot.__version__}, ot.sliced_wasserstein_distance, p = 1",
    [
        sliced_case("points, equal counts", normal(50, 2), normal(50, 2, mean=1), 16),
        sliced_case("points, unequal counts, projections no multiple of four", normal(33, 2), normal(20, 2), 7),
        sliced_case("one direction", normal(11, 3), normal(11, 3, std=2), 1),
        sliced_case("images of 4 x 4", np.tanh(normal(15, 16)), np.tanh(normal(21, 16, mean=0.3)), 10),
        sliced_case("mean 1e3, deviation 1e-2", normal(30, 2, mean=1e3, std=1e-2), normal(30, 2, mean=1e3, std=1e-2), 8),
    ],
)


def exact_case(title, generated, reference):
    a, b = generated.astype(np.float64), reference.astype(np.float64)
    distances = []
    for metric, root in (("euclidean", 1), ("sqeuclidean", 2)):
        costs = ot.dist(a, b, metric)
        distance = ot.emd2([], [], costs, numItermax=10**6) ** (1 / root)
        rows, columns = linear_sum_assignment(costs)
        assert np.isclose(distance, costs[rows, columns].mean() ** (1 / root), rtol=1e-9), title
        distances.append(float(distance))
    return {
        "title": title,
        "dimensions": generated.shape[1],
        "generated": flat(generated),
        "reference": flat(reference),
        "distances": distances,
    }


collapsed = np.tile(np.float32([0.3, -0.2]), (30, 1))
write(
    "exact_wasserstein.json",
    f"POT {ot.__version__}, ot.emd2; scipy {scipy.__version__}, linear_sum_assignment",
    [
        exact_case("points", normal(60, 2), normal(60, 2, mean=0.5)),
        exact_case("clouds far apart", normal(40, 2), normal(40, 2, mean=30)),
        exact_case("a generator that collapsed", collapsed, normal(30, 2)),
        exact_case("many equal points", np.round(normal(50, 2)), np.round(normal(50, 2, std=2))),
        exact_case("images of 4 x 4", np.tanh(normal(20, 16)), np.tanh(normal(20, 16, mean=0.3))),
        exact_case("mean 1e3, deviation 1e-2", normal(30, 2, mean=1e3, std=1e-2), normal(30, 2, mean=1e3, std=1e-2)),
        exact_case("one sample", normal(1, 3), normal(1, 3)),
    ],
)
