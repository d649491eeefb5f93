"""Everything that is put together once, at start, and handed to the routes."""

from __future__ import annotations

from dataclasses import dataclass

from voice_gateway.chat import ChatService
from voice_gateway.desk import HandoffDesk
from voice_gateway.ports import DialogueEngine, Records, SpeechRecognizer, SpeechSynthesizer
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running gateway."""

    settings: Settings
    recognizer: SpeechRecognizer
    dialogue: DialogueEngine
    voice: SpeechSynthesizer
    database: Database
    records: Records
    staff: StaffAccounts
    desk: HandoffDesk
    chat: ChatService
    limits: ClientLimits
