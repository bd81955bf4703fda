"""What differs from the version that was approved last."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.ids import ProgrammeId
from schedules.times import DAY
from server.errors import NotAllowed
from server.services import booking, comparison, outside_approvals, programmes
from server.services.comparison import Compared, Mark, words_compared
from server.services.drafts import Draft
from tests.server.services.claimed import allows, entered, submitted
from tests.server.services.radio import APPROVER, NEIGHBOUR, OFFICER, Radio, in_notices

TEXT = "Kính thưa bà con, điện lực tạm ngừng cấp điện từ 7 giờ."


def approved(radio: Radio) -> ProgrammeId:
    programme = radio.writes(texts={"vi": TEXT})
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    radio.approves(programme)
    return programme


def seen(radio: Radio, programme: ProgrammeId) -> Compared:
    found = comparison.compared(radio.store, APPROVER, programme)
    assert found is not None
    return found


def edits(radio: Radio, programme: ProgrammeId, **changes: object) -> None:
    stored = radio.stored(programme)
    draft = Draft(title=stored.programme.title, kind=stored.programme.kind, texts=dict(stored.texts))
    changed = replace(draft, **changes)  # type: ignore[arg-type]  # fields by name
    version = stored.programme.version
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=changed, version=version)


def test_what_was_never_approved_is_compared_with_nothing(radio: Radio) -> None:
    assert comparison.compared(radio.store, APPROVER, radio.writes()) is None


def test_the_same_version_differs_in_nothing(radio: Radio) -> None:
    found = seen(radio, approved(radio))

    assert (found.title, found.sounds, found.facts, found.slots, found.new_slots) == ("", {}, (), (), 0)
    assert not found.rewritten
    assert found.by == APPROVER.name


def test_every_word_that_came_or_went_is_marked(radio: Radio) -> None:
    programme = approved(radio)

    edits(radio, programme, title="Tên khác", texts={"vi": TEXT.replace("7 giờ", "8 giờ")})

    found = seen(radio, programme)
    assert found.title == "Tạm ngừng cấp điện"
    assert found.texts is not None
    changed = [(run.mark, run.text.strip()) for run in found.texts["vi"] if run.mark is not Mark.SAME]
    assert changed == [(Mark.REMOVED, "7"), (Mark.ADDED, "8")]


def test_another_sound_a_new_one_and_other_facts_are_told(radio: Radio) -> None:
    programme = approved(radio)
    edits(radio, programme, times_read=3)

    radio.records(programme, lasts=timedelta(seconds=71))
    radio.records(programme, language="hre")

    found = seen(radio, programme)
    assert found.sounds == {"vi": Mark.OTHER, "hre": Mark.ADDED}
    assert found.facts == ("times_read",)


def test_another_time_and_a_slot_more_are_told(radio: Radio) -> None:
    programme = approved(radio)
    with radio.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
    longer = replace(in_notices(), last_day=in_notices().last_day + DAY)
    booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=longer, version=slot.slot.version)

    radio.books(programme, in_notices())

    found = seen(radio, programme)
    assert [(each.times, each.handling, each.added, each.removed) for each in found.slots] == [(True, False, (), ())]
    assert found.new_slots == 1


@pytest.mark.parametrize("answer", [None, "refused"])
def test_what_somebody_only_claims_an_approver_released_is_compared_with_nothing(
    radio: Radio, answer: str | None
) -> None:
    allows(radio)
    programme = submitted(radio)
    made = entered(radio, programme)
    if answer:
        outside_approvals.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt")

    assert comparison.compared(radio.store, APPROVER, programme) is None


def test_what_an_approver_confirmed_is_theirs(radio: Radio) -> None:
    allows(radio)
    programme = submitted(radio)

    outside_approvals.confirm(radio.store, radio.clock, APPROVER, entered(radio, programme).id)

    assert seen(radio, programme).by == APPROVER.name


def test_who_has_no_role_there_compares_nothing(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        comparison.compared(radio.store, NEIGHBOUR, approved(radio))


def test_the_two_forms_of_unicode_are_one_word() -> None:
    runs = words_compared(unicodedata.normalize("NFD", TEXT), unicodedata.normalize("NFC", TEXT))

    assert {run.mark for run in runs} == {Mark.SAME}


WORDS = st.lists(st.sampled_from(["điện", "nước", "bà", "con", "giờ"]), max_size=12).map(" ".join)


@given(before=WORDS, after=WORDS)
def test_the_marks_give_both_texts_back(before: str, after: str) -> None:
    runs = words_compared(before, after)

    old = "".join(f"{run.text} " for run in runs if run.mark is not Mark.ADDED).split()
    new = "".join(f"{run.text} " for run in runs if run.mark is not Mark.REMOVED).split()
    assert (old, new) == (before.split(), after.split())
