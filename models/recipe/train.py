"""Train the acoustic network on augmented speech with frame cross-entropy. One thread is enough."""

from __future__ import annotations

import json
import math
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own habit
from numpy.typing import NDArray
from torch import Tensor, nn

from models.recipe import augment
from models.recipe.audio import RATE_HZ
from models.recipe.features import CEPSTRA, labels, mfcc, output_count, pad_edges
from models.recipe.network import Network, Size
from models.recipe.phones import SILENCE
from models.recipe.synthesis import Corpus

BATCH = 32
PEAK_RATE, FLOOR = 2e-3, 0.02
WARM_UP_STEPS = 300
EMPTY_SHARE = 0.05  # calls without speech, beside each epoch's utterances
IGNORED = -100
PIECE = 200  # utterances made into features per task

Example = tuple[NDArray[np.float16], NDArray[np.int16]]

_corpus: Corpus | None = None


@dataclass(frozen=True)
class Plan:
    """How long and with how much machine to train."""

    epochs: int = 8
    copies: int = 4  # differently disturbed copies of the speech; later epochs use them again
    threads: int = 1
    workers: int = 1
    seed: int = 12
    size: Size = field(default_factory=Size)


def phone_set(corpus: Corpus) -> list[str]:
    """All phones of the corpus, silence first."""
    seen = Counter(phone for entry in corpus.utterances for _, phone, _ in entry.phones)
    return [SILENCE, *sorted(set(seen) - {SILENCE})]


def train(corpus_path: Path, out: Path, plan: Plan) -> None:
    """Train from nothing, or from the last finished epoch in ``out``, and write ``out``."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    corpus = Corpus(corpus_path)
    phones = phone_set(corpus)
    network = Network(2 * len(phones), plan.size)
    optimiser = torch.optim.AdamW(
        network.parameters(), PEAK_RATE, betas=(0.9, 0.98), weight_decay=1e-3
    )
    state = _resume(out, network, optimiser)
    dtype = fastest_type()
    parameters = sum(p.numel() for p in network.parameters())
    print(f"{len(phones)} phones, {parameters} parameters, {dtype}", flush=True)
    with Pool(plan.workers, _start, (corpus_path,)) as pool:
        copies = _Copies(pool, corpus, phones, out.parent / "features", plan)
        for epoch in range(state["epoch"], plan.epochs):
            examples = copies.of(epoch)
            if state["counts"] is None:
                state["counts"] = _first_look(network, examples, 2 * len(phones))
            state["step"] = _epoch(network, optimiser, examples, plan, epoch, state["step"], dtype)
            state["epoch"] = epoch + 1
            _save(out, network, optimiser, state, phones, plan.size)


def fastest_type() -> torch.dtype:
    """bfloat16 where this processor multiplies it faster than float32, else float32."""
    left, right = torch.randn(2048, 640), torch.randn(640, 320)
    taken = {}
    for dtype in (torch.float32, torch.bfloat16):
        a, b = left.to(dtype), right.to(dtype)
        a @ b
        start = time.perf_counter()
        for _ in range(10):
            a @ b
        taken[dtype] = time.perf_counter() - start
    return min(taken, key=lambda dtype: taken[dtype])


def _start(corpus_path: Path) -> None:
    global _corpus  # noqa: PLW0603 - a worker process has one corpus
    os.nice(2)
    _corpus = Corpus(corpus_path)


class _Audio:
    """The corpus as a sequence of sample arrays, for babble."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, index: int) -> NDArray[np.int16]:
        return self.corpus.audio(index)


def _make_piece(task: tuple[list[int], int, list[str], Path]) -> Path:
    """Augmented features (frames, 40) and labels (steps,) of some utterances, into a file."""
    if _corpus is None:
        raise RuntimeError("the worker has no corpus")
    indices, seed, phones, path = task
    if path.exists():
        return path
    rng = np.random.default_rng(seed)
    number = {phone: index for index, phone in enumerate(phones)}
    made = [_example(_corpus, index, rng, number) for index in indices]
    partial = path.with_suffix(".part.npz")
    np.savez(
        partial,
        frames=np.concatenate([frames for frames, _ in made]),
        classes=np.concatenate([classes for _, classes in made]),
        lengths=np.asarray([[len(frames), len(classes)] for frames, classes in made]),
    )
    partial.replace(path)
    return path


def _example(
    corpus: Corpus, index: int, rng: np.random.Generator, number: dict[str, int]
) -> Example:
    """One utterance as it comes over a random line; a negative index is a line without speech."""
    pool: Any = _Audio(corpus)
    if index < 0:
        frames = mfcc(augment.empty_line(rng, pool))
        return frames.astype(np.float16), labels([], 0.0, len(frames))
    entry, clean = corpus.utterances[index], corpus.audio(index)
    line = augment.simulate(clean, rng, pool)
    frames = mfcc(line.samples)
    shift = line.lead / RATE_HZ
    timed = [(number[phone], start + shift) for _, phone, start in entry.phones]
    end_s = shift + len(clean) / RATE_HZ
    return frames.astype(np.float16), labels(timed, end_s, len(frames))


class _Copies:
    """Differently disturbed copies of the corpus; the next is made while one is learned."""

    def __init__(
        self, pool: Pool, corpus: Corpus, phones: list[str], folder: Path, plan: Plan
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.pool, self.phones, self.folder, self.plan = pool, phones, folder, plan
        self.indices = [*range(len(corpus)), *[-1] * int(len(corpus) * EMPTY_SHARE)]
        self.making: dict[int, list[AsyncResult[Path]]] = {}

    def of(self, epoch: int) -> list[Example]:
        """The examples of an epoch; begins to make those of the next."""
        wanted = epoch % self.plan.copies
        pieces = self._make(wanted)
        if epoch + 1 < self.plan.epochs:
            self._make((epoch + 1) % self.plan.copies)
        return [example for piece in pieces for example in _read_piece(piece.get())]

    def _make(self, copy: int) -> list[AsyncResult[Path]]:
        if copy not in self.making:
            tasks = [
                (
                    self.indices[at : at + PIECE],
                    (self.plan.seed + copy) * 100_003 + at,
                    self.phones,
                    self.folder / f"{copy}_{at}.npz",
                )
                for at in range(0, len(self.indices), PIECE)
            ]
            self.making[copy] = [self.pool.apply_async(_make_piece, (task,)) for task in tasks]
        return self.making[copy]


def _read_piece(path: Path) -> list[Example]:
    with np.load(path) as data:
        cuts = np.cumsum(data["lengths"], axis=0)[:-1]
        frames = np.split(data["frames"], cuts[:, 0])
        return list(zip(frames, np.split(data["classes"], cuts[:, 1]), strict=True))


def _first_look(network: Network, examples: list[Example], classes: int) -> list[int]:
    """Set the input norm from the data, and count the classes for the priors."""
    frames = np.concatenate([f for f, _ in examples[::20]]).astype(np.float32)
    network.set_input_norm(torch.tensor(frames.mean(0)), torch.tensor(frames.var(0)))
    seen = np.bincount(np.concatenate([c for _, c in examples]), minlength=classes)
    return [int(count) for count in seen]


def _batches(examples: list[Example], rng: np.random.Generator) -> list[list[int]]:
    """Utterances of similar length together, in random order."""
    keys = [len(classes) + rng.uniform(0, 12) for _, classes in examples]
    order = np.argsort(keys)
    groups = [order[at : at + BATCH].tolist() for at in range(0, len(order), BATCH)]
    rng.shuffle(groups)
    return groups


def _collate(examples: list[Example], group: list[int], context: int) -> tuple[Tensor, Tensor]:
    steps = max(output_count(len(examples[i][0])) for i in group)
    frames = np.zeros((len(group), 3 * (steps - 1) + 1 + 2 * context, CEPSTRA), np.float32)
    classes = np.full((len(group), steps), IGNORED, np.int64)
    for row, index in enumerate(group):
        features, target = examples[index]
        frames[row] = pad_edges(features.astype(np.float32), context, steps)
        classes[row, : len(target)] = target
    return torch.from_numpy(frames), torch.from_numpy(classes)


def _epoch(
    network: Network,
    optimiser: torch.optim.Optimizer,
    examples: list[Example],
    plan: Plan,
    epoch: int,
    step: int,
    dtype: torch.dtype,
) -> int:
    network.train()
    network.input_norm.eval()
    groups = _batches(examples, np.random.default_rng(plan.seed * 1000 + epoch))
    total = len(groups) * plan.epochs
    loss_sum, began = 0.0, time.monotonic()
    for number, group in enumerate(groups, 1):
        rate = PEAK_RATE * min(1, (step + 1) / WARM_UP_STEPS)
        rate *= (1 - FLOOR) * (1 + math.cos(math.pi * min(1, step / total))) / 2 + FLOOR
        for settings in optimiser.param_groups:
            settings["lr"] = rate
        frames, classes = _collate(examples, group, plan.size.context)
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            scores = network(frames)
        flat = scores.float().reshape(-1, scores.shape[-1])
        loss = F.cross_entropy(flat, classes.reshape(-1), ignore_index=IGNORED)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call] # torch ships no type for it
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        loss_sum += loss.item()
        if number % 100 == 0 or number == len(groups):
            seconds = time.monotonic() - began
            print(f"epoch {epoch} {number}/{len(groups)} loss {loss_sum / number:.4f} "
                  f"{seconds:.0f} s", flush=True)  # fmt: skip
    return step


def _resume(out: Path, network: Network, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    if not out.exists():
        return {"epoch": 0, "step": 0, "counts": None}
    saved = torch.load(out, weights_only=True)
    network.load_state_dict(saved["network"])
    optimiser.load_state_dict(saved["optimiser"])
    return {name: saved[name] for name in ("epoch", "step", "counts")}


def _save(
    out: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    state: dict[str, Any],
    phones: list[str],
    size: Size,
) -> None:
    shape = {"layers": size.layers, "width": size.width, "bottleneck": size.bottleneck,
             "final": size.final}  # fmt: skip
    partial = out.with_suffix(".part")
    torch.save(
        {
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "phones": phones,
            "size": shape,
            **state,
        },
        partial,
    )
    partial.replace(out)
    out.with_name("phones.json").write_text(json.dumps(phones), encoding="utf8")
