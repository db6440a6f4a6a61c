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
BATCH = 3
LATENT = 3


def draw(*shape, std=1.0):
    return (torch.randn(*shape) * std).float().double()


def numbers(tensor, digits=9):
    """Nine digits are all of a float32."""
    return [float(f"{value:.{digits}g}") for value in tensor.detach().reshape(-1).tolist()]


def batch_norm(w, name, x):
    return F.batch_norm(x, None, None, w[f"{name}/gamma"], w[f"{name}/beta"], training=True, eps=1e-5)


def layer_norm(w, name, x):
    """By the statistics of each sample over all of its values; scale and offset for each channel."""
    return F.group_norm(x, 1, w[f"{name}/gamma"], w[f"{name}/beta"], eps=1e-5)


def instance_norm(w, name, x):
    return F.instance_norm(x, weight=w[f"{name}/gamma"], bias=w[f"{name}/beta"], eps=1e-5)


def group_norm(w, name, x):
    """Groups of as many channels as there can be, of at most 16."""
    channels = x.shape[1]
    size = max(size for size in range(1, 17) if channels % size == 0)
    return F.group_norm(x, channels // size, w[f"{name}/gamma"], w[f"{name}/beta"], eps=1e-5)


NORMS = {
    "none": lambda w, name, x: x,
    "batch": batch_norm,
    "layer": layer_norm,
    "instance": instance_norm,
    "group": group_norm,
}


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


class Images:
    """Networks that note which parameters they have as they are built up; channels last outside, first inside."""

    def __init__(self, norm):
        self.norm_word, self.shapes = norm, {}

    def conv_shape(self, name, size, inputs, outputs, bias=True):
        self.shapes[f"{name}/filters"] = [size, size, inputs, outputs]
        if bias:
            self.shapes[f"{name}/bias"] = [outputs]

    def norm_shape(self, name, channels):
        self.shapes |= norm_shapes(self.norm_word, name, channels)

    def norm(self, w, name, x):
        return NORMS[self.norm_word](w, name, x)


def conv_2d(w, name, x, stride=1):
    filters = w[f"{name}/filters"].permute(3, 2, 0, 1)
    if stride == 1:
        return F.conv2d(x, filters, w.get(f"{name}/bias"), padding="same")
    # As TensorFlow pads a 3x3 filter where sides are even.
    return F.conv2d(F.pad(x, (0, 1, 0, 1)), filters, w.get(f"{name}/bias"), stride=2)


def up(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def down(x):
    return F.avg_pool2d(x, 2)


class Resnet(Images):
    def __init__(self, layout, norm):
        super().__init__(norm)
        self.layout = layout

    def block_shape(self, name, inputs, outputs, resample):
        inner = inputs if resample == "down" else outputs
        self.norm_shape(f"{name}/norm1", inputs)
        self.conv_shape(f"{name}/conv1", 3, inputs, inner, bias=self.layout == "cifar")
        self.norm_shape(f"{name}/norm2", inner)
        self.conv_shape(f"{name}/conv2", 3, inner, outputs)
        if resample or inputs != outputs:
            self.conv_shape(f"{name}/shortcut", 1, inputs, outputs)

    def block(self, w, name, x, resample):
        y = F.relu(self.norm(w, f"{name}/norm1", x))
        y = conv_2d(w, f"{name}/conv1", up(y) if resample == "up" else y)
        y = conv_2d(w, f"{name}/conv2", F.relu(self.norm(w, f"{name}/norm2", y)))
        shortcut = x
        # In the order of improved_wgan_training, which does not matter.
        if resample == "up":
            shortcut = conv_2d(w, f"{name}/shortcut", up(x))
        elif resample == "down":
            y, shortcut = down(y), down(conv_2d(w, f"{name}/shortcut", x))
        return shortcut + y


class ResnetGenerator(Resnet):
    def __init__(self, ngf, layout, norm, side, channels):
        super().__init__(layout, norm)
        halvings = (side // 4).bit_length() - 1
        factors = [1 if layout == "cifar" else min(8, 2**level) for level in range(halvings, -1, -1)]
        self.widths = [ngf * factor for factor in factors]
        self.shapes |= {"project/weights": [LATENT, 16 * self.widths[0]], "project/bias": [16 * self.widths[0]]}
        for index, (inputs, outputs) in enumerate(zip(self.widths, self.widths[1:]), start=1):
            self.block_shape(f"block{index}", inputs, outputs, "up")
        self.norm_shape("norm", ngf)
        self.conv_shape("output", 3, ngf, channels)

    def __call__(self, w, z):
        x = linear(w, "project", z).reshape(len(z), 4, 4, -1).permute(0, 3, 1, 2)
        for index in range(1, len(self.widths)):
            x = self.block(w, f"block{index}", x, "up")
        x = conv_2d(w, "output", F.relu(self.norm(w, "norm", x)))
        return torch.tanh(x).permute(0, 2, 3, 1)


class ResnetCritic(Resnet):
    def __init__(self, ndf, layout, norm, side, channels):
        super().__init__(layout, norm)
        halvings = (side // 4).bit_length() - 1
        if layout == "cifar":
            self.conv_shape("block1/conv1", 3, channels, ndf)
            self.conv_shape("block1/conv2", 3, ndf, ndf)
            self.conv_shape("block1/shortcut", 1, channels, ndf)
            self.resamples = {f"block{i}": "down" if i <= min(2, halvings) else None for i in (2, 3, 4)}
            for name, resample in self.resamples.items():
                self.block_shape(name, ndf, ndf, resample)
            last = ndf
        else:
            self.conv_shape("input", 3, channels, ndf)
            widths = [ndf * min(8, 2**level) for level in range(halvings + 1)]
            self.resamples = {f"block{i}": "down" for i in range(1, halvings + 1)}
            for name, inputs, outputs in zip(self.resamples, widths, widths[1:]):
                self.block_shape(name, inputs, outputs, "down")
            last = 16 * widths[-1]
        self.shapes |= {"output/weights": [last, 1], "output/bias": [1]}

    def __call__(self, w, x):
        return linear(w, "output", self.features(w, x))

    def features(self, w, x):
        x = x.permute(0, 3, 1, 2)
        if self.layout == "cifar":
            y = conv_2d(w, "block1/conv2", F.relu(conv_2d(w, "block1/conv1", x)))
            x = down(y) + conv_2d(w, "block1/shortcut", down(x))
        else:
            x = conv_2d(w, "input", x)
        for name, resample in self.resamples.items():
            x = self.block(w, name, x, resample)
        return F.relu(x).mean(dim=(2, 3)) if self.layout == "cifar" else x.permute(0, 2, 3, 1).flatten(1)


class DeepResnetCritic(Images):
    def __init__(self, depth, width, norm, residual_scale, channels):
        super().__init__(norm)
        self.scale, self.blocks = residual_scale, []
        self.layer_shape("input", channels, width)
        current = width
        for stage in (1, 2, 3):
            for block in range(1, (depth - 2) // 6 + 1):
                halves = stage > 1 and block == 1
                inputs, current = current, current * (2 if halves else 1)
                name = f"stage{stage}/block{block}"
                self.blocks.append((name, halves))
                self.layer_shape(f"{name}/1", inputs, current)
                self.layer_shape(f"{name}/2", current, current)
        self.shapes |= {"output/weights": [current, 1], "output/bias": [1]}

    def layer_shape(self, name, inputs, outputs):
        self.conv_shape(f"{name}/conv", 3, inputs, outputs, bias=self.norm_word == "none")
        self.norm_shape(f"{name}/norm", outputs)

    def layer(self, w, name, x, stride=1):
        return self.norm(w, f"{name}/norm", conv_2d(w, f"{name}/conv", x, stride))

    def __call__(self, w, x):
        return linear(w, "output", self.features(w, x))

    def features(self, w, x):
        x = F.relu(self.layer(w, "input", x.permute(0, 3, 1, 2)))
        for name, halves in self.blocks:
            y = F.relu(self.layer(w, f"{name}/1", x, 2 if halves else 1))
            y = self.layer(w, f"{name}/2", y)
            shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, x.shape[1])) if halves else x
            x = F.relu(shortcut + self.scale * y)
        return x.mean(dim=(2, 3))


class DcganCritic(Images):
    """8x8: halved once, then as many convolutions as there are extra layers."""

    def __init__(self, ndf, norm, extra_layers, channels):
        super().__init__(norm)
        self.extra = [f"extra{index}" for index in range(1, extra_layers + 1)]
        self.conv_shape("conv1", 4, channels, ndf, bias=False)
        for name in self.extra:
            self.conv_shape(name, 3, ndf, ndf, bias=False)
            self.norm_shape(name.replace("extra", "extra_norm"), ndf)
        self.shapes["output/weights"] = [4 * 4 * ndf, 1]

    def __call__(self, w, x):
        return linear(w, "output", self.features(w, x))

    def features(self, w, x):
        x = F.conv2d(x.permute(0, 3, 1, 2), w["conv1/filters"].permute(3, 2, 0, 1), stride=2, padding=1)
        x = F.leaky_relu(x, 0.2)
        for name in self.extra:
            x = F.leaky_relu(self.norm(w, name.replace("extra", "extra_norm"), conv_2d(w, name, x)), 0.2)
        return x.permute(0, 2, 3, 1).flatten(1)


class DcganGenerator(Images):
    """8x8: 4x4, as many convolutions as there are extra layers, doubled once."""

    def __init__(self, ngf, norm, extra_layers, channels):
        super().__init__(norm)
        self.extra = [f"extra{index}" for index in range(1, extra_layers + 1)]
        self.shapes["project/weights"] = [LATENT, 4 * 4 * ngf]
        self.norm_shape("norm1", ngf)
        for name in self.extra:
            self.conv_shape(name, 3, ngf, ngf, bias=False)
            self.norm_shape(name.replace("extra", "extra_norm"), ngf)
        self.shapes["output/filters"] = [4, 4, channels, ngf]

    def __call__(self, w, z):
        x = linear(w, "project", z).reshape(len(z), 4, 4, -1).permute(0, 3, 1, 2)
        x = F.relu(self.norm(w, "norm1", x))
        for name in self.extra:
            x = F.relu(self.norm(w, name.replace("extra", "extra_norm"), conv_2d(w, name, x)))
        x = F.conv_transpose2d(x, w["output/filters"].permute(3, 2, 0, 1), stride=2, padding=1)
        return torch.tanh(x).permute(0, 2, 3, 1)


class MlpCritic(Images):
    def __init__(self, inputs, hidden, norm):
        super().__init__(norm)
        self.shapes |= {"dense1/weights": [inputs, hidden], "dense1/bias": [hidden]}
        self.norm_shape("norm1", hidden)
        self.shapes |= {"output/weights": [hidden, 1], "output/bias": [1]}

    def __call__(self, w, x):
        return linear(w, "output", self.features(w, x))

    def features(self, w, x):
        return F.relu(self.norm(w, "norm1", linear(w, "dense1", x)))


def weights_of(network, std):
    return {
        name: draw(*size, std=std).add_(1 if name.endswith("gamma") else 0).float().double().requires_grad_()
        for name, size in network.shapes.items()
    }


def gradients(loss, weights):
    found = torch.autograd.grad(loss, list(weights.values()), allow_unused=True, retain_graph=True)
    return {
        name: numbers(torch.zeros_like(weight) if gradient is None else gradient, digits=7)
        for (name, weight), gradient in zip(weights.items(), found)
    }


def penalty(critic, weights, real, fake, mix):
    """arXiv 1704.00028, Algorithm 1, without lambda."""
    share = mix.reshape(-1, *[1] * (real.dim() - 1))
    between = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(weights, between).sum(), between, create_graph=True)
    return ((slopes.reshape(len(slopes), -1).norm(dim=1) - 1) ** 2).mean()


def case(network, options, sample, penalised=False, std=0.5):
    torch.manual_seed(20170331)
    weights = weights_of(network, std)
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
    yield from image_cases()


def image_cases():
    side, channels = 16, 2
    images = [side, side, channels]
    for layout, generated, criticised in (("cifar", "batch", "none"), ("imagenet", "none", "layer")):
        yield f"resnet generator, {layout}", case(
            ResnetGenerator(2, layout, generated, side, channels),
            {"type": "resnet_generator", "z_dim": LATENT, "ngf": 2, "layout": layout, "norm": generated},
            images,
        )
        yield f"resnet critic, {layout}", case(
            ResnetCritic(2, layout, criticised, side, channels),
            {"type": "resnet_critic", "ndf": 2, "layout": layout, "norm": criticised},
            images,
            penalised=True,
        )
    for norm in ("none", "layer"):
        sizes = {"depth": 20, "width": 2, "norm": norm, "residual_scale": 0.5}
        yield f"deep resnet critic, norm {norm}", case(
            DeepResnetCritic(**sizes, channels=channels),
            {"type": "deep_resnet_critic", **sizes},
            [8, 8, channels],
            penalised=True,
            std=0.3,
        )
    for norm in ("instance", "group"):
        more = {"norm": norm, "extra_layers": 1}
        yield f"dcgan generator with extra layers, norm {norm}", case(
            DcganGenerator(18, **more, channels=1),
            {"type": "dcgan_generator", "z_dim": LATENT, "ngf": 18, **more},
            [8, 8, 1],
            std=0.2,
        )
        yield f"dcgan critic with extra layers, norm {norm}", case(
            DcganCritic(6, **more, channels=1),
            {"type": "dcgan_critic", "ndf": 6, **more},
            [8, 8, 1],
            penalised=True,
        )
    yield "mlp critic, norm group", case(
        MlpCritic(3, 32, "group"),
        {"type": "mlp_critic", "hidden": [32], "activation": "relu", "norm": "group"},
        [3],
        penalised=True,
    )


def write(name, value):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / name).write_text(json.dumps({"torch": torch.__version__.split("+")[0], **value}) + "\n")


if __name__ == "__main__":
    write("architectures.json", {"cases": dict(cases())})
