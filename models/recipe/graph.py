"""Vosk's decoding graph: HCLr.fst (phones to words, with lookahead), Gr.fst (grammar), tables."""

from __future__ import annotations

import math
import os
import subprocess
from collections import defaultdict
from pathlib import Path

import kaldifst

from models.recipe import lexicon as lex
from models.recipe.export import forward, self_loop
from models.recipe.lexicon import Lexicon, LexiconFst
from models.recipe.ngram import BEGIN, END, Model
from models.recipe.phones import phone_table

LOOKAHEAD = Path("/usr/lib/x86_64-linux-gnu/libfstlookahead.so.22")  # Debian libfst22
HALF = -math.log(0.5)  # cost of entering or staying in a phone
LEAST = 1e-12

Arc = tuple[int, int, int, int, float]


def build(
    lexicon: Lexicon, phones: list[str], model: Model, graph: Path, work: Path
) -> dict[str, int]:
    """Write graph/ of a Vosk model; returns the sizes of its files in bytes."""
    (graph / "phones").mkdir(parents=True, exist_ok=True)
    words = ["<eps>", *sorted(lexicon), lex.UNKNOWN]
    ids = {word: number for number, word in enumerate(words)}
    fst = lex.build(lexicon, phones, ids)
    hcl, markers = _with_states(_determinised(fst), fst, len(phone_table(phones)))
    (work / "HCL.txt").write_text(hcl, encoding="utf8")
    _shell(f"fstcompile {work}/HCL.txt | fstarcsort --sort_type=olabel > {work}/HCL.fst")
    _shell(
        f"fstconvert --fst_type=olabel_lookahead --save_relabel_opairs={work}/relabel "
        f"{work}/HCL.fst {graph}/HCLr.fst",
        preload=LOOKAHEAD,
    )
    ids = _relabelled(ids, work / "relabel")
    (work / "G.txt").write_text(grammar(model, ids), encoding="utf8")
    _shell(
        f"fstcompile {work}/G.txt | fstarcsort --sort_type=ilabel "
        f"| fstconvert --fst_type=const > {graph}/Gr.fst"
    )
    _tables(graph, ids, markers, phones)
    return {path.name: path.stat().st_size for path in graph.rglob("*") if path.is_file()}


def grammar(model: Model, ids: dict[str, int]) -> str:
    """The language model as an acceptor in OpenFst's text form; backing off costs epsilon arcs."""
    states = {history: number for number, history in enumerate(model.explicit)}
    start = states[(BEGIN,)]
    lines: dict[int, list[str]] = defaultdict(list)
    for history, distribution in model.explicit.items():
        source = states[history]
        for word, chance in distribution.items():
            cost = -math.log(max(chance, LEAST))
            if word == END:
                lines[source].append(f"{source} {cost:.4f}")
            else:
                target = states[model.known((*history, word)[-2:])]
                lines[source].append(f"{source} {target} {ids[word]} {ids[word]} {cost:.4f}")
        if history:
            target = states[model.known(model.shorter(history))]
            cost = -math.log(max(model.backoff[history], LEAST))
            lines[source].append(f"{source} {target} 0 0 {cost:.4f}")
    order = [start, *(state for state in lines if state != start)]
    first = sorted(lines[start], key=lambda line: len(line.split()) == 2)  # an arc names the start
    return "\n".join(["\n".join(first), *("\n".join(lines[s]) for s in order[1:])]) + "\n"


def _determinised(fst: LexiconFst) -> kaldifst.StdVectorFst:
    compiled = kaldifst.compile("\n".join(fst.lines) + "\n")
    if kaldifst.determinize_star(compiled):
        raise RuntimeError("the lexicon could not be determinised")
    kaldifst.minimize_encoded(compiled)
    return compiled


def _arcs(fst: kaldifst.StdVectorFst) -> tuple[int, list[Arc], dict[int, float]]:
    """Start state, arcs and final costs of an FST."""
    arcs: list[Arc] = []
    finals: dict[int, float] = {}
    start = -1
    for line in fst.to_str().splitlines():
        parts = line.split()
        state = int(parts[0])
        start = state if start < 0 else start
        if len(parts) <= 2:
            finals[state] = float(parts[1]) if len(parts) > 1 else 0.0
        else:
            cost = float(parts[4]) if len(parts) > 4 else 0.0
            arcs.append((state, int(parts[1]), int(parts[2]), int(parts[3]), cost))
    return start, arcs, finals


def _with_states(
    fst: kaldifst.StdVectorFst, lexicon: LexiconFst, phones: int
) -> tuple[str, list[int]]:
    """Turn phone arcs into transition ids, self-loops after them (Kaldi's reorder=true).

    Returns OpenFst text and the transition ids that stand for disambiguation symbols.
    """
    start, arcs, finals = _arcs(fst)
    symbols = sorted(lexicon.disambiguation.values())
    marker = {symbol: 2 * phones + 1 + i for i, symbol in enumerate(symbols)}
    entered: dict[int, set[int]] = defaultdict(set)
    for _, target, phone, _, _ in arcs:
        entered[target].add(phone if phone <= phones else 0)
    entered[start].add(0)
    following = 1 + max(max(arc[0], arc[1]) for arc in arcs)
    between: dict[tuple[int, int], int] = {}
    loops: list[str] = []
    lines: list[str] = []
    for source, target, phone, word, cost in arcs:
        if not 0 < phone <= phones:
            lines.append(f"{source} {target} {marker.get(phone, 0)} {word} {cost:.4f}")
            continue
        key = (target, phone)
        if key not in between:
            shared = len(entered[target]) > 1  # another phone ends here too: loop in between
            between[key] = following if shared else target
            if shared:
                loops.append(f"{following} {target} 0 0")
                following += 1
            loops.append(f"{between[key]} {between[key]} {self_loop(phone)} 0 {HALF:.4f}")
        lines.append(f"{source} {between[key]} {forward(phone)} {word} {cost + HALF:.4f}")
    first = [line for line in lines if line.split()[0] == str(start)]
    rest = [line for line in lines if line.split()[0] != str(start)]
    ends = [f"{state} {cost:.4f}" for state, cost in finals.items()]
    return "\n".join([*first, *rest, *loops, *ends]) + "\n", sorted(marker.values())


def _relabelled(ids: dict[str, int], pairs: Path) -> dict[str, int]:
    """Word ids after the lookahead conversion, which renumbers them by reachability."""
    rows = (line.split() for line in pairs.read_text().splitlines())
    new = {int(old): int(label) for old, label in rows}
    highest = max(new.values())
    renumbered = {"<eps>": 0}
    for word, number in ids.items():
        if number and number not in new:
            highest += 1
            new[number] = highest
        if number:
            renumbered[word] = new[number]
    return renumbered


def _tables(graph: Path, ids: dict[str, int], markers: list[int], phones: list[str]) -> None:
    rows = sorted(ids.items(), key=lambda item: item[1])
    (graph / "words.txt").write_text("".join(f"{w} {i}\n" for w, i in rows), encoding="utf8")
    (graph / "disambig_tid.int").write_text("".join(f"{marker}\n" for marker in markers))
    symbols = ["<eps>", *(symbol for symbol, _, _ in phone_table(phones))]
    lines = [f"{symbol} {number}\n" for number, symbol in enumerate(symbols)]
    (graph / "phones.txt").write_text("".join(lines), encoding="utf8")
    boundaries = [f"{i} {kind}\n" for i, (_, _, kind) in enumerate(phone_table(phones), 1)]
    (graph / "phones" / "word_boundary.int").write_text("".join(boundaries))


def _shell(command: str, preload: Path | None = None) -> None:
    environment = dict(os.environ)
    if preload:
        environment["LD_PRELOAD"] = str(preload)
    # the command is written here, with no part from outside but our own working paths
    subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True, env=environment)  # noqa: S603,S607
