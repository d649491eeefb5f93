"""Who speaks: stock espeak-ng variants, random ones of our own, and those kept for measuring."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import espeakng_loader

from models.recipe.espeak import Voice

# Never heard in training. The families iven*, RicishayMax* and edward* are kept out whole.
HELD_OUT = (
    "f4 m4 m7 Alicia Marco grandpa linda paul victor norbert edward iven2 RicishayMax2"
).split()
KEPT_OUT = [*HELD_OUT, *"edward2 iven iven3 iven4 RicishayMax RicishayMax3".split()]
STOCK = (
    "Alex Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Mario Michael Mike "
    "Nguyen Storm Tweaky adam anika antonio aunty belinda benjamin boris caleb david ed f1 f2 f3 "
    "f5 grandma gustave john kaukovalta m1 m2 m3 m5 m6 m8 marcelo max michel miguel pablo pedro "
    "quincy rob robert sandro shelby steph steph2 steph3 travis zac"
).split()
RANDOM_COUNT = 230  # espeak-ng reads at most 350 voice and language files (N_VOICES_LIST)
PLAIN_SHARE, STOCK_SHARE = 0.08, 0.32  # the rest of the training speech is random variants


def make_data_dir(root: Path, seed: int = 3) -> Path:
    """Build a private espeak-ng-data under ``root`` with random variants beside the stock ones."""
    system = Path(espeakng_loader.get_data_path())
    data = root / "espeak-ng-data"
    shutil.rmtree(data, ignore_errors=True)
    variants = data / "voices" / "!v"
    variants.mkdir(parents=True)
    (data / "lang" / "zlw").mkdir(parents=True)
    for entry in system.iterdir():
        if entry.name not in ("voices", "lang"):
            (data / entry.name).symlink_to(entry)
    (data / "lang" / "zlw" / "pl").symlink_to(system / "lang" / "zlw" / "pl")
    for entry in (system / "voices" / "!v").iterdir():
        (variants / entry.name).symlink_to(entry)
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    for name in random_names():
        (variants / name).write_text(_variant(name, rng), encoding="utf8")
    return data


def random_names() -> list[str]:
    """The names of the random variants that ``make_data_dir`` writes."""
    return [f"rnd{index:03d}" for index in range(RANDOM_COUNT)]


def training_voice(rng: random.Random) -> Voice:
    """Draw one training caller."""
    draw = rng.random()
    if draw < PLAIN_SHARE:
        name = "pl"
    elif draw < PLAIN_SHARE + STOCK_SHARE:
        name = f"pl+{rng.choice(STOCK)}"
    else:
        name = f"pl+{rng.choice(random_names())}"
    pitch = int(min(85, max(15, rng.gauss(50, 15))))
    return Voice(name, rng.randint(105, 235), pitch, rng.randint(20, 80))


def held_out_voice(rng: random.Random) -> Voice:
    """Draw one caller for measuring: a held-out variant, five speeds, four pitches."""
    rate = rng.choice([118, 143, 168, 193, 218])
    pitch, pitch_range = rng.choice([35, 45, 55, 65]), rng.choice([40, 60])
    return Voice(f"pl+{rng.choice(HELD_OUT)}", rate, pitch, pitch_range)


def _variant(name: str, rng: random.Random) -> str:
    """An espeak-ng variant file: formants, pitch and colour drawn within speakable limits."""
    female = rng.random() < 0.5
    tract = rng.uniform(0.95, 1.38) if female else rng.uniform(0.8, 1.15)
    base = rng.randint(130, 240) if female else rng.randint(60, 140)
    lines = [
        "language variant",
        f"name {name}",
        f"gender {'female' if female else 'male'}",
        f"pitch {base} {int(base * rng.uniform(1.15, 1.7))}",
    ]
    for formant in range(9):
        if formant == 0:
            scale = (tract * rng.uniform(0.9, 1.05), rng.uniform(70, 125), rng.uniform(80, 150))
        elif formant <= 3:
            level = rng.uniform(60, 140) if formant == 1 else rng.uniform(40, 150)
            scale = (tract * rng.uniform(0.88, 1.13), level, rng.uniform(75, 165))
        else:
            scale = (rng.uniform(0.85, 1.2), rng.uniform(0, 130), rng.uniform(80, 150))
        freq, level, width = scale
        lines.append(f"formant {formant} {int(100 * freq)} {int(level)} {int(width)}")
    return "\n".join(lines + _colour(rng)) + "\n"


def _colour(rng: random.Random) -> list[str]:
    """Optional lines of a variant: how steady, rough, breathy, clear and lively the voice is."""

    def some(count: int, low: int, high: int) -> str:
        return " ".join(str(rng.randint(low, high)) for _ in range(count))

    options = [
        (0.4, [f"flutter {rng.randint(0, 12)}"]),
        (0.4, [f"roughness {rng.randint(1, 5)}"]),
        (0.25, [f"echo {rng.randint(20, 200)} {rng.randint(5, 60)}"]),
        (0.6, [f"voicing {rng.randint(40, 155)}"]),
        (0.6, [f"consonants {rng.randint(50, 140)} {rng.randint(20, 120)}"]),
        (0.25, [f"breath {some(6, 1, 7)}", "breathw 150 150 200 200 400 400"]),
        (0.4, [f"intonation {rng.randint(1, 4)}"]),
        (0.3, [f"stressAdd {some(8, -30, 60)}"]),
        (0.3, [f"stressAmp {some(8, 12, 24)}"]),
        (0.12, [f"klatt {rng.randint(1, 5)}"]),
    ]
    return [line for chance, lines in options if rng.random() < chance for line in lines]
