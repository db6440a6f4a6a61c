"""The other side of bench/metrics.mjs, POT and torch-fidelity. Reads its job as the one argument (JSON), then for each line on
standard input measures once and answers with one line of JSON: the value, seconds, seconds of CPU, and the process's peak memory.
"""

import json
import sys
import time

import numpy as np
import ot

job = json.loads(sys.argv[1])
if job["metric"] == "fid":
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
generated, reference, directions = (
    np.fromfile(job["files"][name]).reshape(-1, job["dimensions"])
    for name in ("generated", "reference", "directions")
)


def measure():
    if job["metric"] == "fid":
        statistics = [fid_features_to_statistics(torch.from_numpy(x)) for x in (generated, reference)]
        return fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    if job["metric"] == "sliced":
        return ot.sliced_wasserstein_distance(generated, reference, projections=directions.T, p=1)
    costs = ot.dist(generated, reference, "euclidean" if job["order"] == 1 else "sqeuclidean")
    return ot.emd2([], [], costs, numItermax=10**7) ** (1 / job["order"])


def peak_memory():
    """Bytes; VmHWM is in kibibytes."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    start, cpu = time.perf_counter(), time.process_time()
    value = float(measure())
    measured = {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}
    print(json.dumps({"value": value, **measured, "peak": peak_memory()}), flush=True)
