"""A private IMAP server (Debian's Dovecot) for tests: own folder, own port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.postgres import free_port

USER, PASSWORD = "wizyty@nadmorzyn.example", "tajne:hasło"
START_S = 20.0
CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = halo-test-{port}
log_path = {folder}/log
ssl = yes
ssl_cert = <{folder}/certificate
ssl_key = <{folder}/key
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1".split()


@dataclass(frozen=True)
class ImapServer:
    """Where it listens: without TLS (and with STARTTLS), with TLS; and the certificate it shows."""

    port: int
    tls_port: int
    certificate: str


class NoImapError(Exception):
    """This machine cannot run Dovecot; the text says why."""


def program() -> str:
    """Dovecot 2.3, which ``scripts/setup.sh test`` installs. Its version 2.4 (Debian 13) is
    configured in another language, which was not tried here."""
    if os.geteuid() != 0:
        raise NoImapError("needs root, because Dovecot changes its users")
    found = shutil.which("dovecot", path="/usr/sbin:/usr/bin")
    if not found:
        raise NoImapError("the Debian package dovecot-imapd is not installed")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    if not version.stdout.startswith("2.3."):
        raise NoImapError(f"this is Dovecot {version.stdout.split()[0]}, the test knows 2.3")
    return found


@contextmanager
def running_imap() -> Iterator[ImapServer]:
    """A server that runs meanwhile; ``USER`` and ``PASSWORD`` sign in."""
    dovecot = program()
    folder = Path(tempfile.mkdtemp(prefix="halo-imap-"))
    folder.chmod(0o755)  # Dovecot's own users look into it
    port, tls_port = free_port(), free_port()
    files = ["-keyout", folder / "key", "-out", folder / "certificate"]
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*CERTIFICATE, *name, *files], capture_output=True, check=True)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "dovecot", "dovecot")
    values = {
        "folder": folder,
        "port": port,
        "tls_port": tls_port,
        "user": "dovecot",
        "group": "dovecot",
    }
    values |= {"uid": "dovecot", "gid": "dovecot", "password": PASSWORD}
    configuration = folder / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(**values), encoding="utf-8")
    process = subprocess.Popen([dovecot, "-F", "-c", str(configuration)], stderr=subprocess.PIPE)
    try:
        _wait(process, port, folder / "log")
        yield ImapServer(port, tls_port, str(folder / "certificate"))
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.05)
    words = log.read_text("utf-8", "replace")[-500:] if log.exists() else ""
    raise NoImapError(f"Dovecot does not start: {words}")
