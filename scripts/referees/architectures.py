"""Writes architectures.json: PyTorch on the outputs and gradients of whole networks, and on gradient penalties of critics.

    pip install torch
    python scripts/referees/architectures.py test/fixtures/referees

All is computed in float64 from values that float32 holds exactly. Arrays are in Wassermill's layout (NHWC; dense [in, out];
convolution [height, width, in, out]), flattened in row-major order. A network's loss is the sum of its outputs, each times
a coefficient of its own.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

FIXTURES = Path(sys.argv[1])
BATCH = 4
LATENT = 3


def draw(*shape, std=1.0):
    return (torch.randn(*shape) * std).float().double()


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def batch_norm(w, name, x):
    return F.batch_norm(x, None, None, w[f"{name}/gamma"], w[f"{name}/beta"], training=True, eps=1e-5)


def layer_norm(w, name, x):
    """By the statistics of each sample over all of its values; scale and offset for each channel."""
    return F.group_norm(x, 1, w[f"{name}/gamma"], w[f"{name}/beta"], eps=1e-5)


NORMS = {"none": lambda w, name, x: x, "batch": batch_norm, "layer": layer_norm}


def norm_shapes(word, name, channels):
    return {} if word == "none" else {f"{name}/gamma": [channels], f"{name}/beta": [channels]}


def linear(w, name, x):
    return F.linear(x.reshape(len(x), -1), w[f"{name}/weights"].T, w.get(f"{name}/bias"))


class Resnet1dGenerator:
    """Tokens last outside, channels first inside."""

    def __init__(self, length, tokens, width, blocks):
        self.length, self.tokens, self.width, self.blocks = length, tokens, width, blocks
        self.shapes = {"project/weights": [LATENT, length * width], "project/bias": [length * width]}
        for block in range(1, blocks + 1):
            for part in (1, 2):
                self.shapes |= {
                    f"block{block}/conv{part}/filters": [1, 5, width, width],
                    f"block{block}/conv{part}/bias": [width],
                }
        self.shapes |= {"output/filters": [1, 1, width, tokens], "output/bias": [tokens]}

    def __call__(self, w, z):
        x = linear(w, "project", z).reshape(len(z), self.length, self.width).permute(0, 2, 1)
        x = blocks_1d(w, x, self.blocks, "none")
        return F.softmax(conv_1d(w, "output", x).permute(0, 2, 1), dim=2)


class Resnet1dCritic:
    def __init__(self, length, tokens, width, blocks, norm):
        self.blocks, self.norm = blocks, norm
        self.shapes = {"input/filters": [1, 1, tokens, width], "input/bias": [width]}
        for block in range(1, blocks + 1):
            for part in (1, 2):
                self.shapes |= norm_shapes(norm, f"block{block}/norm{part}", width)
                self.shapes |= {
                    f"block{block}/conv{part}/filters": [1, 5, width, width],
                    f"block{block}/conv{part}/bias": [width],
                }
        self.shapes |= {"output/weights": [length * width, 1], "output/bias": [1]}

    def __call__(self, w, x):
        x = blocks_1d(w, conv_1d(w, "input", x.permute(0, 2, 1)), self.blocks, self.norm)
        return linear(w, "output", x.permute(0, 2, 1))


def conv_1d(w, name, x):
    filters = w[f"{name}/filters"].squeeze(0).permute(2, 1, 0)
    return F.conv1d(x, filters, w[f"{name}/bias"], padding="same")


def blocks_1d(w, x, blocks, norm):
    for block in range(1, blocks + 1):
        y = x
        for part in (1, 2):
            y = F.relu(NORMS[norm](w, f"block{block}/norm{part}", y))
            y = conv_1d(w, f"block{block}/conv{part}", y)
        x = x + 0.3 * y
    return x


def weights_of(network):
    return {
        name: draw(*size, std=0.5).add_(1 if name.endswith("gamma") else 0).float().double().requires_grad_()
        for name, size in network.shapes.items()
    }


def gradients(loss, weights):
    found = torch.autograd.grad(loss, list(weights.values()), allow_unused=True, retain_graph=True)
    return {
        name: numbers(torch.zeros_like(weight) if gradient is None else gradient)
        for (name, weight), gradient in zip(weights.items(), found)
    }


def penalty(critic, weights, real, fake, mix):
    """arXiv 1704.00028, Algorithm 1, without lambda."""
    share = mix.reshape(-1, *[1] * (real.dim() - 1))
    between = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(weights, between).sum(), between, create_graph=True)
    return ((slopes.reshape(len(slopes), -1).norm(dim=1) - 1) ** 2).mean()


def case(network, options, sample, penalised=False):
    torch.manual_seed(20170331)
    weights = weights_of(network)
    given = draw(BATCH, *(sample if options["type"].endswith("critic") else [LATENT]))
    outputs = network(weights, given)
    coefficients = draw(*outputs.shape)
    loss = (outputs * coefficients).sum()
    result = {
        "options": options,
        "sample": sample,
        "batch": BATCH,
        "weights": {name: numbers(weight) for name, weight in weights.items()},
        "input": numbers(given),
        "output": numbers(outputs),
        "coefficients": numbers(coefficients),
        "gradients": gradients(loss, weights),
    }
    if penalised:
        fake, mix = draw(BATCH, *sample), torch.rand(BATCH).float().double()
        value = penalty(network, weights, given, fake, mix)
        result["penalty"] = {
            "fake": numbers(fake),
            "mix": numbers(mix),
            "value": value.item(),
            "gradients": gradients(value, weights),
        }
    return result


def cases():
    text = [7, 5]
    sizes = {"width": 4, "blocks": 2}
    yield "resnet1d generator", case(
        Resnet1dGenerator(*text, **sizes), {"type": "resnet1d_generator", "z_dim": LATENT, **sizes}, text
    )
    for norm in ("none", "batch", "layer"):
        yield f"resnet1d critic, norm {norm}", case(
            Resnet1dCritic(*text, **sizes, norm=norm),
            {"type": "resnet1d_critic", **sizes, "norm": norm},
            text,
            penalised=norm != "batch",
        )


FIXTURES.mkdir(parents=True, exist_ok=True)
written = {"torch": torch.__version__.split("+")[0], "cases": dict(cases())}
(FIXTURES / "architectures.json").write_text(json.dumps(written) + "\n")
