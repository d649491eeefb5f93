"""The optional second factor: codes of six digits from a telephone (RFC 6238), and spare codes.

The secret is encrypted at rest with a key made from ``HALO_SECRET_KEY``; spare codes are kept as
keyed hashes. Each code signs in once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from staff_console.accounts.deeds import note
from staff_console.accounts.models import RecoveryRow
from voice_gateway.errors import RequestError, SetupError
from voice_gateway.records.database import Database
from voice_gateway.records.models import StaffRow
from voice_gateway.records.staff import find

STEP_S = 30
DRIFT_STEPS = 1  # a telephone's clock may be half a minute off
CODE_DIGITS = 6
SETUP_VALID_S = 15 * 60
SPARE_CODES = 8
SPARE_CHARS = 10  # of 32 letters and digits: 50 bits
SPARE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0, 1: read off paper
ISSUER = "Halo Urząd"
WRONG_PL = "Kod się nie zgadza. Proszę przepisać ten, który widać teraz."


@dataclass(frozen=True, slots=True)
class Offer:
    """A second factor to set up. ``sealed``: the secret, to come back with the first code."""

    sealed: str
    key: str
    picture: str


class SecondFactor:
    """Codes of the accounts."""

    def __init__(
        self, database: Database, secret_key: str, clock: Callable[[], float] = time.time
    ) -> None:
        if not secret_key:
            raise SetupError("setup-secret-key", "HALO_SECRET_KEY is empty")
        self._database = database
        self._box = Fernet(base64.urlsafe_b64encode(_derived(secret_key, b"halo-staff-totp")))
        self._pepper = _derived(secret_key, b"halo-staff-spare-codes")
        self._clock = clock

    def offer(self, login: str) -> Offer:
        """A new secret as a picture for the telephone and as text; nothing is kept yet."""
        secret = pyotp.random_base32()
        sealed = self._box.encrypt(f"{login}\n{secret}".encode()).decode()
        return self._offer(login, secret, sealed)

    def again(self, login: str, sealed: str) -> Offer:
        """The same offer once more. Raises ``RequestError`` staff-form (403)."""
        return self._offer(login, self._opened(login, sealed), sealed)

    def _offer(self, login: str, secret: str, sealed: str) -> Offer:
        address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
        picture = segno.make(address, error="m").svg_inline(
            scale=5, border=4, light="#fff", title="Kod QR do zeskanowania telefonem"
        )
        key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return Offer(sealed, key, picture)

    async def switch_on(self, login: str, sealed: str, code: str) -> list[str]:
        """Keep the secret after its first code; the spare codes, shown once.

        Raises ``RequestError`` staff-code (401), staff-form (403).
        """
        secret = self._opened(login, sealed)
        step = self._step(secret, code, after=0)
        if step is None:
            raise wrong_code()
        spare = [_spare_code() for _ in range(SPARE_CODES)]
        await self._database.call(
            partial(
                _switch_on,
                login=login,
                secret=self._box.encrypt(secret.encode()).decode(),
                step=step,
                hashes=[self._spare_hash(code) for code in spare],
            )
        )
        return spare

    async def is_on(self, login: str) -> bool:
        """Whether signing in asks for a code."""
        return await self._database.call(partial(_is_on, login=login))

    async def spare_left(self, login: str) -> int:
        """How many spare codes were not used."""
        return await self._database.call(partial(_spare_left, login=login))

    async def check(self, login: str, code: str) -> None:
        """Take a code, which is void from then on. Raises ``RequestError`` staff-code (401)."""
        if not await self._database.call(partial(self._check, login=login, code=code)):
            raise wrong_code()

    async def switch_off(self, login: str) -> None:
        """The owner, who gave password and code, wants no codes any more."""
        await self._database.call(partial(switch_off, login=login, who=login))

    def _check(self, session: Session, login: str, code: str) -> bool:
        row = session.scalar(select(StaffRow).where(StaffRow.login == login).with_for_update())
        if row is None or not row.totp_secret:
            return False
        try:
            secret = self._box.decrypt(row.totp_secret.encode()).decode()
        except InvalidToken:  # HALO_SECRET_KEY is another now: only an administrator can help
            secret = ""
        step = self._step(secret, code, after=row.totp_step) if secret else None
        if step is not None:
            row.totp_step = step
            return True
        spare = session.get(RecoveryRow, self._spare_hash(code))
        if spare is None or spare.staff_id != row.id:
            return False
        session.delete(spare)
        note(session, login, "totp_recovered", login)
        return True

    def _step(self, secret: str, code: str, after: int) -> int | None:
        """The half minute whose code this is, if later than ``after``."""
        typed = "".join(code.split())
        if len(typed) != CODE_DIGITS or not typed.isascii():
            return None
        totp, now = pyotp.TOTP(secret), int(self._clock()) // STEP_S
        for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
            if step > after and hmac.compare_digest(totp.generate_otp(step), typed):
                return step
        return None

    def _opened(self, login: str, sealed: str) -> str:
        try:
            words = self._box.decrypt(sealed.encode("utf-8", "replace"), ttl=SETUP_VALID_S)
        except InvalidToken:
            words = b""
        owner, _, secret = words.decode().partition("\n")
        if owner != login or not secret:
            raise RequestError(
                "staff-form", "Formularz wygasł. Proszę spróbować jeszcze raz.", status=403
            )
        return secret

    def _spare_hash(self, code: str) -> str:
        plain = "".join(c for c in code.upper() if c.isalnum())
        return hmac.new(self._pepper, plain.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def wrong_code() -> RequestError:
    """The code is wrong, old or used."""
    return RequestError("staff-code", WRONG_PL, status=401)


def switch_off(session: Session, login: str, who: str) -> None:
    """Remove secret and spare codes; ``who`` does it."""
    row = find(session, login)
    if row is None or not row.totp_secret:
        return
    row.totp_secret = ""
    session.execute(delete(RecoveryRow).where(RecoveryRow.staff_id == row.id))
    note(session, who, "totp_off" if who == login else "totp_reset", login)


def _switch_on(session: Session, login: str, secret: str, step: int, hashes: list[str]) -> None:
    row = find(session, login)
    if row is None:
        return
    row.totp_secret, row.totp_step = secret, step
    session.execute(delete(RecoveryRow).where(RecoveryRow.staff_id == row.id))
    session.add_all(RecoveryRow(code_hash=one, staff_id=row.id) for one in hashes)
    note(session, login, "totp_on", login)


def _is_on(session: Session, login: str) -> bool:
    row = find(session, login)
    return bool(row and row.totp_secret)


def _spare_left(session: Session, login: str) -> int:
    row = find(session, login)
    count = select(func.count()).select_from(RecoveryRow)
    return (session.scalar(count.where(RecoveryRow.staff_id == row.id)) or 0) if row else 0


def _spare_code() -> str:
    letters = "".join(secrets.choice(SPARE_ALPHABET) for _ in range(SPARE_CHARS))
    return f"{letters[:5]}-{letters[5:]}"


def _derived(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
