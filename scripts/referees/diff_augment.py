"""Writes diff_augment.json: the transformations of DiffAugment (arXiv 2006.10738) in PyTorch, with given random numbers, and
the gradients of a weighted sum of what comes out.

    pip install torch
    python scripts/referees/diff_augment.py test/fixtures/referees

All is computed in float64 from values that float32 holds exactly. Images are NHWC, flattened in row-major order. The
formulas are those of the authors' DiffAugment_pytorch.py; moving and cutting out are written here by padding and by loops.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

FIXTURES = Path(sys.argv[1])
BATCH = 4
torch.manual_seed(20200618)


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def each(values):
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1, 1, 1)


def color(x, drawn):
    """x: [batch, channels, height, width]; drawn: brightness in [-0.5, 0.5), saturation in [0, 2), contrast in [0.5, 1.5)."""
    brightness, saturation, contrast = (each(values) for values in zip(*drawn))
    x = x + brightness
    grey = x.mean(dim=1, keepdim=True)
    x = (x - grey) * saturation + grey
    level = x.mean(dim=[1, 2, 3], keepdim=True)
    return (x - level) * contrast + level


def translation(x, drawn):
    """By up to an eighth of each side, with 0 where nothing is."""
    _, _, height, width = x.shape
    margin = max(height, width)
    padded = F.pad(x, (margin, margin, margin, margin))
    return torch.stack(
        [
            image[:, margin + down : margin + down + height, margin + right : margin + right + width]
            for image, (down, right) in zip(padded, drawn)
        ]
    )


def cutout(x, drawn):
    """A hole of half of each side, its middle anywhere; what of it lies outside falls on the border, as in the authors' code."""
    _, _, height, width = x.shape
    tall, wide = int(height * 0.5 + 0.5), int(width * 0.5 + 0.5)
    mask = torch.ones(len(x), 1, height, width, dtype=torch.float64)
    for image, (row, column) in zip(mask, drawn):
        for k in range(tall):
            for m in range(wide):
                i = min(max(row - tall // 2 + k, 0), height - 1)
                j = min(max(column - wide // 2 + m, 0), width - 1)
                image[0, i, j] = 0
    return x * mask


def draw_color(_height, _width):
    low, wide = torch.tensor([-0.5, 0.0, 0.5]), torch.tensor([1.0, 2.0, 1.0])
    return (low + wide * torch.rand(BATCH, 3)).float().double().tolist()


def integers(low, high):
    """Both ends included, and there among the first two."""
    return [low, high, *torch.randint(low, high + 1, [BATCH - 2]).tolist()]


def draw_translation(height, width):
    tall, wide = int(height / 8 + 0.5), int(width / 8 + 0.5)
    return [list(pair) for pair in zip(integers(-tall, tall), integers(-wide, wide)[::-1])]


def draw_cutout(height, width):
    tall, wide = int(height * 0.5 + 0.5), int(width * 0.5 + 0.5)
    rows, columns = integers(0, height - tall % 2), integers(0, width - wide % 2)
    return [list(pair) for pair in zip(rows, columns[::-1])]


KINDS = {
    "color": (color, draw_color),
    "translation": (translation, draw_translation),
    "cutout": (cutout, draw_cutout),
}


def case(policy, height, width, channels):
    images = torch.randn(BATCH, height, width, channels).clamp(-1, 1).float().double().requires_grad_()
    coefficients = torch.randn(BATCH, height, width, channels).float().double()
    drawn = [KINDS[name][1](height, width) for name in policy]
    x = images.permute(0, 3, 1, 2)
    for name, ofName in zip(policy, drawn):
        x = KINDS[name][0](x, ofName)
    changed = x.permute(0, 2, 3, 1)
    (gradient,) = torch.autograd.grad((changed * coefficients).sum(), images)
    return {
        "policy": policy,
        "shape": [height, width, channels],
        "batch": BATCH,
        "images": numbers(images),
        "numbers": [number for i in range(BATCH) for ofName in drawn for number in ofName[i]],
        "changed": numbers(changed),
        "coefficients": numbers(coefficients),
        "gradient": numbers(gradient),
    }


cases = [
    case(["color"], 4, 4, 3),
    case(["color"], 4, 5, 1),
    case(["translation"], 8, 8, 2),
    case(["translation"], 12, 7, 1),
    case(["cutout"], 8, 8, 1),
    case(["cutout"], 6, 6, 2),
    case(["cutout"], 5, 9, 1),
    case(["color", "translation", "cutout"], 8, 6, 3),
    case(["cutout", "color"], 4, 6, 3),
]
(FIXTURES / "diff_augment.json").write_text(json.dumps({"cases": cases}) + "\n")
