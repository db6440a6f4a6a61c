"""Writes conditional.json: PyTorch on networks that are told classes, and on a training of two of them.

    pip install torch
    python scripts/referees/conditional.py test/fixtures/referees

A critic's projection is written as PyTorch-StudioGAN has it: the sum of nn.Embedding's row times the features, beside the linear
layer. A class-conditional norm is a norm without affine parameters, times a row of one nn.Embedding, plus that of another. All else is as
in architectures.py, of which these are the networks.
"""

import torch
import torch.nn.functional as F

from architectures import (
    BATCH,
    LATENT,
    DcganCritic,
    DcganGenerator,
    MlpCritic,
    ResnetCritic,
    ResnetGenerator,
    draw,
    gradients,
    linear,
    numbers,
    weights_of,
    write,
)

CLASSES = 4


class Projection:
    def __init__(self, critic):
        self.critic = critic
        features = critic.shapes["output/weights"][0]
        self.shapes = {**critic.shapes, "output/embedding": [CLASSES, features]}

    def __call__(self, w, x, labels):
        features = self.critic.features(w, x)
        embedded = F.embedding(labels, w["output/embedding"])
        return linear(w, "output", features) + torch.sum(embedded * features, dim=1, keepdim=True)


class Embedded:
    def __init__(self, generator, dimensions):
        self.generator = generator
        first = "project/weights"
        latent, units = generator.shapes[first]
        self.shapes = {**generator.shapes, first: [latent + dimensions, units], "class/embedding": [CLASSES, dimensions]}

    def __call__(self, w, z, labels):
        return self.generator(w, torch.cat([z, F.embedding(labels, w["class/embedding"])], dim=1))


class ClassNorms:
    def __init__(self, generator):
        self.generator = generator
        self.shapes = {
            name: [CLASSES, *shape] if name.endswith(("gamma", "beta")) else shape
            for name, shape in generator.shapes.items()
        }
        generator.norm = self.norm

    def norm(self, w, name, x):
        word = self.generator.norm_word
        if word == "batch":
            normal = F.batch_norm(x, None, None, training=True, eps=1e-5)
        else:
            normal = F.group_norm(x, {"layer": 1, "instance": x.shape[1]}[word], eps=1e-5)
        gain, bias = (F.embedding(self.labels, w[f"{name}/{part}"])[:, :, None, None] for part in ("gamma", "beta"))
        return normal * gain + bias

    def __call__(self, w, z, labels):
        self.labels = labels
        return self.generator(w, z)


def penalty(critic, w, real, fake, labels, mix):
    """arXiv 1704.00028, Algorithm 1, without lambda; points between two samples of one class are of that class."""
    share = mix.reshape(-1, *[1] * (real.dim() - 1))
    between = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(w, between, labels).sum(), between, create_graph=True)
    return ((slopes.reshape(len(slopes), -1).norm(dim=1) - 1) ** 2).mean()


def case(network, options, sample, condition=None, std=0.5):
    torch.manual_seed(20180215)
    weights = weights_of(network, std)
    labels = torch.tensor([2, 0, 2])
    is_critic = condition is None
    given = draw(BATCH, *(sample if is_critic else [LATENT]))
    outputs = network(weights, given, labels)
    coefficients = draw(*outputs.shape)
    result = {
        "options": options,
        "sample": sample,
        "batch": BATCH,
        "condition": condition,
        "classes": CLASSES,
        "labels": labels.tolist(),
        "weights": {name: numbers(weight) for name, weight in weights.items()},
        "input": numbers(given),
        "output": numbers(outputs),
        "coefficients": numbers(coefficients),
        "gradients": gradients((outputs * coefficients).sum(), weights),
    }
    if is_critic:
        fake, mix = draw(BATCH, *sample), torch.rand(BATCH).float().double()
        value = penalty(network, weights, given, fake, labels, mix)
        result["penalty"] = {
            "fake": numbers(fake),
            "mix": numbers(mix),
            "value": value.item(),
            "gradients": gradients(value, weights),
        }
    return result


def cases():
    side, channels = 8, 2
    images = [side, side, channels]
    yield "mlp critic", case(
        Projection(MlpCritic(3, 8, "none")),
        {"type": "mlp_critic", "hidden": [8], "activation": "relu", "norm": "none"},
        [3],
    )
    yield "dcgan critic", case(
        Projection(DcganCritic(3, "layer", 1, channels)),
        {"type": "dcgan_critic", "ndf": 3, "norm": "layer", "extra_layers": 1},
        images,
    )
    yield "resnet critic", case(
        Projection(ResnetCritic(2, "cifar", "none", side, channels)),
        {"type": "resnet_critic", "ndf": 2, "layout": "cifar", "norm": "none"},
        images,
    )
    embedding = {"type": "embedding", "dimensions": 5}
    yield "dcgan generator, embedding", case(
        Embedded(DcganGenerator(3, "batch", 0, channels), 5),
        {"type": "dcgan_generator", "z_dim": LATENT, "ngf": 3, "norm": "batch"},
        images,
        embedding,
        std=0.2,
    )
    for norm in ("batch", "layer"):
        yield f"dcgan generator, norm {norm}", case(
            ClassNorms(DcganGenerator(3, norm, 1, channels)),
            {"type": "dcgan_generator", "z_dim": LATENT, "ngf": 3, "norm": norm, "extra_layers": 1},
            images,
            {"type": "norm"},
            std=0.2,
        )
    yield "resnet generator, norm batch", case(
        ClassNorms(ResnetGenerator(2, "cifar", "batch", side, channels)),
        {"type": "resnet_generator", "z_dim": LATENT, "ngf": 2, "layout": "cifar", "norm": "batch"},
        images,
        {"type": "norm"},
    )


def training():
    """WGAN-GP with Adam: in each iteration one step of the critic, whose fakes have the classes of its real samples, then the generator's."""
    torch.manual_seed(20180216)
    generator, critic = ClassNorms(DcganGenerator(3, "batch", 0, 1)), Projection(DcganCritic(3, "none", 0, 1))
    sample = [8, 8, 1]
    g, c = weights_of(generator, 0.2), weights_of(critic, 0.2)
    before = {role: {name: numbers(w) for name, w in of.items()} for role, of in (("generator", g), ("critic", c))}
    adam = {"lr": 0.01, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.01}
    optimizers = {
        role: torch.optim.Adam(list(of.values()), lr=adam["lr"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"])
        for role, of in (("generator", g), ("critic", c))
    }
    iterations = []
    for _ in range(3):
        real, latent, mix = draw(BATCH, *sample), draw(BATCH, LATENT), torch.rand(BATCH).float().double()
        labels = torch.randint(CLASSES, (BATCH,))
        fake = generator(g, latent, labels).detach()
        loss = critic(c, fake, labels).mean() - critic(c, real, labels).mean()
        penalised = penalty(critic, c, real, fake, labels, mix)
        optimizers["critic"].zero_grad()
        (loss + 10 * penalised).backward()
        optimizers["critic"].step()
        drawn, classes = draw(BATCH, LATENT), torch.randint(CLASSES, (BATCH,))
        optimizers["generator"].zero_grad()
        (-critic(c, generator(g, drawn, classes), classes).mean()).backward()
        optimizers["generator"].step()
        iterations.append(
            {
                "critic": {
                    "real": numbers(real),
                    "latent": numbers(latent),
                    "mix": numbers(mix),
                    "labels": labels.tolist(),
                    "loss": loss.item(),
                    "penalty": penalised.item(),
                },
                "generator": {"latent": numbers(drawn), "labels": classes.tolist()},
            }
        )
    after = {role: {name: numbers(w) for name, w in of.items()} for role, of in (("generator", g), ("critic", c))}
    return {
        "generator": {"type": "dcgan_generator", "z_dim": LATENT, "ngf": 3, "norm": "batch"},
        "critic": {"type": "dcgan_critic", "ndf": 3, "norm": "none"},
        "sample": sample,
        "batch": BATCH,
        "classes": CLASSES,
        "lambda": 10,
        "adam": adam,
        "before": before,
        "iterations": iterations,
        "after": after,
    }


write("conditional.json", {"cases": dict(cases()), "training": training()})
