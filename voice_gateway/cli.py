"""The ``halo`` command. Each command is thin; what it does lives in a module of its name."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voice_gateway.errors import HaloError, RequestError
from voice_gateway.settings import Settings

app = typer.Typer(help="Halo Urząd: asystent telefonu i czatu urzędu.", no_args_is_help=True)
models_app = typer.Typer(help="Modele mowy.", no_args_is_help=False)
app.add_typer(models_app, name="models")
staff_app = typer.Typer(help="Konta pracowników.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
console = Console(highlight=False)


@app.command()
def run() -> None:
    """Start everything on this machine; Ctrl-C stops all of it."""
    from voice_gateway.run import run_everything  # noqa: PLC0415 - keeps `halo --help` quick

    raise typer.Exit(asyncio.run(run_everything(Settings(), console)))


@app.command()
def call(
    file: Annotated[Path, typer.Argument(help="WAV, mono, 16 bitów, 8000 lub 16000 Hz.")],
    record: Annotated[Path | None, typer.Option(help="Gdzie zapisać to, co słychać.")] = None,
    url: Annotated[str, typer.Option(help="Adres bramki.")] = "",
) -> None:
    """Play a recording into the assistant as a caller would; print each stage with its time."""
    from voice_gateway.call_command import call_with_file  # noqa: PLC0415 - as above

    settings = Settings()
    address = url or f"ws://{settings.host}:{settings.port}/ws/voice"
    raise typer.Exit(asyncio.run(call_with_file(file, record, address, console)))


@app.command()
def say(text: str, out: Path) -> None:
    """Speak TEXT into the WAV file OUT, at telephone quality."""
    from voice_gateway.speech_commands import say_to_file  # noqa: PLC0415 - as above

    asyncio.run(say_to_file(text, out, Settings()))


@app.command()
def transcribe(file: Path) -> None:
    """Print what the speech model hears in a WAV file."""
    from voice_gateway.speech_commands import transcribe_file  # noqa: PLC0415 - as above

    print(transcribe_file(file, Settings()))


@app.command()
def train() -> None:
    """Train the dialogue model if the questions changed."""
    from voice_gateway.training import train_if_needed  # noqa: PLC0415 - as above

    raise typer.Exit(train_if_needed(Settings(), console))


@app.command()
def doctor() -> None:
    """Say what is missing on this machine and how to get it."""
    from voice_gateway.doctor import render, run_checks  # noqa: PLC0415 - as above

    checks = run_checks(Settings())
    render(checks, console)
    raise typer.Exit(0 if all(check.ok for check in checks if check.needed) else 1)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List the speech and dialogue models on this machine."""
    if context.invoked_subcommand is None:
        from voice_gateway.speech_models import describe_models  # noqa: PLC0415 - as above

        for line in describe_models(Settings()):
            console.print(line)


@models_app.command("fetch")
def fetch() -> None:
    """Fetch the official Polish speech model; the shipped one goes on without it."""
    from voice_gateway.model_fetch import fetch_official  # noqa: PLC0415 - as above

    raise typer.Exit(fetch_official(Settings(), console))


@staff_app.command("list")
def staff_list() -> None:
    """List the accounts with their roles."""
    from voice_gateway.staff_commands import list_accounts  # noqa: PLC0415 - as above

    asyncio.run(list_accounts(Settings(), console))


@staff_app.command("add")
def staff_add(
    login: str,
    name: Annotated[str, typer.Option(help="Imię i nazwisko, jak mają się pokazywać.")],
    role: Annotated[str, typer.Option(help="clerk, editor, approver, analyst albo admin.")],
    department: Annotated[str, typer.Option(help="Id wydziału; puste: wszystkie.")] = "",
) -> None:
    """Make an account and print the link that opens it."""
    from voice_gateway.staff_commands import add_account  # noqa: PLC0415 - as above

    asyncio.run(add_account(Settings(), console, login, name, role, department))


@staff_app.command("change")
def staff_change(
    login: str,
    role: Annotated[str, typer.Option(help="Nowa rola.")] = "",
    lock: Annotated[bool, typer.Option(help="Wyłącz konto.")] = False,
    unlock: Annotated[bool, typer.Option(help="Włącz konto.")] = False,
) -> None:
    """Change the role of an account, lock or unlock it."""
    from voice_gateway.staff_commands import change_account  # noqa: PLC0415 - as above

    asyncio.run(change_account(Settings(), console, login, role, lock=lock, unlock=unlock))


@staff_app.command("link")
def staff_link(
    login: Annotated[str, typer.Argument(help="Czyje hasło; puste: pierwszy administrator.")] = "",
) -> None:
    """Print a link that sets a password once."""
    from voice_gateway.staff_commands import print_link  # noqa: PLC0415 - as above

    asyncio.run(print_link(Settings(), console, login))


@staff_app.command("reset-codes")
def staff_reset_codes(login: str) -> None:
    """Let somebody in without codes from a telephone, which is lost."""
    from voice_gateway.staff_commands import reset_codes  # noqa: PLC0415 - as above

    asyncio.run(reset_codes(Settings(), console, login))


def main() -> None:
    """Entry point: faults that a person can mend are one sentence, not a stack trace."""
    try:
        app()
    except RequestError as error:
        console.print(f"[red]{error.detail_pl}[/red] ({error.code})")
        sys.exit(2)
    except HaloError as error:
        console.print(f"[red]{error}[/red] ({error.code})")
        sys.exit(1)


if __name__ == "__main__":
    main()
