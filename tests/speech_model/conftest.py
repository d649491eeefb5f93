"""The shipped model and the engine are loaded once for all tests here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import vosk

from models.recipe.espeak import Engine

MODEL_DIR = Path(__file__).parents[2] / "models" / "speech" / "pl-small"


@pytest.fixture(scope="session")
def model_dir() -> Path:
    return MODEL_DIR


@pytest.fixture(scope="session")
def model() -> Any:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(MODEL_DIR))


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()
