"""The same trainings as ours, in PyTorch on the CPU: networks, batch sizes, optimiser, what keeps the critic Lipschitz.

Started by bench/training.mjs or methods.mjs with its job as the one argument (JSON); see support/turns.py for the conversation. With
`compile` in the job, networks and updates are compiled by torch.compile; else all is eager.
"""

import json
import os
import sys

job = json.loads(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(job["threads"])

import torch  # noqa: E402  (the number of threads is read when the library is loaded)
from torch import nn  # noqa: E402

from support.turns import take_turns  # noqa: E402

torch.set_num_threads(job["threads"])
torch.set_num_interop_threads(1)
torch.manual_seed(1)
if job.get("device") == "gpu":
    torch.set_default_device("cuda")


# A critic that is penalised or spectrally normalised has no batch norm.
batch_norm = "clip" in job


def norm(channels):
    return [nn.BatchNorm2d(channels)] if batch_norm else []


def mlp(inputs, hidden, outputs):
    widths = [inputs, *hidden]
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers, nn.Linear(widths[-1], outputs))


def dcgan(z_dim, features, side, channels):
    """DCGAN_G and DCGAN_D of the reference code, without biases, ending at 4x4."""
    halvings = (side // 4).bit_length() - 1
    wide = features * 2 ** (halvings - 1)
    generator = [nn.Unflatten(1, (z_dim, 1, 1)), nn.ConvTranspose2d(z_dim, wide, 4, 1, 0, bias=False)]
    generator += [nn.BatchNorm2d(wide), nn.ReLU()]
    critic = [nn.Conv2d(channels, features, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for level in range(1, halvings):
        a = wide // 2 ** (level - 1)
        generator += [nn.ConvTranspose2d(a, a // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(a // 2), nn.ReLU()]
        b = features * 2 ** (level - 1)
        critic += [nn.Conv2d(b, 2 * b, 4, 2, 1, bias=False)]
        critic += norm(2 * b) + [nn.LeakyReLU(0.2)]
    generator += [nn.ConvTranspose2d(features, channels, 4, 2, 1, bias=False), nn.Tanh()]
    critic += [nn.Conv2d(wide, 1, 4, 1, 0, bias=False), nn.Flatten()]
    networks = nn.Sequential(*generator), nn.Sequential(*critic)
    for module in (module for network in networks for module in network.modules()):
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.02)
    return networks


class Block(nn.Module):
    """Of a ResNet for CIFAR-10 (He et al. 2015, section 4.2), with the shortcut that has no weights."""

    def __init__(self, before, after, scale):
        super().__init__()
        self.stride, self.new, self.scale = (1 if before == after else 2), after - before, scale
        first = nn.Conv2d(before, after, 3, self.stride, 1, bias=not batch_norm)
        second = nn.Conv2d(after, after, 3, 1, 1, bias=not batch_norm)
        self.change = nn.Sequential(first, *norm(after), nn.ReLU(), second, *norm(after))

    def forward(self, x):
        past = x if self.new == 0 else nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.new))
        change = self.change(x)
        return torch.relu(past + (change if self.scale == 1 else change * self.scale))


def deep_critic(channels, depth, width, scale):
    first = nn.Conv2d(channels, width, 3, 1, 1, bias=not batch_norm)
    layers, before = [first, *norm(width), nn.ReLU()], width
    for after in (width, 2 * width, 4 * width):
        for _ in range((depth - 2) // 6):
            layers.append(Block(before, after, scale))
            before = after
    critic = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 1))
    for module in critic.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return critic


if "hidden" in job:
    generator = mlp(job["z_dim"], job["hidden"], job["shape"][0])
    critic = mlp(job["shape"][0], job["hidden"], 1)
    shape = job["shape"]
else:
    height, _, channels = job["shape"]
    generator, critic = dcgan(job["z_dim"], job["features"], height, channels)
    shape = [channels, height, height]
    if "depth" in job:
        critic = deep_critic(channels, job["depth"], job["width"], job["residual_scale"])
if job.get("spectral"):
    for module in [module for module in critic.modules() if isinstance(module, nn.Conv2d)]:
        nn.utils.parametrizations.spectral_norm(module)

data = torch.randn(job["samples"], *shape)
lower, upper = job.get("clip", (None, None))
optimizers = [torch.optim.RMSprop(network.parameters(), lr=job["lr"]) for network in (generator, critic)]
generator_optimizer, critic_optimizer = optimizers
compiled = torch.compile if job.get("compile") else lambda function: function
generator, critic = compiled(generator), compiled(critic)
order = torch.randperm(len(data))
position = 0


def batch():
    global order, position
    if position + job["batch"] > len(data):
        order, position = torch.randperm(len(data)), 0
    position += job["batch"]
    return data[order[position - job["batch"] : position]]


def noise():
    return torch.randn(job["batch"], job["z_dim"])


def penalty(real, fake):
    """arXiv 1704.00028, Algorithm 1."""
    share = torch.rand(len(real), *[1] * (real.dim() - 1))
    between = (share * real + (1 - share) * fake).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


@compiled
def update_critic():
    critic_optimizer.step()
    if lower is not None:
        with torch.no_grad():
            for parameter in critic.parameters():
                parameter.clamp_(lower, upper)


@compiled
def update_generator():
    generator_optimizer.step()


def iterate():
    """Algorithm 1 of arXiv 1701.07875: the critic steps, then one generator step. Returns both losses."""
    for parameter in critic.parameters():
        parameter.requires_grad_(True)
    # Spectral norm: a power iteration a critic step and none in the generator's, as ours.
    critic.train()
    for _ in range(job["critic_iterations"]):
        with torch.no_grad():
            fake = generator(noise())
        real = batch()
        with nn.utils.parametrize.cached():
            critic_loss = critic(fake).mean() - critic(real).mean()
        if "penalty" in job:
            critic_loss = critic_loss + job["penalty"] * penalty(real, fake)
        critic_optimizer.zero_grad(set_to_none=True)
        critic_loss.backward()
        update_critic()
    # As in the reference code: no gradients of the critic's weights in the generator's step.
    for parameter in critic.parameters():
        parameter.requires_grad_(False)
    critic.train(batch_norm)
    generator_loss = -critic(generator(noise())).mean()
    generator_optimizer.zero_grad(set_to_none=True)
    generator_loss.backward()
    update_generator()
    return critic_loss.item(), generator_loss.item()


take_turns(f"PyTorch {torch.__version__}", iterate)
