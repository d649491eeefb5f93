"""Which speech model hears: the official Polish one when it was fetched, else the shipped one."""

from __future__ import annotations

from pathlib import Path

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
