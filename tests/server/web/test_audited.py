"""A line of the audit trail is a sentence: who, what, where, and its details in words and local time."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from schedules.ids import PersonId, UnitId
from server.services.audit_names import Names
from server.values import AuditLine
from server.web.audited import Telling, audit_sentences, told
from server.web.words import LANGUAGES
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, OFFICER, Account
from tests.server.web.conftest import Visitor
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NAMES = Names(
    people={"lan": "Đinh Thị Lan", "minh": "Phạm Văn Minh"},
    units={"son-ha": "Xã Sơn Hà"},
    zones={"lang-moi": "Làng Mới", "go-sim": "Gò Sim"},
    loudspeakers={"loa-1": "Ngã ba chợ"},
    things={("person", "minh"): "Phạm Văn Minh", ("loudspeaker", "loa-1"): "Ngã ba chợ"},
)


def said(action: str, subject: str = "minh", language: str = "vi", by: str | None = "lan", **details: object) -> str:
    line = AuditLine(
        at=AT,
        by=None if by is None else PersonId(by),
        action=action,
        subject=subject,
        unit=UnitId("son-ha"),
        details=details,
    )
    how = Telling(language=language, zone=HANOI, machine="máy chủ", say=lambda code: f"({code})", spoken=str.upper)
    return told(line, NAMES, how)


def test_it_names_people_places_and_roles() -> None:
    assert said("person.added", login="minh", roles=["approver", "officer"]) == (
        "Đinh Thị Lan mở tài khoản minh tại Xã Sơn Hà cho Phạm Văn Minh, vai trò Lãnh đạo duyệt, Người phụ trách đài."
    )
    assert said("person.closed", language="en") == "Đinh Thị Lan closed the account of Phạm Văn Minh at Xã Sơn Hà."
    assert said("outage.planned", zones=["lang-moi", "go-sim"], since=AT, until=str(AT), reason="").startswith(
        "Đinh Thị Lan ghi mất điện tại Xã Sơn Hà: Làng Mới, Gò Sim, từ 08:00 23/11/2026 đến 08:00 23/11/2026."
    )


def test_what_is_empty_is_left_out_and_what_is_not_known_is_said_to_be_so() -> None:
    until = "2026-11-23T01:30:00+00:00"

    assert said("loudspeaker.locked", "loa-1", minutes=30, until=until, reason="") == (
        "Đinh Thị Lan khoá phát cụm loa Ngã ba chợ trong 30 phút, đến 08:30 23/11/2026."
    )
    assert said("loudspeaker.locked", "loa-1", minutes=30, until=until, reason="Thay loa.").endswith(
        ". Lý do: Thay loa."
    )
    assert said("loudspeaker.locked", "gone") == "Đinh Thị Lan khoá phát cụm loa gone trong … phút."


def test_what_somebody_typed_is_shown_and_never_filled_in_again() -> None:
    typed = "{who} [x] %s <b>"

    assert f"Lý do: {typed}." in said("programme.withdrawn", reason=typed)


def test_what_nobody_did_the_centre_did_and_a_kind_without_a_sentence_is_shown_as_it_is() -> None:
    assert said("person.moved", by=None, before="son-ha", after="?") == (
        "Tài khoản của Phạm Văn Minh chuyển từ Xã Sơn Hà sang ?."
    )
    assert said("person.danced", by=None) == "Tài khoản: person.danced"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(audit_sentences()))
def test_every_kind_is_told_without_any_detail(kind: str, language: str) -> None:
    text = said(kind, language=language)

    assert text.endswith(".")
    assert "[" not in text
    assert "{" not in text


def test_the_page_tells_what_was_done_on_a_morning(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    approves(visit(APPROVER), programme)

    page = visit(ADMINISTRATOR).reads("/units/quang-ngai/audit")

    for sentence in (
        f"Đinh Thị Lan soạn bài “{TITLE}” tại Xã Sơn Hà.",
        f"Đinh Thị Lan trình duyệt bài “{TITLE}” tại Xã Sơn Hà.",
        f"Phạm Văn Minh duyệt bài “{TITLE}” tại Xã Sơn Hà, phát tại Gò Sim, Làng Mới.",
        f"Âm thanh tiếng Việt của Đinh Thị Lan được đưa vào bài “{TITLE}”.",
        f"Đinh Thị Lan đặt lịch cho bài “{TITLE}”.",
        "Quản trị hệ thống nhập đúng tên đăng nhập và mật khẩu.",
    ):
        assert sentence in page
