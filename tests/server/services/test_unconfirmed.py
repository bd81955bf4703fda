"""What waits for an approver's word is marked where it is planned, where it was heard, and in digests."""

import pytest

from schedules.ids import ProgrammeId
from server.services import digests, sessions
from server.services import outside_approvals as outside
from server.services.unconfirmed import unconfirmed_records
from tests.server.services.claimed import allows, entered, submitted
from tests.server.services.radio import (
    APPROVER,
    INSPECTOR,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
)


@pytest.fixture
def programme(radio: Radio) -> ProgrammeId:
    radio.release_templates()
    allows(radio)
    return submitted(radio)


def marked(radio: Radio) -> set[str]:
    """Give the titles that the page of the day marks."""
    day = sessions.day_of(radio.store, radio.clock, INSPECTOR, SON_HA)
    return {line.title for each in day.sessions for group in each.groups for line in group.lines if line.unconfirmed}


def test_the_day_marks_what_is_planned_until_its_approver_confirms(radio: Radio, programme: ProgrammeId) -> None:
    title = radio.stored(programme).programme.title
    before = marked(radio)
    made = entered(radio, programme)
    waiting = marked(radio)

    outside.confirm(radio.store, radio.clock, APPROVER, made.id)

    assert (before, waiting, marked(radio)) == (set(), {title}, set())


def test_the_evidence_of_a_play_is_known_by_the_record_it_was_released_by(radio: Radio, programme: ProgrammeId) -> None:
    title = radio.stored(programme).programme.title
    entered(radio, programme)
    radio.issue()

    with radio.store.reading() as uow:
        records = unconfirmed_records(uow)

    assert radio.item(title).approval in records
    assert radio.item("Nhạc hiệu").approval not in records


def test_the_digest_names_it_and_the_unit_above_counts_it(radio: Radio, programme: ProgrammeId) -> None:
    title = radio.stored(programme).programme.title
    entered(radio, programme)
    radio.issue()
    radio.at(local(5))

    digests.make_due(radio.store, radio.clock)

    (own,) = digests.listed(radio.store, INSPECTOR, SON_HA)
    (above,) = digests.listed(radio.store, PROVINCE_APPROVER, QUANG_NGAI)
    assert own.unconfirmed == (title,)
    assert [each.unconfirmed for each in above.stations] == [1]
