"""What approvers sent back and nobody has put right yet."""

from dataclasses import replace
from datetime import timedelta

from schedules.ids import ProgrammeId
from server.services import programmes
from server.services.sent_back import REMEMBERED, SentBack, sent_back
from server.values import Person
from tests.server.services.radio import APPROVER, INSPECTOR, MONDAY, NEIGHBOUR, OFFICER, SON_HA, Radio, in_notices


def returned(radio: Radio, reason: str = "Sai ngày") -> ProgrammeId:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    version = radio.stored(programme).programme.version
    programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason=reason)
    return programme


def told(radio: Radio, person: Person = OFFICER) -> tuple[SentBack, ...]:
    return sent_back(radio.store, radio.clock, person, SON_HA)


def test_a_programme_sent_back_is_told_with_its_reason_until_it_is_submitted_again(radio: Radio) -> None:
    programme = returned(radio)
    before = told(radio)

    radio.submits(programme)

    assert [(each.programme, each.reason) for each in before] == [(programme, "Sai ngày")]
    assert told(radio) == ()


def test_only_who_may_change_it_is_told(radio: Radio) -> None:
    returned(radio)

    assert [told(radio, each) for each in (APPROVER, INSPECTOR, NEIGHBOUR)] == [(), (), ()]


def test_the_last_comes_first_and_what_nobody_took_up_again_is_forgotten(radio: Radio) -> None:
    first = returned(radio)
    radio.clock.advance(timedelta(hours=1))
    second = returned(radio)
    both = told(radio)

    radio.clock.advance(REMEMBERED - timedelta(minutes=30))

    assert [each.programme for each in both] == [second, first]
    assert [each.programme for each in told(radio)] == [second]


def test_a_session_template_is_told_while_it_runs(radio: Radio) -> None:
    (stored, *_) = radio.store.kept.templates.values()
    ends = {"not yet": MONDAY + timedelta(days=1), "over": MONDAY}  # Monday has come there, in UTC it is Sunday

    def with_end(until: str | None) -> list[str]:
        template = replace(stored.template, valid_to=None if until is None else ends[until])
        radio.store.kept.templates[template.id] = replace(stored, template=template, note="Dài quá")
        return [each.reason for each in told(radio)]

    assert [with_end(each) for each in (None, "not yet", "over")] == [["Dài quá"], ["Dài quá"], []]
