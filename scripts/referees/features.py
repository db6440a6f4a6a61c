"""Writes the fixtures of metrics of features: features, and what torch-fidelity and scipy say of them.

    pip install -r scripts/requirements-bench-metrics.txt
    python scripts/referees/features.py test/fixtures/referees

Features are rounded to float32 first, so that both sides measure the same numbers, and are given to the referees as float64.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import scipy
import torch
from scipy.linalg import sqrtm
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kernel_mmd

folder = Path(sys.argv[1])
random = np.random.default_rng(23)
fidelity = f"torch-fidelity {version('torch-fidelity')}"


def normal(*shape, mean=0.0, std=1.0):
    return random.normal(mean, std, shape).astype(np.float32)


def flat(array):
    return [float(value) for value in np.ravel(array)]


def write(name, referee, cases):
    body = ",\n".join(json.dumps(case) for case in cases)
    text = f'{{"referee": {json.dumps(referee)}, "cases": [\n{body}\n]}}\n'
    (folder / name).write_text(text)


def two_sets(title, generated, reference, **measured):
    return {
        "title": title,
        "dimensions": generated.shape[1],
        "generated": flat(generated),
        "reference": flat(reference),
        **measured,
    }


def mixed(count, dimensions, mean=0.0, std=1.0):
    """Features that depend on each other, with variances over four orders."""
    scales = np.logspace(0, -2, dimensions)
    turn = np.linalg.qr(random.normal(size=(dimensions, dimensions)))[0]
    return (mean + std * (random.normal(size=(count, dimensions)) * scales) @ turn).astype(np.float32)


def frechet_case(title, generated, reference):
    statistics = [fid_features_to_statistics(torch.from_numpy(x.astype(np.float64))) for x in (generated, reference)]
    distance = fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    (m1, s1), (m2, s2) = ((s["mu"], s["sigma"]) for s in statistics)
    by_root = np.sum((m1 - m2) ** 2) + np.trace(s1 + s2 - 2 * sqrtm(s1 @ s2).real)
    assert np.isclose(distance, by_root, rtol=1e-8), (title, distance, by_root)
    return two_sets(title, generated, reference, distance=distance)


write(
    "frechet_distance.json",
    f"{fidelity}, metric_fid; scipy {scipy.__version__}, sqrtm",
    [
        frechet_case("independent features", normal(60, 8), normal(60, 8, mean=0.5, std=1.5)),
        frechet_case("unequal counts", mixed(50, 12), mixed(70, 12, mean=0.2)),
        frechet_case("as many samples as have a covariance", mixed(17, 16), mixed(17, 16, mean=0.1)),
        frechet_case("mean 1e3, deviation 1e-2", mixed(80, 6, 1e3, 1e-2), mixed(80, 6, 1e3, 2e-2)),
    ],
)


def kernel_case(title, generated, reference, size, count):
    sides = {"generated": generated, "reference": reference}
    subsets = [{side: random.permutation(len(x))[:size] for side, x in sides.items()} for _ in range(count)]
    options = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "kid_kernel_poly_coef0": 1}
    values = [
        kernel_mmd(*(sides[side][subset[side]].astype(np.float64) for side in sides), **options) for subset in subsets
    ]
    indices = [{side: [int(k) for k in subset[side]] for side in sides} for subset in subsets]
    return two_sets(title, generated, reference, subsets=indices, values=[float(value) for value in values])


write(
    "kernel_distance.json",
    f"{fidelity}, metric_kid.kernel_mmd",
    [
        kernel_case("independent features", normal(40, 6), normal(40, 6, mean=0.5), 10, 5),
        kernel_case("unequal counts", mixed(30, 12), mixed(50, 12, mean=0.2), 15, 3),
        kernel_case("mean 1e3, deviation 1e-2", mixed(24, 4, 1e3, 1e-2), mixed(24, 4, 1e3 + 1, 1e-2), 12, 2),
    ],
)


def score_case(title, logits, splits):
    probabilities = torch.from_numpy(logits.astype(np.float64)).softmax(dim=1).numpy().astype(np.float32)
    # Of these rounded probabilities, whose logarithms are logits again.
    rows = torch.from_numpy(probabilities.astype(np.float64)).log()
    score = isc_features_to_metric(rows, splits, False, 0)
    return {
        "title": title,
        "classes": logits.shape[1],
        "probabilities": flat(probabilities),
        "splits": splits,
        "mean": score["inception_score_mean"],
        "std": score["inception_score_std"],
    }


write(
    "inception_score.json",
    f"{fidelity}, metric_isc",
    [
        score_case("ten classes", normal(60, 10, std=2.0), 3),
        score_case("parts of unequal sizes", normal(50, 4, std=1.0), 7),
        score_case("sure of nearly all", normal(40, 5, std=12.0), 2),
    ],
)
