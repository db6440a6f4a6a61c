"""Writes the fixtures of extractors: how torch-fidelity and PyTorch resize, and a network of Inception's interface with random
weights, as a SavedModel and as a graph model of TensorFlow.js, with what TensorFlow and torch-fidelity say of it.

    pip install -r scripts/requirements-bench-metrics.txt -r scripts/requirements-bench-training.txt
    python scripts/referees/extractor.py test/fixtures/referees test/fixtures/networks

Inception itself cannot be shipped. Its interface is images of 299 x 299 x 3 in float32, scaled as torch-fidelity does it, one
output of features and one of logits of 1,008 classes; here the features are 16 in place of 2,048, so that 100 images are enough
for a covariance. TensorFlow and PyTorch do not load into one process: each works in one of its own.
"""

import base64
import json
import multiprocessing
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def flat(array):
    return [float(value) for value in np.ravel(array)]


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


# PyTorch's part.


def channels_first(images):
    import torch

    return torch.from_numpy(images.astype(np.float32)).permute(0, 3, 1, 2)


def tf1_bilinear(images, size):
    from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

    resized = interpolate_bilinear_2d_like_tensorflow1x(channels_first(images), size=(size, size), align_corners=False)
    return resized.permute(0, 2, 3, 1).numpy()


def bilinear(images, size):
    from torch.nn.functional import interpolate

    return interpolate(channels_first(images), size=(size, size), mode="bilinear", align_corners=False).permute(0, 2, 3, 1).numpy()


def resized_both_ways(images, size):
    return tf1_bilinear(images, size), bilinear(images, size)


def scaled_for_inception(images):
    return (tf1_bilinear(images, 299) - 128) / 128


def measured(pool, other, logits):
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_isc import isc_features_to_metric

    statistics = [fid_features_to_statistics(torch.from_numpy(x.astype(np.float64))) for x in (pool, other)]
    score = isc_features_to_metric(torch.from_numpy(logits), splits=5, shuffle=False)
    distance = fid_statistics_to_metric(*statistics, verbose=False)
    return float(distance["frechet_inception_distance"]), float(score["inception_score_mean"])


# TensorFlow's part.


def network_of(random):
    """Weights drawn so that features and logits are of order 1."""
    import tensorflow as tf

    class Network(tf.Module):
        def __init__(self):
            super().__init__()
            draw = lambda *shape: tf.Variable(random.normal(0, np.prod(shape[:-1]) ** -0.5, shape).astype(np.float32))
            self.filters, self.more, self.dense = draw(7, 7, 3, 8), draw(3, 3, 8, 32), draw(32, 16)
            self.bottleneck, self.classes = draw(16, 4), draw(4, 1008)

        @tf.function(input_signature=[tf.TensorSpec([None, 299, 299, 3], tf.float32, name="images")])
        def serve(self, images):
            x = tf.nn.relu(tf.nn.conv2d(images, self.filters, 6, "SAME"))
            x = tf.nn.relu(tf.nn.conv2d(x, self.more, 3, "VALID"))
            features = 4 * tf.reduce_max(x, [1, 2]) @ self.dense
            return {"pool": features, "logits": 3 * tf.nn.tanh(features @ self.bottleneck) @ self.classes}

    return Network()


def write_networks(folder, seed):
    import tensorflow as tf

    network = network_of(np.random.default_rng(seed))
    tf.saved_model.save(network, str(folder / "saved_model"), signatures=network.serve)
    (folder / "saved_model" / "fingerprint.pb").unlink()
    shutil.rmtree(folder / "saved_model" / "assets", ignore_errors=True)
    write_graph_model(folder / "graph_model", network)
    return tf.__version__


def write_graph_model(folder, network):
    """What tensorflowjs_converter writes, with all constants among the weights."""
    import tensorflow as tf
    from google.protobuf.json_format import MessageToDict
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    served = network.serve.get_concrete_function()
    frozen = convert_variables_to_constants_v2(served)
    graph, weights, data = frozen.graph.as_graph_def(), [], b""
    for node in graph.node:
        if node.op != "Const":
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        weights.append({"name": node.name, "shape": list(value.shape), "dtype": str(value.dtype)})
        data += value.tobytes()
        del node.attr["value"]
    outputs = {name: tensor.name for name, tensor in zip(sorted(served.structured_outputs), frozen.outputs)}
    info = {"name": frozen.inputs[0].name, "dtype": "DT_FLOAT"}
    shape = {"dim": [{"size": str(size)} for size in (-1, 299, 299, 3)]}
    half = len(data) // 2
    (folder / "group1-shard1of2.bin").write_bytes(data[:half])
    (folder / "group1-shard2of2.bin").write_bytes(data[half:])
    model = {
        "format": "graph-model",
        "generatedBy": tf.__version__,
        "signature": {
            "inputs": {"images": {**info, "tensorShape": shape}},
            "outputs": {name: {"name": tensor} for name, tensor in outputs.items()},
        },
        "modelTopology": MessageToDict(graph),
        "weightsManifest": [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": weights}],
    }
    (folder / "model.json").write_text(json.dumps(model, indent=1) + "\n")


def found(folder, scaled):
    import tensorflow as tf

    served = tf.saved_model.load(str(folder / "saved_model")).signatures["serving_default"]
    outputs = served(images=tf.constant(scaled))
    return outputs["pool"].numpy(), outputs["logits"].numpy()


# What both are asked.


def apart(part, *arguments):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(part, arguments)


def resizing(random, title, height, width, channels, size):
    images = random.integers(0, 256, (2, height, width, channels), dtype=np.uint8)
    before, today = apart(resized_both_ways, images, size)
    return {
        "title": title,
        "shape": [height, width, channels],
        "size": size,
        "pixels": packed(images),
        "tf1_bilinear": flat(before),
        "bilinear": flat(today),
    }


def blobs(random, count, spread):
    """Images of 8 x 8 in three colours, each a soft spot on a ramp."""
    y, x = np.mgrid[0:8, 0:8] / 7
    images = []
    for _ in range(count):
        cx, cy = random.uniform(0.5 - spread, 0.5 + spread, 2)
        spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / random.uniform(0.02, 0.2))
        colour, ramp = random.uniform(60, 255, 3), random.uniform(-60, 60, (2, 3))
        image = spot[..., None] * colour + x[..., None] * ramp[0] + y[..., None] * ramp[1] + random.normal(0, 8, (8, 8, 3))
        images.append(np.clip(np.round(image), 0, 255).astype(np.uint8))
    return np.stack(images)


def main(referees, networks):
    random = np.random.default_rng(299)
    shutil.rmtree(networks, ignore_errors=True)
    (networks / "graph_model").mkdir(parents=True)
    tensorflow = apart(write_networks, networks, 2048)
    sets = generated, reference = blobs(random, 100, 0.1), blobs(random, 100, 0.4)
    (pool, logits), (other, _) = [apart(found, networks, apart(scaled_for_inception, images)) for images in sets]
    fid, score = apart(measured, pool, other, logits)
    torch, fidelity = version("torch"), f"torch-fidelity {version('torch-fidelity')}"
    resized = [
        resizing(random, "larger, by no whole number", 5, 5, 3, 13),
        resizing(random, "smaller", 11, 11, 3, 4),
        resizing(random, "of two sides, in grey", 3, 6, 1, 7),
        resizing(random, "of the same size", 4, 4, 3, 4),
    ]
    user_networks = {
        "referee": f"{fidelity}, TensorFlow {tensorflow}",
        "shape": [8, 8, 3],
        "generated": packed(generated),
        "reference": packed(reference),
        "features": flat(pool[:4]),
        "logits": flat(logits[:2]),
        "fid": fid,
        "inception_score": score,
    }
    written = {
        "resizing.json": {"referee": f"{fidelity}, PyTorch {torch}", "cases": resized},
        "user_networks.json": user_networks,
    }
    for name, body in written.items():
        (referees / name).write_text(json.dumps(body) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
