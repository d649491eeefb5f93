"""Environment that Rasa needs: no telemetry, no cache on disk, no noise of old libraries."""

from __future__ import annotations

import logging
import os
import sys
import warnings

VARIABLES = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",  # also switches the progress bars off
    "SANIC_WORKERS": "1",
    "OMP_NUM_THREADS": "1",  # one thread is the fastest for sentences, and leaves cores to speech
}


def quiet() -> None:
    """Set the variables for this process, where the operator has not set them."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    warnings.simplefilter("ignore")
    # TensorFlow imports jax if it is there and goes on without; a tenth of the start-up time
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type]  # None means: not importable


def quiet_logs() -> None:
    """Only warnings from Rasa in this process; its structlog prints everything otherwise."""
    import structlog  # noqa: PLC0415 - Rasa's version, after its environment is set
    from rasa.utils.log_utils import configure_structlog  # noqa: PLC0415

    logging.getLogger().setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
