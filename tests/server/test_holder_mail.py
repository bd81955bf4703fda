"""A change of an account as its holder's mail reads, and as an SMTP server gets it."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.holder_mail import words_of
from server.mail import SmtpMail
from server.services import emergency_rights, told
from server.services.audit_names import Names
from server.values import AuditLine
from tests.server.services.conftest import radio
from tests.server.services.radio import ADMINISTRATOR, DAWN, OFFICER, SON_HA, Radio
from tests.server.test_mail import outside, serving

__all__ = ["radio"]

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NAMES = Names(
    people={ADMINISTRATOR.id: "Quản trị"},
    units={SON_HA: "Xã Sơn Hà"},
    zones={},
    loudspeakers={},
    things={("person", OFFICER.id): "Lan", ("emergency_right", OFFICER.id): "Lan"},
)
CHANGED = AuditLine(
    at=DAWN,
    by=ADMINISTRATOR.id,
    action="person.changed",
    subject=OFFICER.id,
    unit=SON_HA,
    details={"before": {"roles": ["officer"]}, "after": {"roles": ["editor", "officer"]}},
)


@pytest.mark.parametrize(
    ("language", "subject", "roles", "call"),
    [
        ("vi", "có thay đổi", "người phụ trách đài → biên tập viên, người phụ trách đài", "hãy gọi ngay"),
        ("en", "something was changed", "commune officer → editor, commune officer", "call an administrator at once"),
        ("hre", "có thay đổi", "→", "hãy gọi ngay"),
    ],
)
def test_it_names_what_was_changed_by_whom_in_the_holders_language(
    language: str, subject: str, roles: str, call: str
) -> None:
    about, text = words_of(CHANGED, NAMES, replace(OFFICER, language=language), HANOI)

    assert subject in about
    assert OFFICER.login in about
    assert "Quản trị" in text
    assert "Xã Sơn Hà" in text
    assert roles in text.lower()
    assert call in text
    assert "http" not in text


def test_it_arrives_and_a_server_that_refuses_gets_it_again(radio: Radio, tmp_path: Path) -> None:
    emergency_rights.give(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)
    words, to = partial(words_of, zone=HANOI), {OFFICER.login: ("lan@xa.vn",)}

    with serving(refuses=True) as server:
        post = SmtpMail(outside(server, tmp_path))
        assert told.mail(radio.store, radio.clock, post, to, words) == 0
        server.refuses = False
        assert told.mail(radio.store, radio.clock, post, to, words) == 1

    message = message_from_bytes(server.taken, EmailMessage, policy=default)
    assert message["To"] == "lan@xa.vn"
    assert "quyền phát khẩn cấp" in message.get_content()
