"""Writes the fixtures of test/metrics: samples, directions, and what other implementations say of them.

    pip install numpy scipy POT scikit-learn prdc
    python scripts/referees/metrics.py test/fixtures/referees

Samples are rounded to float32 first, so that both sides measure the same numbers.
"""

import contextlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import ot
import scipy
import sklearn
from prdc import compute_prdc
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist, pdist
from scipy.stats import wasserstein_distance
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.neighbors import NearestNeighbors

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


def two_sets(title, generated, reference, **measured):
    return {
        "title": title,
        "dimensions": generated.shape[1],
        "generated": flat(generated),
        "reference": flat(reference),
        **measured,
    }


def pairs():
    yield "points", normal(40, 2), normal(40, 2, mean=0.7)
    yield "unequal counts", normal(25, 3), normal(36, 3, std=1.5)
    yield "images of 4 x 4", np.tanh(normal(30, 16)), np.tanh(normal(30, 16, mean=0.3))
    yield "mean 1e3, deviation 1e-2", normal(30, 2, mean=1e3, std=1e-2), normal(30, 2, mean=1e3, std=1e-2)


def doubles(generated, reference):
    return generated.astype(np.float64), reference.astype(np.float64)


def max_sliced_case(title, generated, reference):
    a, b = doubles(generated, reference)
    directions = random.normal(size=(12, a.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    distance = ot.max_sliced_wasserstein_distance(a, b, projections=directions.T, p=1)
    return two_sets(title, generated, reference, directions=flat(directions), distance=float(distance))


write(
    "max_sliced_wasserstein.json",
    f"POT {ot.__version__}, ot.max_sliced_wasserstein_distance, p = 1",
    [max_sliced_case(*pair) for pair in pairs()],
)


def entropic_cost(a, b, metric, epsilon):
    """Feydy et al. 2019, equation 1, from POT's coupling: its own divergence leaves out the entropy's term."""
    costs = ot.dist(a, b, metric)
    u, v = ot.unif(len(a)), ot.unif(len(b))
    plan = ot.sinkhorn(u, v, costs, epsilon, method="sinkhorn_log", numItermax=20_000, stopThr=1e-11)
    return np.sum(plan * costs) + epsilon * np.sum(scipy.special.rel_entr(plan, np.outer(u, v)))


def sinkhorn_case(title, generated, reference, order, epsilon):
    a, b = doubles(generated, reference)
    metric = ("euclidean", "sqeuclidean")[order - 1]
    cross, own, other = (entropic_cost(x, y, metric, epsilon) for x, y in ((a, b), (a, a), (b, b)))
    divergence = float(cross - own / 2 - other / 2)
    return two_sets(title, generated, reference, order=order, epsilon=epsilon, divergence=divergence)


write(
    "sinkhorn_divergence.json",
    f"POT {ot.__version__}, ot.sinkhorn, with the entropy of its couplings",
    [
        sinkhorn_case(f"{title}, order {order}, epsilon {epsilon}", generated, reference, order, epsilon)
        for title, generated, reference in list(pairs())[:3]
        for order, epsilon in ((1, 0.1), (1, 1.0), (2, 0.5))
    ]
    + [
        sinkhorn_case("mean 1e3, deviation 1e-2", normal(30, 2, mean=1e3, std=1e-2), normal(30, 2, mean=1e3, std=2e-2), 1, 0.01)
    ],
)


def energy_case(title, generated, reference):
    a, b = doubles(generated, reference)
    distance = 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()
    if a.shape[1] == 1:
        assert np.isclose(distance, scipy.stats.energy_distance(a[:, 0], b[:, 0]) ** 2, rtol=1e-9)
    return two_sets(title, generated, reference, distance=float(distance))


write(
    "energy_distance.json",
    f"scipy {scipy.__version__}, cdist; on the line scipy.stats.energy_distance squared",
    [energy_case(*pair) for pair in pairs()] + [energy_case("on the line", normal(35, 1), normal(28, 1, mean=0.4))],
)


def unbiased(of_a, of_b, between):
    n, m = between.shape
    within = (of_a.sum() - np.trace(of_a)) / (n * (n - 1)) + (of_b.sum() - np.trace(of_b)) / (m * (m - 1))
    return float(within - 2 * between.mean())


def mmd_case(title, generated, reference):
    a, b = doubles(generated, reference)
    median = float(np.median(pdist(b)))
    gaussian = lambda width: unbiased(*(rbf_kernel(x, y, 1 / (2 * width**2)) for x, y in ((a, a), (b, b), (a, b))))
    cubic = unbiased(*(polynomial_kernel(x, y, degree=3, coef0=1) for x, y in ((a, a), (b, b), (a, b))))
    widths = [median * scale for scale in (0.25, 0.5, 1, 2, 4)]
    return two_sets(
        title,
        generated,
        reference,
        median=median,
        gaussian=gaussian(median),
        multiscale=sum(map(gaussian, widths)) / len(widths),
        polynomial=cubic,
    )


write(
    "mmd.json",
    f"scikit-learn {sklearn.__version__}, rbf_kernel and polynomial_kernel",
    [mmd_case(*pair) for pair in list(pairs())[:3]],
)


def accuracy_case(title, generated, reference):
    samples = np.concatenate(doubles(generated, reference))
    generated_ones = np.arange(len(samples)) < len(generated)
    nearest = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(samples).kneighbors(samples)[1][:, 1]
    right = generated_ones[nearest] == generated_ones
    shares = [float(right[generated_ones].mean()), float(right[~generated_ones].mean())]
    return two_sets(title, generated, reference, shares=shares)


write(
    "nearest_neighbour_test.json",
    f"scikit-learn {sklearn.__version__}, NearestNeighbors",
    [accuracy_case(*pair) for pair in pairs() if len(pair[1]) == len(pair[2])],
)


def prdc_case(title, generated, reference, k):
    a, b = doubles(generated, reference)
    with contextlib.redirect_stdout(sys.stderr):
        values = compute_prdc(b, a, k)
    return two_sets(title, generated, reference, neighbours=k, **{name: float(value) for name, value in values.items()})


write(
    "prdc.json",
    f"prdc {version('prdc')}, compute_prdc",
    [prdc_case(f"{title}, k = {k}", generated, reference, k) for title, generated, reference in pairs() for k in (1, 3, 5)],
)
