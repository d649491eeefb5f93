"""What a person may write into the settings of replies, and what is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from visits.build import mail_reader, message_settings, reply_channels
from visits.inbound_imap import ImapAddress
from visits.senders.build import MessageSettings, build_senders
from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings

IMAP = "imaps://wizyty%40nadmorzyn.example:ha%3As%C5%82o@mail.nadmorzyn.example/Odpowiedzi"


def settings(**values: str) -> Settings:
    return Settings(_env_file=None, **{name: SecretStr(value) for name, value in values.items()})


def test_the_address_of_a_mailbox_is_read() -> None:
    assert ImapAddress.of(IMAP) == ImapAddress(
        "imaps",
        "mail.nadmorzyn.example",
        993,
        "wizyty@nadmorzyn.example",
        "ha:sło",
        "Odpowiedzi",
    )
    plain = ImapAddress.of("imap+plain://a:b@localhost:1143")
    assert (plain.port, plain.folder) == (1143, "INBOX")
    assert ImapAddress.of("imap://a:b@localhost/").port == 143
    assert "ha:sło" not in repr(ImapAddress.of(IMAP))
    assert "wizyty" not in repr(ImapAddress.of(IMAP))


@pytest.mark.parametrize(
    "url",
    ["mail.example", "https://a:b@x", "imaps://", "imaps://x.example", "imaps://a:b@x:port/INBOX"],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="HALO_IMAP_URL"):
        ImapAddress.of(url)


def test_replies_are_off_until_they_are_set_up() -> None:
    assert reply_channels(settings()) == frozenset()
    assert reply_channels(settings(imap_url=IMAP)) == {"email"}
    assert reply_channels(settings(sms_reply_secret="x" * 16)) == {"sms"}
    assert message_settings(settings(imap_url=IMAP)).replies == {"email"}
    with pytest.raises(SetupError, match="16 signs"):
        reply_channels(settings(sms_reply_secret="short"))
    assert mail_reader(settings(), None, None) is None  # type: ignore[arg-type]  # not asked


@pytest.mark.parametrize(
    ("channel", "sender"), [("email", {"smsapi_token": "t"}), ("sms", {"smtp_url": "smtp://x"})]
)
def test_replies_without_a_sender_to_confirm_them_are_refused(
    channel: str, sender: dict[str, str], tmp_path: Path
) -> None:
    secret = {name: SecretStr(value) for name, value in sender.items()}
    wanted = MessageSettings(
        tmp_path,
        "a@b.example",
        replies=frozenset({channel}),  # type: ignore[arg-type]  # a literal's type
        **secret,  # type: ignore[arg-type]  # two fields of one type
    )
    with pytest.raises(SetupError, match="needs HALO_SMTP_URL"):
        build_senders(wanted)
    both = MessageSettings(tmp_path, "a@b.example", replies=frozenset({"sms", "email"}))
    assert set(build_senders(both)) == {"sms", "email"}  # the spool takes both
