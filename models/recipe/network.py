"""The acoustic network: a factorised time-delay network, small enough for one telephone core."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own habit
from torch import Tensor, nn

from models.recipe.features import CEPSTRA, SUBSAMPLING

SPLICE = 4  # frames to each side of the first layer
SKIP = 0.66  # weight of the path around a layer
NORM_EPS = 1e-3


@dataclass(frozen=True)
class Size:
    """Layers, their width, their bottleneck, and the width before the output."""

    layers: int = 7
    width: int = 320
    bottleneck: int = 96
    final: int = 160

    @property
    def context(self) -> int:
        """Feature frames (10 ms) that one output sees to each side."""
        return SPLICE + SUBSAMPLING * self.layers


def _over_time(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    batch, steps, width = x.shape
    normed: Tensor = norm(x.reshape(batch * steps, width))
    return normed.view(batch, steps, width)


class Layer(nn.Module):
    """linear(x[t-1], x[t]) -> affine(h[t], h[t+1]) -> ReLU -> norm, plus the way around it."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.linear = nn.Linear(2 * size.width, size.bottleneck, bias=False)
        self.affine = nn.Linear(2 * size.bottleneck, size.width)
        self.norm = nn.BatchNorm1d(size.width, eps=NORM_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, width) -> (batch, steps - 2, width)."""
        h = self.linear(torch.cat([x[:, :-1], x[:, 1:]], 2))
        h = F.relu(self.affine(torch.cat([h[:, :-1], h[:, 1:]], 2)))
        return SKIP * x[:, 1:-1] + _over_time(self.norm, h)


class Network(nn.Module):
    """MFCC frames in, one row of class scores every 30 ms out."""

    def __init__(self, classes: int, size: Size) -> None:
        super().__init__()
        self.size = size
        self.input_norm = nn.BatchNorm1d(CEPSTRA, affine=False)
        self.first = nn.Linear((2 * SPLICE + 1) * CEPSTRA, size.width)
        self.first_norm = nn.BatchNorm1d(size.width, eps=NORM_EPS)
        self.layers = nn.ModuleList([Layer(size) for _ in range(size.layers)])
        self.before = nn.Linear(size.width, size.final)
        self.before_norm = nn.BatchNorm1d(size.final, eps=NORM_EPS)
        self.output = nn.Linear(size.final, classes)

    def set_input_norm(self, mean: Tensor, variance: Tensor) -> None:
        """Fix the input normalisation; it is not learned, so that it can be folded away."""
        running_mean, running_var = self.input_norm.running_mean, self.input_norm.running_var
        if running_mean is None or running_var is None:
            raise RuntimeError("the input norm keeps no statistics")
        running_mean.copy_(mean)
        running_var.copy_(variance)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, frames with context, 40) -> (batch, steps, classes)."""
        mean, variance = self.input_norm.running_mean, self.input_norm.running_var
        if mean is None or variance is None:
            raise RuntimeError("the input norm keeps no statistics")
        x = (x - mean) * torch.rsqrt(variance + self.input_norm.eps)
        # columns ordered by offset, then cepstrum, as Kaldi's Append(Offset(...)) does
        x = x.unfold(1, 2 * SPLICE + 1, SUBSAMPLING).transpose(2, 3)
        x = F.relu(self.first(x.reshape(x.shape[0], -1, (2 * SPLICE + 1) * CEPSTRA)))
        x = _over_time(self.first_norm, x)
        for layer in self.layers:
            x = layer(x)
        x = _over_time(self.before_norm, F.relu(self.before(x)))
        scores: Tensor = self.output(x)
        return scores
