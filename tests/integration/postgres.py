"""A private PostgreSQL for tests: own folder, own free port, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

INSTALLED = Path("/usr/lib/postgresql")
INSTALL = [
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    "-o",
    "DPkg::Lock::Timeout=120",
    "postgresql",
]
DATABASES = count(1)


class NoPostgresError(Exception):
    """This machine cannot run PostgreSQL; the text says why."""


def programs() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``, installed from Debian when missing."""
    if not shutil.which("runuser"):
        raise NoPostgresError("needs root and runuser, because PostgreSQL refuses to run as root")
    if not list(INSTALLED.glob("*/bin/initdb")) and shutil.which("apt-get"):
        subprocess.run(INSTALL, capture_output=True, timeout=300, check=False)
    found = sorted(INSTALLED.glob("*/bin/initdb"))
    if not found:
        raise NoPostgresError("the Debian package postgresql cannot be installed here")
    return found[-1].parent


def as_postgres(*command: object) -> None:
    """Run as the user ``postgres``; raises ``NoPostgresError`` when it fails."""
    words = ["runuser", "-u", "postgres", "--", *map(str, command)]
    try:
        subprocess.run(words, capture_output=True, timeout=120, check=True, cwd="/")
    except (subprocess.SubprocessError, OSError) as error:
        raise NoPostgresError(f"{Path(str(command[0])).name} failed: {error}") from error


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a server that runs meanwhile, without a database name."""
    bin_folder = programs()
    folder = Path(tempfile.mkdtemp(prefix="halo-postgres-"))
    try:
        shutil.chown(folder, "postgres")
        data, port = folder / "data", free_port()
        as_postgres(bin_folder / "initdb", "-D", data, "-U", "halo", "-A", "trust", "-E", "UTF8")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = bin_folder / "pg_ctl"
        as_postgres(control, "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://halo@127.0.0.1:{port}"
        finally:
            as_postgres(control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """The address of a new empty database."""
    name = f"halo_{next(DATABASES)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
