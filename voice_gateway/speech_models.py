"""Which speech model hears: the official Polish one when it was fetched, else the shipped one."""

from __future__ import annotations

from pathlib import Path

from staff_console.dialogue_models.files import ModelFolder
from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings

SHIPPED = "pl-small"
OFFICIAL = "vosk-model-small-pl-0.22"


def speech_model_folder(settings: Settings) -> Path:
    """The model folder to load. Raises ``SetupError`` when there is none."""
    speech = settings.models_dir / "speech"
    if settings.speech_model != "auto":
        candidates = [Path(settings.speech_model), speech / settings.speech_model]
    else:
        candidates = [speech / "official" / OFFICIAL, speech / SHIPPED]
    for folder in candidates:
        if (folder / "am" / "final.mdl").exists():
            return folder
    raise SetupError(
        "setup-speech-model",
        "No speech model found; run 'make speech-model' or 'halo models fetch'.",
    )


def describe_models(settings: Settings) -> list[str]:
    """One Polish line for each speech and dialogue model on this machine; ``*`` is in use."""
    speech = settings.models_dir / "speech"
    used = speech_model_folder(settings)
    lines = []
    for folder in sorted([*speech.glob("*"), *(speech / "official").glob("*")]):
        if (folder / "am" / "final.mdl").exists():
            mark = "*" if folder == used else " "
            lines.append(f"{mark} mowa    {folder.name}  {_size_mb(folder):.1f} MB")
    archives = sorted((settings.models_dir / "rasa").glob("*.tar.gz"))
    served = ModelFolder(settings.models_dir / "rasa").served()
    for archive in archives:
        mark = "*" if archive.name == f"{served}.tar.gz" else " "
        lines.append(f"{mark} rozmowa {archive.name}  {archive.stat().st_size / 1e6:.1f} MB")
    return lines


def _size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
