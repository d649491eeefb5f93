#!/usr/bin/env python3
"""Writes an Asterisk configuration that brings calls to the assistant and on to people.

    .venv/bin/python deploy/asterisk/configure.py OUT --trunk sip.operator.example
    .venv/bin/python deploy/asterisk/configure.py OUT --local

OUT/etc holds the configuration, OUT/sounds three sentences in the assistant's own voice, for when
the assistant itself cannot speak. README.md beside this file says where they go.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import jinja2
import typer

from actions.office.facts import load_office
from actions.office.system import load_system
from polish.speech import to_speech
from voice_gateway.errors import HaloError, SetupError
from voice_gateway.secret_values import with_secrets
from voice_gateway.settings import Settings
from voice_gateway.synthesizers.build import build_voice
from voice_gateway.voice_client import write_wav

TEMPLATES = Path(__file__).resolve().parent / "templates"
SENTENCES = ("trouble", "connecting", "nobody_free")  # of nlu_data/system.yml
DEFAULT_TARGET = "informacja"
CALLER, CLERK = "6001", "6002"  # the two phones of --local
TELEPHONE_HZ = 8000
SPEAKING_S = 60.0  # nobody is on the line yet, so a slow machine may take its time


@dataclass(frozen=True)
class Exchange:
    """What the templates need. ``base``: Asterisk's own folder, empty for the system's."""

    gateway_url: str
    audiosocket: str
    user: str
    password: str
    wire: str
    targets: dict[str, str]
    sip_host: str
    sip_port: int
    rtp_from: int
    rtp_to: int
    trunk_host: str
    trunk_user: str
    trunk_password: str
    local: bool
    phone_password: str
    base: str
    modules_dir: str
    sounds: str
    talk_limit_s: int
    ring_s: int
    default_target: str = DEFAULT_TARGET
    number: str = "100"
    audiosocket_number: str = "101"
    accounts: list[str] = field(default_factory=list)

    @property
    def gateway_ws(self) -> str:
        """The gateway's address for a WebSocket."""
        return self.gateway_url.replace("http", "ws", 1)


def targets_of(office: Path, trunk: bool, chosen: dict[str, str], local: bool) -> dict[str, str]:
    """Name -> what Asterisk dials. Raises ``SetupError`` where nobody would answer."""
    targets = {}
    for department in load_office(office).departments:
        name = department.target
        digits = "".join(filter(str.isdigit, department.phone))
        if name in chosen:
            targets[name] = chosen[name]
        elif local:
            targets[name] = f"PJSIP/{CLERK}"
        elif trunk:
            targets[name] = f"PJSIP/{digits}@operator"
        else:
            raise SetupError(
                "setup-asterisk", f"who answers for {name}? --dial {name}=… or --trunk"
            )
    if DEFAULT_TARGET not in targets:
        raise SetupError("setup-asterisk", f"office.yml has no department {DEFAULT_TARGET}")
    return targets


def write_configuration(exchange: Exchange, out: Path) -> None:
    """Fill every template into ``out``/etc. Files hold passwords: readable by their owner only."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - not HTML
    )
    etc = out / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    for template in sorted(TEMPLATES.glob("*.j2")):
        if template.stem == "asterisk.conf" and not exchange.base:
            continue  # the system's own stays
        values = asdict(exchange) | {"gateway_ws": exchange.gateway_ws}
        path = etc / template.stem
        path.touch(mode=0o600)
        path.write_text(environment.get_template(template.name).render(values), encoding="utf-8")
    for folder in ("var", "run", "log") if exchange.base else ():
        (out / folder).mkdir(exist_ok=True)


async def write_sounds(settings: Settings, out: Path) -> None:
    """Speak the sentences for when the assistant cannot. Raises ``VoiceError``."""
    system = load_system(settings.knowledge_dir / "system.yml")
    (out / "sounds").mkdir(parents=True, exist_ok=True)
    voice = build_voice(settings.model_copy(update={"voice_timeout_s": SPEAKING_S}))
    try:
        for name in SENTENCES:
            pcm = await voice.synthesize(to_speech(system[name].spoken), TELEPHONE_HZ)
            write_wav(out / "sounds" / f"{name}.wav", pcm, TELEPHONE_HZ)
    finally:
        await voice.close()


def kept_password(path: Path) -> str:
    """The local phones' password; made once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def configure(
    out: Annotated[Path, typer.Argument(help="Folder to write into.")],
    gateway: Annotated[str, typer.Option(help="The gateway as Asterisk sees it.")] = "",
    audiosocket: Annotated[str, typer.Option(help="HOST:PORT of the gateway's AudioSocket.")] = "",
    wire: Annotated[str, typer.Option(help="websocket, or audiosocket for old versions.")] = (
        "websocket"
    ),
    sip: Annotated[str, typer.Option(help="HOST:PORT that SIP listens on.")] = "",
    rtp: Annotated[str, typer.Option(help="First-last port of sound.")] = "20000-20999",
    trunk: Annotated[str, typer.Option(help="The operator's HOST[:PORT].")] = "",
    trunk_user: Annotated[
        str, typer.Option(help="User name at the operator; password in HALO_TRUNK_PASSWORD.")
    ] = "",
    dial: Annotated[
        list[str] | None, typer.Option(help="TARGET=what Asterisk dials, e.g. PJSIP/200.")
    ] = None,
    local: Annotated[bool, typer.Option(help="Two phones on this machine, for trying.")] = False,
    base: Annotated[
        str, typer.Option(help="OUT as Asterisk sees it, for one beside the system's own.")
    ] = "",
    modules_dir: Annotated[str, typer.Option(help="With --base: Asterisk's modules.")] = (
        "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    ),
    talk_limit_s: Annotated[int, typer.Option(help="Longest talk with the assistant.")] = 1800,
    ring_s: Annotated[int, typer.Option(help="How long a person's phone rings.")] = 30,
) -> None:
    """Write OUT/etc and OUT/sounds."""
    settings = with_secrets(Settings())
    sip_host, _, sip_port = (sip or ("127.0.0.1:5060" if local else "0.0.0.0:5060")).partition(":")
    rtp_from, _, rtp_to = rtp.partition("-")
    chosen = dict(pair.split("=", 1) for pair in dial or ())
    exchange = Exchange(
        gateway_url=gateway or f"http://{settings.host}:{settings.port}",
        audiosocket=audiosocket or f"{settings.audiosocket_host}:{settings.audiosocket_port}",
        user=settings.asterisk_user,
        password=settings.asterisk_password.get_secret_value(),
        wire=wire,
        targets=targets_of(settings.knowledge_dir / "office.yml", bool(trunk), chosen, local),
        sip_host=sip_host,
        sip_port=int(sip_port),
        rtp_from=int(rtp_from),
        rtp_to=int(rtp_to),
        trunk_host=trunk,
        trunk_user=trunk_user,
        trunk_password=os.environ.get("HALO_TRUNK_PASSWORD", ""),
        local=local,
        phone_password=kept_password(out / "phone_password") if local else "",
        accounts=[CALLER, CLERK] if local else [],
        base=base,
        modules_dir=modules_dir,
        sounds=f"{base}/sounds" if base else "halo",
        talk_limit_s=talk_limit_s,
        ring_s=ring_s,
    )
    write_configuration(exchange, out)
    asyncio.run(write_sounds(settings, out))


def main() -> None:
    """Entry point: what is missing is one sentence."""
    try:
        typer.run(configure)
    except HaloError as error:
        raise SystemExit(f"{error} ({error.code})") from error


if __name__ == "__main__":
    main()
