"""Puts the gateway together: the one place that knows every adapter."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from actions.office.facts import Office, load_office
from actions.office.sentence import Sentence
from actions.office.system import load_system
from polish.entities import EntityReader
from polish.masking import mask
from polish.speech import to_speech
from staff_console.content.store import ContentStore
from staff_console.content.sync import ContentSync, run_sync
from visits.book import EmbeddedBook
from visits.build import open_book
from visits.ports import VisitBook
from voice_gateway import telemetry
from voice_gateway.call import CallParts
from voice_gateway.calls import CallRegistry
from voice_gateway.channels.audiosocket import serve_audiosocket
from voice_gateway.chat import ChatService
from voice_gateway.chat_values import ChatSentences
from voice_gateway.desk import HandoffDesk
from voice_gateway.dialogue.rasa import RasaDialogue
from voice_gateway.errors import HaloError
from voice_gateway.ports import Records
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.readiness import Readiness
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.sentences import Sentences, sentences_from
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


@asynccontextmanager
async def running_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Build every part, run what runs beside the routes, and close all of it in reverse order."""
    async with AsyncExitStack() as stack:
        office = load_office(settings.knowledge_dir / "office.yml")
        system = load_system(settings.knowledge_dir / "system.yml")
        sentences = sentences_from(system)
        voice = await _open_voice(stack, settings, sentences)
        services = await _open_services(stack, settings, office, system, sentences, voice)
        book = await asyncio.to_thread(open_book, settings, services.database)
        executor = ThreadPoolExecutor(os.cpu_count() or 2, "hearing")
        stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        registry = CallRegistry(settings.max_calls, office.department(DEFAULT_DEPARTMENT).target)
        talks = _voice_talks(services, registry, executor, office, book)
        if settings.audiosocket_port:
            server = await serve_audiosocket(settings, talks.handle, talks.admit)
            stack.callback(server.close)
        content = await _open_content(services, settings)
        sync = ContentSync(services.database, settings.knowledge_dir, notes=settings.data_dir)
        for job in (
            _warm_answers(voice, settings),
            _purge_daily(services.records, settings),
            run_sync(sync, on_change=partial(_warm_answers, voice, settings)),
        ):
            stack.callback(asyncio.create_task(job).cancel)
        readiness = _readiness(services, voice, executor)
        yield Gateway(services, talks, registry, readiness, book, content)


async def _open_voice(
    stack: AsyncExitStack, settings: Settings, sentences: Sentences
) -> CachedVoice:
    """The voice, with the sentences pinned that must be said even when its workers die."""
    voice = build_voice(settings)
    stack.push_async_callback(voice.close)
    voice.start()
    failed = await voice.warm((to_speech(u.spoken) for u in sentences.all()), pin=True)
    if failed:
        log.error("voice_not_ready", failed=failed)
    return voice


async def _open_services(
    stack: AsyncExitStack,
    settings: Settings,
    office: Office,
    system: Mapping[str, Sentence],
    sentences: Sentences,
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
    departments = {d.id: (d.name, *d.called) for d in office.departments}
    dialogue = RasaDialogue(settings, EntityReader(departments).read)
    stack.push_async_callback(dialogue.close)
    return Services(
        settings=settings,
        sentences=sentences,
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
            ChatSentences.from_system(system),
            DEFAULT_DEPARTMENT,
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
    """The accounts; the first one's password is the setting's, also after it was changed."""
    staff = StaffAccounts(database)
    password = settings.desk_password.get_secret_value()
    login, role = FIRST_ACCOUNT.login, FIRST_ACCOUNT.role
    if not await staff.add(FIRST_ACCOUNT, password):
        right = await staff.check(login, password)
        if right is None or right.role != role:
            await staff.change(login, password="" if right else password, role=role)
    return staff


def _voice_talks(
    services: Services,
    registry: CallRegistry,
    executor: ThreadPoolExecutor,
    office: Office,
    book: VisitBook,
) -> VoiceTalks:
    parts = CallParts(
        settings=services.settings,
        recognizer=services.recognizer,
        dialogue=services.dialogue,
        voice=services.voice,
        records=services.records,
        sentences=services.sentences,
        executor=executor,
        to_speech=to_speech,
        default_department=DEFAULT_DEPARTMENT,
    )
    return VoiceTalks(
        parts, registry, lambda department: _target(office, department), releaser(book)
    )


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
