"""Puts the gateway together: the one place that knows every adapter."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from actions.office.facts import Office
from polish.entities import EntityReader, NamedEntity
from polish.masking import mask
from polish.speech import to_speech
from staff_console.content.store import ContentStore
from staff_console.content.sync import ContentSync, run_sync
from staff_console.expiry.notices import ExpiryNotices, run_expiry
from visits.book import EmbeddedBook
from visits.build import open_book
from visits.ports import VisitBook
from visits.seed import run_seeding
from voice_gateway import telemetry
from voice_gateway.call import CallParts
from voice_gateway.calls import CallRegistry
from voice_gateway.channels.audiosocket import serve_audiosocket
from voice_gateway.chat import ChatService
from voice_gateway.desk import HandoffDesk
from voice_gateway.dialogue.rasa import RasaDialogue
from voice_gateway.errors import HaloError
from voice_gateway.live_sentences import LiveSentences, run_live
from voice_gateway.model_parts import ModelParts, running_models
from voice_gateway.ports import Records
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.readiness import Readiness
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.records.contacts import CallNotes
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.services import Services
from voice_gateway.settings import Settings
from voice_gateway.speech_models import speech_model_folder
from voice_gateway.synthesizers.build import build_voice
from voice_gateway.synthesizers.cache import CachedVoice
from voice_gateway.voice_talks import VoiceTalks

log = structlog.get_logger(__name__)

FIRST_ACCOUNT = StaffAccount("konsultant", "Konsultant urzędu", department="", role="admin")
DEFAULT_DEPARTMENT = "informacja"
DAY_S = 24 * 3600.0
PROBE_HZ = 8000
PROBE_SILENCE = b"\0" * PROBE_HZ  # half a second


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway: what the routes need."""

    services: Services
    talks: VoiceTalks
    registry: CallRegistry
    readiness: Readiness
    book: EmbeddedBook
    content: ContentStore
    models: ModelParts
    expiry: ExpiryNotices


@asynccontextmanager
async def running_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Build every part, run what runs beside the routes, and close all of it in reverse order."""
    async with AsyncExitStack() as stack:
        live = LiveSentences(settings.knowledge_dir)
        office = live.office()
        voice = await _open_voice(stack, settings, live)
        services = await _open_services(stack, settings, live, voice)
        book = await asyncio.to_thread(open_book, settings, services.database)
        executor = ThreadPoolExecutor(os.cpu_count() or 2, "hearing")
        stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        registry = CallRegistry(settings.max_calls, office.department(DEFAULT_DEPARTMENT).target)
        notes = CallNotes(services.database, settings.secret_key.get_secret_value())
        talks = _voice_talks(services, registry, executor, live, book, notes)
        if settings.audiosocket_port:
            server = await serve_audiosocket(settings, talks.handle, talks.admit)
            stack.callback(server.close)
        content = await _open_content(services, settings)
        sync = ContentSync(services.database, settings.knowledge_dir, notes=settings.data_dir)
        expiry = ExpiryNotices(services.database, content, live.office)
        for job in (
            _warm_answers(voice, settings),
            _purge_daily(services.records, settings),
            notes.upkeep(settings.records_days),
            run_live(live, voice),
            run_seeding(services.database, settings.knowledge_dir),
            run_sync(sync, on_change=partial(_warm_answers, voice, settings)),
            run_expiry(expiry),
        ):
            stack.callback(asyncio.create_task(job).cancel)
        models = await stack.enter_async_context(
            running_models(settings, services.database, services.dialogue.ready)
        )
        readiness = _readiness(services, voice, executor)
        yield Gateway(services, talks, registry, readiness, book, content, models, expiry)


async def _open_voice(
    stack: AsyncExitStack, settings: Settings, live: LiveSentences
) -> CachedVoice:
    """The voice, with the sentences pinned that must be said even when its workers die."""
    voice = build_voice(settings)
    stack.push_async_callback(voice.close)
    voice.start()
    failed = await voice.warm(live.words.pinned(), pin=True)
    await voice.warm(live.words.coming(datetime.now(UTC)))
    if failed:
        log.error("voice_not_ready", failed=failed)
    return voice


async def _open_services(
    stack: AsyncExitStack,
    settings: Settings,
    live: LiveSentences,
    voice: CachedVoice,
) -> Services:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(upgrade, settings.db_url)
    await asyncio.to_thread(mask, "dzień dobry")  # loads its dictionaries before the first talk
    database = Database(settings.db_url)
    stack.callback(database.close)
    desk = HandoffDesk(database, mask)
    stack.callback(desk.close)
    records = DatabaseRecords(database, mask, desk.announce)
    records.start()
    stack.push_async_callback(records.close)
    dialogue = RasaDialogue(settings, LiveEntities(live.office).read)
    stack.push_async_callback(dialogue.close)
    return Services(
        settings=settings,
        recognizer=VoskRecognizer(speech_model_folder(settings)),
        dialogue=dialogue,
        voice=voice,
        database=database,
        records=records,
        staff=await _staff(database, settings),
        desk=desk,
        chat=ChatService(
            settings,
            dialogue,
            records,
            desk,
            database,
            live.chat,
            DEFAULT_DEPARTMENT,
            notices=live.notices,
        ),
        limits=ClientLimits(),
    )


async def _open_content(services: Services, settings: Settings) -> ContentStore:
    """What staff edit; a folder that cannot be written only keeps them from publishing."""
    content = ContentStore(services.database, settings.knowledge_dir, notes=settings.data_dir)
    try:
        await asyncio.to_thread(content.adopt, datetime.now(UTC))
    except (HaloError, OSError) as error:
        log.error("content_unsynced", code=getattr(error, "code", "content-folder"))
    return content


async def _staff(database: Database, settings: Settings) -> StaffAccounts:
    """The accounts; a password in the settings makes and keeps the account ``FIRST_ACCOUNT``.

    Without it the first administrator comes by a one-time link (``accounts.links``).
    """
    staff = StaffAccounts(database)
    password = settings.desk_password.get_secret_value()
    login, role = FIRST_ACCOUNT.login, FIRST_ACCOUNT.role
    if password and not await staff.add(FIRST_ACCOUNT, password):
        right = await staff.check(login, password)
        if right is None or right.role != role:
            await staff.change(login, password="" if right else password, role=role)
    return staff


def _voice_talks(
    services: Services,
    registry: CallRegistry,
    executor: ThreadPoolExecutor,
    live: LiveSentences,
    book: VisitBook,
    notes: CallNotes,
) -> VoiceTalks:
    parts = CallParts(
        settings=services.settings,
        recognizer=services.recognizer,
        dialogue=services.dialogue,
        voice=services.voice,
        records=services.records,
        sentences=live.voice,
        notices=live.notices,
        executor=executor,
        to_speech=to_speech,
        default_department=DEFAULT_DEPARTMENT,
    )
    release = releaser(book)

    async def on_end(call_id: str) -> None:
        await release(call_id)
        await notes.ended(call_id)

    def target(department: str) -> str:
        return _target(live.office(), department)

    return VoiceTalks(parts, registry, target, on_end, notes.began)


class LiveEntities:
    """Reads what is named in a text, departments among it as the office's file has them now."""

    def __init__(self, office: Callable[[], Office]) -> None:
        self._office = office
        self._known = _known_to(office())

    def read(self, text: str) -> Sequence[NamedEntity]:
        """What is named."""
        office = self._office()
        if self._known[0] is not office:
            self._known = _known_to(office)
        return self._known[1].read(text)


def _known_to(office: Office) -> tuple[Office, EntityReader]:
    named = {d.id: (d.name, *d.called) for d in office.departments}
    return office, EntityReader(named)


def releaser(book: VisitBook) -> Callable[[str], Awaitable[None]]:
    """Lets go of the time that an ended call held, so that the next caller may have it at once."""

    async def release(call_id: str) -> None:
        try:
            await asyncio.to_thread(book.release, call_id)
        except Exception as error:  # the caller is gone, and a hold ends by itself
            code = getattr(error, "code", "internal")
            telemetry.count_error(code)
            log.error("visit_release_failed", code=code)

    return release


def _target(office: Office, department: str) -> str:
    """The dialplan's name for a department; an unknown one goes to the default person."""
    try:
        return office.department(department).target
    except KeyError:
        return office.department(DEFAULT_DEPARTMENT).target


async def _warm_answers(voice: CachedVoice, settings: Settings) -> None:
    """Render the answers that are known in advance; callers are served meanwhile."""
    from actions.office.known_sentences import spoken_answers  # noqa: PLC0415 - slow, not needed at once

    try:
        texts = await asyncio.to_thread(spoken_answers, settings.knowledge_dir)
        await voice.warm(to_speech(text) for text in texts)
    except HaloError as error:
        log.error("voice_warm_failed", code=error.code)


async def _purge_daily(records: Records, settings: Settings) -> None:
    while True:
        try:
            await records.purge(settings.records_days)
        except HaloError as error:
            log.error("purge_failed", code=error.code)
        await asyncio.sleep(DAY_S)


def _readiness(services: Services, voice: CachedVoice, executor: ThreadPoolExecutor) -> Readiness:
    recognizer = services.recognizer

    def hear() -> str:
        session = recognizer.open(PROBE_HZ)
        session.accept(PROBE_SILENCE)
        session.finish()
        return recognizer.model_name

    async def hearing() -> str:
        return await asyncio.get_running_loop().run_in_executor(executor, hear)

    async def keeping() -> str:
        await services.desk.waiting()
        return services.settings.db_url.split(":", 1)[0]

    return Readiness(
        {
            "hearing": hearing,
            "dialogue": services.dialogue.ready,
            "voice": voice.ready,
            "records": keeping,
        }
    )
