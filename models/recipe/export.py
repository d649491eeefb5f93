"""Write the trained network as Kaldi's am/final.mdl: transition model, nnet3, priors."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.recipe import kaldi_io as io
from models.recipe.features import CEPSTRA, SUBSAMPLING
from models.recipe.network import NORM_EPS, SKIP, SPLICE, Size
from models.recipe.phones import phone_table

Array = NDArray[np.float64]
INPUT_EPS = 1e-5  # torch's default, used by the input norm


def self_loop(phone: int) -> int:
    """The transition id of staying in a phone (ids from 1)."""
    return 2 * phone - 1


def forward(phone: int) -> int:
    """The transition id of entering a phone (ids from 1)."""
    return 2 * phone


def export(checkpoint: Path, out: Path) -> None:
    """Turn a checkpoint of ``train`` into am/final.mdl."""
    saved: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location="cpu")
    weights = {name: value.double().numpy() for name, value in saved["network"].items()}
    size = Size(**saved["size"])
    network = _Nnet(weights, size)
    out.parent.mkdir(parents=True, exist_ok=True)
    data = io.BINARY_MARK + transition_model(saved["phones"])
    out.write_bytes(data + network.written() + _ending(size, saved["counts"]))


def transition_model(phones: list[str]) -> bytes:
    """One emitting state per phone: class 2p on entering, 2p + 1 on staying (chain topology)."""
    table = phone_table(phones)
    count = len(table)
    half = math.log(0.5)
    parts = [
        io.token("<TransitionModel>"),
        io.token("<Topology>"),
        io.integers(range(1, count + 1)),
    ]
    parts += [io.integers([-1, *[0] * count]), io.integer(-1), io.integer(1), io.integer(2)]
    parts += [io.integer(0), io.integer(1), io.integer(2)]  # classes, then two transitions
    parts += [io.integer(0), io.single(0.5), io.integer(1), io.single(0.5)]
    parts += [io.integer(-1), io.integer(-1), io.integer(0)]  # the final state
    parts += [io.token("</Topology>"), io.token("<Tuples>"), io.integer(count)]
    for number, (_, base, _) in enumerate(table, 1):
        parts += [io.integer(v) for v in (number, 0, 2 * base, 2 * base + 1)]
    parts += [
        io.token("</Tuples>"),
        io.token("<LogProbs>"),
        io.vector([0.0, *[half] * (2 * count)]),
    ]
    parts += [io.token("</LogProbs>"), io.token("</TransitionModel>")]
    return b"".join(parts)


def _ending(size: Size, counts: list[int]) -> bytes:
    seen = np.maximum(np.asarray(counts, np.float64), 1)
    context = io.integer(size.context)
    left, right = io.token("<LeftContext>") + context, io.token("<RightContext>") + context
    return left + right + io.token("<Priors>") + io.vector(seen / seen.sum())


class _Nnet:
    """Collects components and the text that wires them together."""

    def __init__(self, weights: dict[str, Array], size: Size) -> None:
        self.weights = weights
        self.components: list[tuple[str, bytes]] = []
        self.wiring = [f"input-node name=input dim={CEPSTRA}"]
        node = self._first()
        for index in range(size.layers):
            node = self._layer(index, node)
        self._last(node)

    def written(self) -> bytes:
        """The whole <Nnet3> section."""
        text = io.token("<Nnet3>") + b"\n" + "\n".join(self.wiring).encode() + b"\n\n"
        parts = [text, io.token("<NumComponents>"), io.integer(len(self.components))]
        for name, data in self.components:
            parts += [io.token("<ComponentName>"), io.token(name), data]
        return b"".join([*parts, io.token("</Nnet3>")])

    def _add(self, name: str, kind: str, body: bytes, source: str) -> str:
        self.components.append((name, io.token(f"<{kind}>") + body + io.token(f"</{kind}>")))
        self.wiring.append(f"component-node name={name} component={name} input={source}")
        return name

    def _affine(
        self, name: str, weight: Array, bias: Array, source: str, exact: bool = False
    ) -> str:
        linear = io.matrix(weight) if exact else io.compressed(weight)
        body = io.token("<LinearParams>") + linear + io.token("<BiasParams>") + io.vector(bias)
        return self._add(name, "FixedAffineComponent", body, source)

    def _relu(self, name: str, width: int, source: str) -> str:
        body = io.token("<Dim>") + io.integer(width) + _empty_statistics()
        body += io.token("<OderivRms>") + io.vector([]) + io.token("<OderivCount>") + io.double(0)
        body += io.token("<NumDimsSelfRepaired>") + io.double(0)
        body += io.token("<NumDimsProcessed>") + io.double(0)
        return self._add(name, "RectifiedLinearComponent", body, source)

    def _norm(self, name: str, prefix: str, source: str) -> str:
        scale, shift = self._scale_and_shift(prefix)
        body = io.token("<Scales>") + io.vector(scale)
        node = self._add(f"{name}.scale", "FixedScaleComponent", body, source)
        body = io.token("<Bias>") + io.vector(shift)
        return self._add(f"{name}.shift", "FixedBiasComponent", body, node)

    def _scale_and_shift(self, prefix: str) -> tuple[Array, Array]:
        get = self.weights
        scale = get[f"{prefix}.weight"] / np.sqrt(get[f"{prefix}.running_var"] + NORM_EPS)
        return scale, get[f"{prefix}.bias"] - get[f"{prefix}.running_mean"] * scale

    def _first(self) -> str:
        frames = 2 * SPLICE + 1
        spread = 1 / np.sqrt(self.weights["input_norm.running_var"] + INPUT_EPS)
        mean = np.tile(self.weights["input_norm.running_mean"], frames)
        weight = self.weights["first.weight"] * np.tile(spread, frames)[None]
        bias = self.weights["first.bias"] - weight @ mean
        offsets = [f"Offset(input, {o})" if o else "input" for o in range(-SPLICE, SPLICE + 1)]
        # kept exact: folding in the input norm gives its columns very different ranges
        node = self._affine(
            "first.affine", weight, bias, f"Append({', '.join(offsets)})", exact=True
        )
        return self._norm("first.norm", "first_norm", self._relu("first.relu", len(bias), node))

    def _layer(self, index: int, source: str) -> str:
        prefix, name = f"layers.{index}", f"layer{index + 1}"
        linear, affine = (
            self.weights[f"{prefix}.linear.weight"],
            self.weights[f"{prefix}.affine.weight"],
        )
        step = SUBSAMPLING
        before = f"Append(Offset({source}, -{step}), {source})"
        node = self._affine(f"{name}.linear", linear, np.zeros(len(linear)), before)
        after = f"Append({node}, Offset({node}, {step}))"
        node = self._affine(f"{name}.affine", affine, self.weights[f"{prefix}.affine.bias"], after)
        node = self._relu(f"{name}.relu", len(affine), node)
        node = self._norm(f"{name}.norm", f"{prefix}.norm", node)
        body = io.token("<Dim>") + io.integer(len(affine))
        body += io.token("<BackpropScale>") + io.single(1.0)
        return self._add(
            f"{name}.sum", "NoOpComponent", body, f"Sum(Scale({SKIP}, {source}), {node})"
        )

    def _last(self, source: str) -> None:
        weight, bias = self.weights["before.weight"], self.weights["before.bias"]
        node = self._relu(
            "before.relu", len(bias), self._affine("before.affine", weight, bias, source)
        )
        scale, shift = self._scale_and_shift("before_norm")
        weight = self.weights["output.weight"]
        bias = self.weights["output.bias"] + weight @ shift
        node = self._affine("output.affine", weight * scale[None], bias, node)
        body = io.token("<Dim>") + io.integer(len(bias)) + _empty_statistics()
        body += io.token("<NumDimsSelfRepaired>") + io.double(0)
        body += io.token("<NumDimsProcessed>") + io.double(0)
        node = self._add("output.scores", "LogSoftmaxComponent", body, node)
        self.wiring.append(f"output-node name=output input={node} objective=linear")


def _empty_statistics() -> bytes:
    averages = io.token("<ValueAvg>") + io.vector([]) + io.token("<DerivAvg>") + io.vector([])
    return averages + io.token("<Count>") + io.double(0)
