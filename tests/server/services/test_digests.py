"""Digests: made when they are due, once, and as cheap to ask for again as to look."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from schedules.times import DAY
from server.errors import NotAllowed, NotFound
from server.readiness_records import Colour, Digest, DigestKind
from server.services import digests
from server.services.digests import KEPT_FOR
from server.services.next_sessions import timetables
from tests.server.services.radio import (
    GATE,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
)

TUESDAY = MONDAY + DAY
HOUR = timedelta(hours=1)


def kinds(radio: Radio) -> list[tuple[DigestKind, object]]:
    with radio.store.reading() as uow:
        found = digests.due(timetables(uow, [SON_HA]), radio.now())
    return [(each.kind, each.session.span.start) for each in found]


def shown(radio: Radio) -> tuple[Digest, ...]:
    return digests.listed(radio.store, INSPECTOR, SON_HA)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (local(5), [(DigestKind.BEFORE, local(5, 30))]),
        (local(5, 29), [(DigestKind.BEFORE, local(5, 30))]),
        (local(5, 30), []),
        (local(16, 29), []),
        (local(16, 30), [(DigestKind.BEFORE, local(17))]),
        (local(19, 59), []),
        (local(20), [(DigestKind.EVENING, local(5, 30, day=TUESDAY))]),
        (local(4, 59, day=TUESDAY), [(DigestKind.EVENING, local(5, 30, day=TUESDAY))]),
        (local(5, day=TUESDAY), [(DigestKind.BEFORE, local(5, 30, day=TUESDAY))]),
    ],
)
def test_a_digest_is_due_in_the_evening_and_half_an_hour_before(
    radio: Radio, now: object, due: list[tuple[DigestKind, object]]
) -> None:
    radio.at(now)  # type: ignore[arg-type]  # an instant

    assert kinds(radio) == due


def test_at_eight_every_loudspeaker_is_judged_for_the_next_morning(radio: Radio) -> None:
    radio.release_templates()
    radio.at(local(20))
    radio.issue()
    radio.speaks(GATE)
    radio.answers(GATE, LANG_MOI)

    assert digests.make_due(radio.store, radio.clock) == 2

    (made,) = shown(radio)
    assert (made.kind, made.session, made.starts) == (DigestKind.EVENING, "Buổi sáng", local(5, 30, day=TUESDAY))
    assert made.counts == {
        Colour.LOCKED: 0,
        Colour.RED: 0,
        Colour.YELLOW: 0,
        Colour.GREY: 2,
        Colour.GREEN: 1,
    }
    assert (made.clusters, [each.name for each in made.lines][-1]) == (6, "Cổng thôn Làng Mới")


def test_the_unit_above_has_its_sums(radio: Radio) -> None:
    radio.at(local(20))
    digests.make_due(radio.store, radio.clock)

    (summary,) = digests.listed(radio.store, PROVINCE_APPROVER, QUANG_NGAI)

    assert (summary.lines, summary.clusters, summary.session) == ((), 6, "")
    assert [(each.name, each.counts[Colour.GREY]) for each in summary.stations] == [("Xã Sơn Hà", 3)]


def test_a_restart_makes_none_twice_and_none_too_few(radio: Radio) -> None:
    radio.at(local(20, 5))
    assert digests.make_due(radio.store, radio.clock) == 2
    first = shown(radio)

    radio.at(local(20, 6))
    assert digests.make_due(radio.store, radio.clock) == 0
    assert shown(radio) == first

    radio.at(local(5, 10, day=TUESDAY))
    assert digests.make_due(radio.store, radio.clock) == 2
    assert [each.kind for each in shown(radio)] == [DigestKind.BEFORE, DigestKind.EVENING]


def test_where_nothing_is_due_nothing_is_written(radio: Radio) -> None:
    radio.at(local(12))
    before = radio.store.commits

    assert digests.make_due(radio.store, radio.clock) == 0
    assert radio.store.commits == before


def test_the_wrong_person_reads_none(radio: Radio) -> None:
    radio.at(local(20))
    digests.make_due(radio.store, radio.clock)
    (made,) = shown(radio)

    assert digests.get(radio.store, INSPECTOR, SON_HA, made.key) == made
    with pytest.raises(NotAllowed):
        digests.listed(radio.store, NEIGHBOUR, SON_HA)
    with pytest.raises(NotAllowed):
        digests.get(radio.store, INSPECTOR, QUANG_NGAI, made.key)
    with pytest.raises(NotFound):
        digests.get(radio.store, INSPECTOR, SON_HA, "before-then")


@dataclass
class Letters:
    """A mail server in memory; `down`: it takes nothing."""

    sent: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)
    down: bool = False

    def write(self, subject: str, words: str, *, to: Sequence[str]) -> None:
        if self.down:
            raise ConnectionRefusedError
        self.sent.append((subject, words, to))


def mails(radio: Radio, letters: Letters) -> None:
    to = {SON_HA: ("dai@sonha.vn",)}
    digests.mail(radio.store, radio.clock, letters, to, lambda digest, unit: (unit, digest.key))


def test_a_digest_is_mailed_once_to_who_gets_it(radio: Radio) -> None:
    radio.at(local(20))
    digests.make_due(radio.store, radio.clock)
    letters = Letters()

    mails(radio, letters)
    mails(radio, letters)

    assert letters.sent == [("Xã Sơn Hà", "evening-2026-11-24", ("dai@sonha.vn",))]
    assert shown(radio)[0].mailed_at == local(20)


def test_a_letter_that_is_not_taken_is_tried_again_and_not_for_ever(radio: Radio) -> None:
    radio.at(local(20))
    digests.make_due(radio.store, radio.clock)
    letters = Letters(down=True)
    mails(radio, letters)
    assert shown(radio)[0].mailed_at is None

    radio.at(local(22, 1))
    letters.down = False
    mails(radio, letters)

    assert letters.sent == []


def test_what_is_older_than_a_year_and_its_report_is_forgotten(radio: Radio) -> None:
    radio.release_templates()
    radio.at(local(20))
    digests.make_due(radio.store, radio.clock)
    (old,) = shown(radio)

    radio.at(old.starts + KEPT_FOR - HOUR / 2)
    digests.make_due(radio.store, radio.clock)
    assert old in shown(radio)
    radio.at(old.starts + KEPT_FOR + DAY - HOUR / 2)
    digests.make_due(radio.store, radio.clock)

    assert old not in shown(radio)
    assert shown(radio)
