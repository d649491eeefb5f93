"""Every setting of the project, in one place. Environment variables ``HALO_…`` or ``.env``.

docs/settings.md lists them all; a test compares that table with this class.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings with their defaults for one machine."""

    model_config = SettingsConfigDict(env_prefix="HALO_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="Address the gateway listens on.")
    port: int = Field(8000, description="Gateway: HTTP and WebSocket.")
    audiosocket_host: str = Field("127.0.0.1", description="Address AudioSocket listens on.")
    audiosocket_port: int = Field(9092, description="AudioSocket; 0 switches it off.")
    rasa_url: str = Field("http://127.0.0.1:5005", description="Where Rasa answers.")
    actions_url: str = Field("http://127.0.0.1:5055", description="Where the actions answer.")
    data_dir: Path = Field(ROOT / "var", description="Database, run-time files, caches.")
    knowledge_dir: Path = Field(ROOT / "nlu_data", description="Topics, acts, office facts.")
    models_dir: Path = Field(ROOT / "models", description="Speech and dialogue models.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in data_dir.")
    speech_model: str = Field(
        "auto", description="Speech model folder, or auto: the official one if fetched."
    )
    max_calls: int = Field(20, description="Calls at once; more go straight to a person.")
    asterisk_user: str = Field("asterisk", description="User name Asterisk signs in with.")
    asterisk_password: SecretStr = Field(
        SecretStr(""), description="Password of /ws/asterisk; empty: made at first start."
    )
    desk_password: SecretStr = Field(
        SecretStr(""), description="Makes the administrator konsultant, for tests; empty: none."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs cookies; empty: made at first start."
    )
    local_sign_in: bool = Field(True, description="Whether a login and password sign in.")
    oidc_issuer: str = Field("", description="The office's OpenID provider; empty: none.")
    oidc_client_id: str = Field("", description="Our name at the provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Our secret there.")
    oidc_scope: str = Field("openid profile email", description="What the provider is asked for.")
    oidc_role_claim: str = Field(
        "groups", description="Claim with somebody's groups; a.b looks inside."
    )
    oidc_roles: str = Field("", description="role=group,role=group; the first that fits counts.")
    oidc_name: str = Field("systemem urzędu", description="What the button calls the provider.")
    dialogue_timeout_s: float = Field(3.0, description="Longest wait for Rasa in one turn.")
    voice_timeout_s: float = Field(3.0, description="Longest wait for one synthesis.")
    voice_workers: int = Field(2, description="Synthesis processes.")
    voice_engine: str = Field("pyttsx3", description="pyttsx3 or espeak (child process).")
    voice_rate_wpm: int = Field(150, description="Speed of the voice, words a minute.")
    end_silence_s: float = Field(0.5, description="Silence that ends a complete sentence.")
    hold_silence_s: float = Field(0.9, description="Silence that ends an unfinished sentence.")
    digits_silence_s: float = Field(1.6, description="Silence that ends dictated digits.")
    barge_in_s: float = Field(0.14, description="Speech that interrupts the assistant.")
    answer_wait_s: float = Field(7.0, description="Silence after which the assistant asks again.")
    max_text_chars: int = Field(1000, description="Longest text of one turn.")
    mail_from: str = Field("", description="Sender of e-mails; empty: the office's address.")
    smtp_url: SecretStr = Field(
        SecretStr(""), description="Mail server, smtp://user:password@host:587; empty: none."
    )
    smsapi_token: SecretStr = Field(SecretStr(""), description="Token of SMSAPI.pl; empty: none.")
    sms_from: str = Field("", description="Sender's name of SMS, as registered at SMSAPI.pl.")
    sms_reply_secret: SecretStr = Field(
        SecretStr(""), description="Secret in the address for residents' SMS; empty: not read."
    )
    imap_url: SecretStr = Field(
        SecretStr(""),
        description="Mailbox of replies, imaps://user:password@host/INBOX; empty: not read.",
    )
    visitors_days: int = Field(
        30, description="Days after a visit that its name, phone and e-mail are kept."
    )
    now: str = Field("", description="Moment (ISO 8601) the actions take for now; for tests.")
    records_days: int = Field(90, description="Days that turn records are kept.")
    public_figures: bool = Field(
        False, description="Whether everybody may see /statystyki and the open data."
    )

    @cached_property
    def db_url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'halo.db'}"
