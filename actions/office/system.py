"""The gateway's fixed sentences from ``nlu_data/system.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from actions.office.facts import Office, load_office
from actions.office.files import read_yaml
from actions.office.sentence import Sentence, same
from voice_gateway.errors import SetupError

# Values that only the gateway knows; they stay in the sentence as {name}.
FILLED_BY_GATEWAY = ("position",)
SYSTEM_SENTENCES = frozenset(
    "greeting chat_greeting legal_notice silence_1 silence_2 not_heard trouble connecting "
    "nobody_free busy goodbye one_moment too_long handoff_chat_queued handoff_chat_taken "
    "handoff_chat_ended chat_disclosure handoff_chat_position".split()
)


def load_system(path: Path) -> Mapping[str, Sentence]:
    """Name -> (text, spoken), filled with the facts of ``office.yml`` in the same folder.

    Raises ``SetupError("setup-knowledge")`` when a sentence lacks or has an unknown placeholder.
    """
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise SetupError("setup-knowledge", f"{path}: mają tu być zdania z nazwami")
    missing, unknown = SYSTEM_SENTENCES - set(data), set(data) - SYSTEM_SENTENCES
    if missing or unknown:
        wrong = [f"brakuje zdania {name}" for name in sorted(missing)]
        wrong += [f"nie znam zdania {name}" for name in sorted(unknown)]
        raise SetupError("setup-knowledge", f"{path}: {'; '.join(wrong)}")
    values = _values(load_office(path.with_name("office.yml")))
    return {name: _sentence(name, value, values, path) for name, value in data.items()}


def _values(office: Office) -> Mapping[str, Sentence]:
    return {
        "office": same(office.name),
        "office_genitive": same(office.name_genitive),
        "phone": same(office.phone),
        **{name: same(f"{{{name}}}") for name in FILLED_BY_GATEWAY},
    }


def _sentence(name: str, value: object, values: Mapping[str, Sentence], path: Path) -> Sentence:
    try:
        return Sentence.of(value).fill(values)
    except (ValueError, KeyError) as error:
        raise SetupError("setup-knowledge", f"{path}: {name}: {error}") from error
