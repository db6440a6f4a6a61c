"""Writes training_gradients.json, training_optimizers.json, gradient_penalty.json and spectral_norm.json: PyTorch on
gradients, optimiser updates, gradients of gradient penalties, and spectrally normalised critics.

    pip install torch
    python scripts/referees/training.py test/fixtures/referees

All is computed in float64 from values that float32 holds exactly, so the only rounding left is that of the
code under test. Arrays are in Wassermill's layout (NHWC; dense [in, out]; convolution [4, 4, in, out];
transposed convolution [4, 4, out, in]), flattened in row-major order.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

FIXTURES = Path(sys.argv[1])
BATCH = 6
LATENT = 3
SIDE = 16
torch.manual_seed(20170126)


def draw(*shape, std=1.0):
    return (torch.randn(*shape) * std).float().double()


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def activation(name, x):
    return F.relu(x) if name == "relu" else F.leaky_relu(x, 0.2)


def norm(weights, name, x):
    """Batch norm by the batch's statistics, over all axes but the channels."""
    return F.batch_norm(x, None, None, weights[f"{name}/gamma"], weights[f"{name}/beta"], training=True, eps=1e-5)


def layer_norm(weights, name, x):
    """By the statistics of each sample over all of its values; scale and offset for each channel."""
    return F.group_norm(x, 1, weights[f"{name}/gamma"], weights[f"{name}/beta"], eps=1e-5)


NORMS = {"batch": norm, "layer": layer_norm}


class Mlp:
    def __init__(self, inputs, hidden, outputs, act, normed, shape=None):
        """normed: None, `batch` or `layer`."""
        self.hidden, self.act, self.normed, self.shape = hidden, act, normed, shape
        widths = [inputs, *hidden]
        self.shapes = {}
        for i, (a, b) in enumerate(zip(widths, widths[1:]), start=1):
            self.shapes[f"dense{i}/weights"] = [a, b]
            if normed:
                self.shapes |= {f"norm{i}/gamma": [b], f"norm{i}/beta": [b]}
            # The offset of batch norm is the bias.
            if normed != "batch":
                self.shapes[f"dense{i}/bias"] = [b]
        self.shapes |= {"output/weights": [widths[-1], outputs], "output/bias": [outputs]}

    def __call__(self, w, x):
        x = x.reshape(len(x), -1)
        for i in range(1, len(self.hidden) + 1):
            x = F.linear(x, w[f"dense{i}/weights"].T, w.get(f"dense{i}/bias"))
            if self.normed:
                x = NORMS[self.normed](w, f"norm{i}", x)
            x = activation(self.act, x)
        x = F.linear(x, w["output/weights"].T, w["output/bias"])
        return x if self.shape is None else x.reshape(len(x), *self.shape)


def convolution(filters):
    """[4, 4, in, out] to PyTorch's [out, in, 4, 4]; and [4, 4, out, in] to its transposed [in, out, 4, 4]."""
    return filters.permute(3, 2, 0, 1)


class DcganGenerator:
    """16x16x1: latent to 4x4 by a transposed convolution of one pixel, then twice doubled."""

    def __init__(self, ngf, normed):
        self.ngf, self.normed = ngf, normed
        self.shapes = {"project/weights": [LATENT, 4 * 4 * 2 * ngf]}
        if normed:
            self.shapes |= {"norm1/gamma": [2 * ngf], "norm1/beta": [2 * ngf]}
        self.shapes["conv2/filters"] = [4, 4, ngf, 2 * ngf]
        if normed:
            self.shapes |= {"norm2/gamma": [ngf], "norm2/beta": [ngf]}
        self.shapes["output/filters"] = [4, 4, 1, ngf]

    def __call__(self, w, z):
        first = w["project/weights"].reshape(LATENT, 4, 4, 2 * self.ngf).permute(0, 3, 1, 2)
        x = F.conv_transpose2d(z.reshape(len(z), LATENT, 1, 1), first)
        x = F.relu(norm(w, "norm1", x) if self.normed else x)
        x = F.conv_transpose2d(x, convolution(w["conv2/filters"]), stride=2, padding=1)
        x = F.relu(norm(w, "norm2", x) if self.normed else x)
        x = F.conv_transpose2d(x, convolution(w["output/filters"]), stride=2, padding=1)
        return torch.tanh(x).permute(0, 2, 3, 1)


class DcganCritic:
    def __init__(self, ndf, normed):
        self.ndf, self.normed = ndf, normed
        self.shapes = {"conv1/filters": [4, 4, 1, ndf], "conv2/filters": [4, 4, ndf, 2 * ndf]}
        if normed:
            self.shapes |= {"norm2/gamma": [2 * ndf], "norm2/beta": [2 * ndf]}
        self.shapes["output/weights"] = [4 * 4 * 2 * ndf, 1]

    def __call__(self, w, x):
        x = x.permute(0, 3, 1, 2)
        x = F.leaky_relu(F.conv2d(x, convolution(w["conv1/filters"]), stride=2, padding=1), 0.2)
        x = F.conv2d(x, convolution(w["conv2/filters"]), stride=2, padding=1)
        x = F.leaky_relu(NORMS[self.normed](w, "norm2", x) if self.normed else x, 0.2)
        last = w["output/weights"].reshape(1, 4, 4, 2 * self.ndf).permute(0, 3, 1, 2)
        return F.conv2d(x, last).reshape(len(x), 1)


def objectives():
    bce, ones, zeros = F.binary_cross_entropy_with_logits, torch.ones_like, torch.zeros_like

    def gan(real, fake):
        return bce(real, ones(real)) + bce(fake, zeros(fake))

    # arXiv 1606.00709, table 6: the output activation, and the conjugate of a number in its range.
    f_gans = {
        "kl": (lambda v: v, lambda t: torch.exp(t - 1)),
        "reverse_kl": (lambda v: -torch.exp(-v), lambda t: -1 - torch.log(-t)),
        "jensen_shannon": (
            lambda v: math.log(2) - torch.log(1 + torch.exp(-v)),
            lambda t: -torch.log(2 - torch.exp(t)),
        ),
        "pearson": (lambda v: v, lambda t: t**2 / 4 + t),
        "squared_hellinger": (lambda v: 1 - torch.exp(-v), lambda t: t / (1 - t)),
        "total_variation": (lambda v: torch.tanh(v) / 2, lambda t: t),
    }

    def f_gan(activated, conjugate):
        return (
            lambda real, fake: conjugate(activated(fake)).mean() - activated(real).mean(),
            lambda fake: -conjugate(activated(fake)).mean(),
        )

    return {
        "wasserstein": (lambda real, fake: fake.mean() - real.mean(), lambda fake: -fake.mean()),
        "non_saturating": (gan, lambda fake: bce(fake, ones(fake))),
        "minimax": (gan, lambda fake: -bce(fake, zeros(fake))),
        "least_squares": (
            lambda real, fake: F.mse_loss(real, ones(real)) / 2 + F.mse_loss(fake, zeros(fake)) / 2,
            lambda fake: F.mse_loss(fake, ones(fake)) / 2,
        ),
        "hinge": (
            lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(),
            lambda fake: -fake.mean(),
        ),
        **{name: f_gan(*functions) for name, functions in f_gans.items()},
    }


def gradients(loss, weights):
    return dict(zip(weights, map(numbers, torch.autograd.grad(loss, list(weights.values())))))


def network_case(generator, critic, options, shape):
    def weights(network):
        return {
            name: draw(*size, std=0.5).add_(1 if name.endswith("gamma") else 0).float().double().requires_grad_()
            for name, size in network.shapes.items()
        }

    g, c = weights(generator), weights(critic)
    real, latent = draw(BATCH, *shape, std=0.5), draw(BATCH, LATENT)
    fake = generator(g, latent)
    results = {}
    for name, (critic_loss, generator_loss) in objectives().items():
        of_critic = critic_loss(critic(c, real), critic(c, fake.detach()))
        of_generator = generator_loss(critic(c, fake))
        results[name] = {
            "critic": {"loss": of_critic.item(), "gradients": gradients(of_critic, c)},
            "generator": {
                "loss": of_generator.item(),
                "gradients": dict(
                    zip(g, map(numbers, torch.autograd.grad(of_generator, list(g.values()), retain_graph=True)))
                ),
            },
        }
    return {
        **options,
        "shape": shape,
        "batch": BATCH,
        "real": numbers(real),
        "latent": numbers(latent),
        "weights": {
            "generator": {name: numbers(value) for name, value in g.items()},
            "critic": {name: numbers(value) for name, value in c.items()},
        },
        "fake": numbers(fake),
        "objectives": results,
    }


def network_cases():
    for word in ("none", "batch"):
        normed = None if word == "none" else word
        yield f"mlp, norm {word}", network_case(
            Mlp(LATENT, [7, 5], 2, "relu", normed, [2]),
            Mlp(2, [6, 5], 1, "leaky_relu", normed),
            {
                "generator": {"type": "mlp_generator", "z_dim": LATENT, "hidden": [7, 5], "activation": "relu", "norm": word},
                "critic": {"type": "mlp_critic", "hidden": [6, 5], "activation": "leaky_relu", "norm": word},
            },
            [2],
        )
        yield f"dcgan, norm {word}", network_case(
            DcganGenerator(2, normed),
            DcganCritic(2, normed),
            {
                "generator": {"type": "dcgan_generator", "z_dim": LATENT, "ngf": 2, "norm": word},
                "critic": {"type": "dcgan_critic", "ndf": 2, "norm": word},
            },
            [SIDE, SIDE, 1],
        )


def penalty(constraint, critic, weights, real, fake, mix, noise):
    """Without lambda, or without gamma / 2. arXiv 1704.00028, Algorithm 1; 1709.08894; 1705.07215; 1801.04406."""
    share = mix.reshape(-1, *[1] * (real.dim() - 1))
    points = {
        "gradient_penalty": lambda: share * real + (1 - share) * fake,
        "dragan": lambda: real + share * (constraint["spread"] * real.std(unbiased=False) * noise),
        "r1": lambda: real,
    }[constraint["type"]]().detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(weights, points).sum(), points, create_graph=True)
    norms = slopes.reshape(len(slopes), -1).norm(dim=1)
    if constraint["type"] == "r1":
        return (norms**2).mean()
    excess = F.relu(norms - 1) if constraint.get("form") == "one_sided" else norms - 1
    return (excess**2).mean()


CONSTRAINTS = {
    "two-sided": {"type": "gradient_penalty", "lambda": 10, "form": "two_sided"},
    "one-sided": {"type": "gradient_penalty", "lambda": 10, "form": "one_sided"},
    "dragan": {"type": "dragan", "lambda": 10, "spread": 0.5},
    "r1": {"type": "r1", "gamma": 10},
}


def penalty_case(constraint, critic, options, shape):
    # Steep enough for a penalty from one side to have something to say.
    std = 1 if constraint.get("form") == "one_sided" else 0.5
    weights = {
        name: draw(*size, std=std).add_(1 if name.endswith("gamma") else 0).float().double().requires_grad_()
        for name, size in critic.shapes.items()
    }
    real, fake = draw(BATCH, *shape), draw(BATCH, *shape)
    mix, noise = torch.rand(BATCH).float().double(), torch.rand(BATCH, *shape).float().double()
    value = penalty(constraint, critic, weights, real, fake, mix, noise)
    found = torch.autograd.grad(value, list(weights.values()), allow_unused=True)
    return {
        "constraint": constraint,
        "critic": options,
        "shape": shape,
        "batch": BATCH,
        "real": numbers(real),
        "fake": numbers(fake),
        "mix": numbers(mix),
        "noise": numbers(noise),
        "weights": {name: numbers(weight) for name, weight in weights.items()},
        "penalty": value.item(),
        # That of the last offset is 0, which PyTorch calls unused.
        "gradients": {
            name: numbers(torch.zeros_like(weight) if gradient is None else gradient)
            for (name, weight), gradient in zip(weights.items(), found)
        },
    }


def penalty_cases():
    for form, constraint in CONSTRAINTS.items():
        for word in ("none", "layer"):
            normed = None if word == "none" else word
            for act in ("relu", "leaky_relu"):
                yield f"{form}, mlp, {act}, norm {word}", penalty_case(
                    constraint,
                    Mlp(3, [7, 6], 1, act, normed),
                    {"type": "mlp_critic", "hidden": [7, 6], "activation": act, "norm": word},
                    [3],
                )
            yield f"{form}, dcgan, norm {word}", penalty_case(
                constraint,
                DcganCritic(2, normed),
                {"type": "dcgan_critic", "ndf": 2, "norm": word},
                [SIDE, SIDE, 1],
            )


def spectral_norm_case(critic, options, shape):
    """Of each weight W, [rest, out]: u as it is, W / sigma as PyTorch's own module has it, and the singular value by SVD."""
    weights = {name: draw(*size, std=0.5).requires_grad_() for name, size in critic.shapes.items()}
    directions, effective = {}, {}
    for name, weight in weights.items():
        if weight.dim() < 2:
            effective[name] = weight
            continue
        direction = F.normalize(draw(weight.shape[-1]), dim=0).float().double()
        directions[f"{name}/direction"] = direction
        matrix = weight.reshape(-1, weight.shape[-1]).T
        module = torch.nn.Module()
        module.weight = torch.nn.Parameter(matrix.detach().clone())
        torch.nn.utils.parametrizations.spectral_norm(module, "weight")
        parametrization = module.parametrizations.weight[0]
        parametrization._u = direction
        parametrization._v = F.normalize(matrix.detach().T @ direction, dim=0)
        # In evaluation it takes u and v as they are.
        effective[name] = parametrization.eval()(matrix).T.reshape(weight.shape)
    inputs, coefficients = draw(BATCH, *shape), draw(BATCH, 1)
    scores = critic(effective, inputs)
    return {
        "critic": options,
        "shape": shape,
        "batch": BATCH,
        "input": numbers(inputs),
        "coefficients": numbers(coefficients),
        "weights": {name: numbers(weight) for name, weight in {**weights, **directions}.items()},
        "scores": numbers(scores),
        "gradients": gradients((scores * coefficients).sum(), weights),
        "singular_values": {
            name: torch.linalg.matrix_norm(weight.detach().reshape(-1, weight.shape[-1]), 2).item()
            for name, weight in weights.items()
            if weight.dim() > 1
        },
    }


def spectral_norm_cases():
    yield "mlp", spectral_norm_case(
        Mlp(3, [7, 6], 1, "leaky_relu", None),
        {"type": "mlp_critic", "hidden": [7, 6], "activation": "leaky_relu", "norm": "none"},
        [3],
    )
    yield "dcgan", spectral_norm_case(
        DcganCritic(2, None), {"type": "dcgan_critic", "ndf": 2, "norm": "none"}, [SIDE, SIDE, 1]
    )


def optimizer_cases():
    """Five updates from given gradients; the last elements are so small that the epsilon decides."""
    scales = torch.tensor([1.0, 0.1, 1e-3, 1e-6, 1e-8, 1e-9]).double()
    start = draw(6)
    steps = [(draw(6) * scales).float().double() for _ in range(5)]
    for options, make in [
        (
            {"type": "rmsprop", "lr": 0.01, "rho": 0.99, "epsilon": 1e-8},
            lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-8),
        ),
        (
            {"type": "adam", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
            lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
        ),
        (
            {"type": "adam", "lr": 0.01, "beta1": 0, "beta2": 0.9, "epsilon": 1e-8},
            lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.0, 0.9), eps=1e-8),
        ),
        (
            {"type": "adamw", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.1},
            lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
        ),
        (
            {"type": "sgd", "lr": 0.01, "momentum": 0, "nesterov": False},
            lambda p: torch.optim.SGD(p, lr=0.01),
        ),
        (
            {"type": "sgd", "lr": 0.01, "momentum": 0.9, "nesterov": False},
            lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
        ),
        (
            {"type": "sgd", "lr": 0.01, "momentum": 0.9, "nesterov": True},
            lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True),
        ),
    ]:
        weight = start.clone().requires_grad_()
        optimizer = make([weight])
        after = []
        for gradient in steps:
            weight.grad = gradient.clone()
            optimizer.step()
            after.append(numbers(weight))
        yield {"optimizer": options, "start": numbers(start), "gradients": [numbers(g) for g in steps], "after": after}


def write(name, value):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / name).write_text(json.dumps({"torch": torch.__version__.split("+")[0], "cases": value}) + "\n")


write("training_gradients.json", dict(network_cases()))
write("training_optimizers.json", list(optimizer_cases()))
write("gradient_penalty.json", dict(penalty_cases()))
write("spectral_norm.json", dict(spectral_norm_cases()))
