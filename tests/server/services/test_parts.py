"""The parts of a programme one by one."""

import unicodedata

import pytest

from schedules.ids import PartId, ProgrammeId
from schedules.part import Genre, Part
from schedules.programme import State
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import comparison, parts, programmes
from server.services.comparison import Mark
from server.services.drafts import Draft, PartDraft
from server.values import Person
from tests.server.services.radio import APPROVER, BOTH, INSPECTOR, NEIGHBOUR, OFFICER, Radio, in_notices

MEETING = PartDraft(genre=Genre.NEWS, title="Họp thôn", authors=("Đinh Thị Lan",))
VACCINES = PartDraft(genre=Genre.REPORTAGE, title="Tiêm chủng", authors=("Lan", "Minh"), reader="Hoa")


def adds(radio: Radio, programme: ProgrammeId, draft: PartDraft = MEETING, by: Person = OFFICER) -> Part:
    return parts.add(radio.store, radio.clock, by, programme, draft=draft).programme.parts[-1]


def titles(radio: Radio, programme: ProgrammeId) -> list[str]:
    return [part.title for part in radio.stored(programme).programme.parts]


@pytest.fixture
def bulletin(radio: Radio) -> ProgrammeId:
    """A bulletin of three parts."""
    programme = radio.writes("Bản tin")
    for title in ("một", "hai", "ba"):
        adds(radio, programme, PartDraft(genre=Genre.NEWS, title=title))
    return programme


def test_a_part_is_added_at_the_end_and_noted(radio: Radio, bulletin: ProgrammeId) -> None:
    adds(radio, bulletin, VACCINES)

    assert titles(radio, bulletin) == ["một", "hai", "ba", "Tiêm chủng"]
    assert radio.stored(bulletin).programme.parts[-1].authors == ("Lan", "Minh")
    assert radio.actions()[-1] == "programme.parts_edited"


def test_names_are_kept_in_one_form_of_unicode_without_empty_ones(radio: Radio, bulletin: ProgrammeId) -> None:
    decomposed = unicodedata.normalize("NFD", "Đỗ Thị  Huyền")

    part = adds(radio, bulletin, PartDraft(genre=Genre.NEWS, title=decomposed, authors=(decomposed, " ")))

    assert (part.title, part.authors) == ("Đỗ Thị Huyền", ("Đỗ Thị Huyền",))


@pytest.mark.parametrize(
    ("which", "up", "order"),
    [
        (0, True, "một hai ba"),
        (1, True, "hai một ba"),
        (2, True, "một ba hai"),
        (0, False, "hai một ba"),
        (1, False, "một ba hai"),
        (2, False, "một hai ba"),
    ],
)
def test_a_part_changes_places_with_its_neighbour(
    radio: Radio, bulletin: ProgrammeId, which: int, up: bool, order: str
) -> None:
    part = radio.stored(bulletin).programme.parts[which].id

    parts.move(radio.store, radio.clock, OFFICER, bulletin, part, up=up)

    assert titles(radio, bulletin) == order.split()


def test_a_changed_part_keeps_its_place_and_its_id(radio: Radio, bulletin: ProgrammeId) -> None:
    before = radio.stored(bulletin).programme

    parts.change(
        radio.store, radio.clock, OFFICER, bulletin, before.parts[1].id, draft=VACCINES, version=before.version
    )

    assert titles(radio, bulletin) == ["một", "Tiêm chủng", "ba"]
    assert [each.id for each in radio.stored(bulletin).programme.parts] == [each.id for each in before.parts]


def test_who_did_not_see_the_newest_version_changes_no_part(radio: Radio, bulletin: ProgrammeId) -> None:
    before = radio.stored(bulletin).programme
    adds(radio, bulletin)

    with pytest.raises(Stale):
        parts.change(
            radio.store, radio.clock, OFFICER, bulletin, before.parts[1].id, draft=VACCINES, version=before.version
        )

    assert titles(radio, bulletin) == ["một", "hai", "ba", "Họp thôn"]


def test_a_part_is_taken_out_once(radio: Radio, bulletin: ProgrammeId) -> None:
    part = radio.stored(bulletin).programme.parts[0].id

    for _ in range(2):
        parts.remove(radio.store, radio.clock, OFFICER, bulletin, part)

    assert titles(radio, bulletin) == ["hai", "ba"]
    with pytest.raises(NotFound):
        parts.move(radio.store, radio.clock, OFFICER, bulletin, part, up=True)


@pytest.mark.parametrize("by", [INSPECTOR, APPROVER, NEIGHBOUR], ids=lambda person: person.id)
def test_only_who_writes_there_edits_parts(radio: Radio, bulletin: ProgrammeId, by: Person) -> None:
    part = radio.stored(bulletin).programme.parts[0].id

    with pytest.raises(NotAllowed):
        adds(radio, bulletin, by=by)
    with pytest.raises(NotAllowed):
        parts.move(radio.store, radio.clock, by, bulletin, part, up=False)
    with pytest.raises(NotAllowed):
        parts.remove(radio.store, radio.clock, by, bulletin, part)
    with pytest.raises(NotAllowed):
        parts.change(radio.store, radio.clock, by, bulletin, part, draft=VACCINES, version=4)

    assert titles(radio, bulletin) == ["một", "hai", "ba"]


def test_a_bad_part_names_its_field_and_leaves_nothing(radio: Radio, bulletin: ProgrammeId) -> None:
    with pytest.raises(Unacceptable) as refused:
        adds(radio, bulletin, PartDraft(genre=Genre.NEWS, title="đ" * 10_000))

    assert (refused.value.code, refused.value.field) == ("part.title", "title")
    assert len(titles(radio, bulletin)) == 3


def test_too_many_parts_are_refused(radio: Radio, bulletin: ProgrammeId) -> None:
    for number in range(37):
        adds(radio, bulletin, PartDraft(genre=Genre.NEWS, title=str(number)))

    with pytest.raises(Unacceptable) as refused:
        adds(radio, bulletin)

    assert refused.value.code == "part.too_many"


def test_an_edited_part_voids_the_approval_and_the_approver_sees_what_changed(radio: Radio) -> None:
    programme = radio.airs(parts=(MEETING, VACCINES))
    first, second = radio.stored(programme).programme.parts
    assert radio.stored(programme).programme.state is State.APPROVED

    adds(radio, programme, PartDraft(genre=Genre.NOTICE, title="Mới"))
    parts.move(radio.store, radio.clock, OFFICER, programme, second.id, up=True)
    other = PartDraft(genre=Genre.NEWS, title="Họp xã")
    version = radio.stored(programme).programme.version
    parts.change(radio.store, radio.clock, OFFICER, programme, first.id, draft=other, version=version)

    assert radio.stored(programme).programme.state is State.DRAFT
    found = comparison.compared(radio.store, APPROVER, programme)
    assert found is not None
    assert [(each.mark, each.part.title) for each in found.parts] == [(Mark.OTHER, "Họp xã"), (Mark.ADDED, "Mới")]
    assert found.reordered

    parts.remove(radio.store, radio.clock, OFFICER, programme, second.id)
    found = comparison.compared(radio.store, APPROVER, programme)
    assert found is not None
    assert (found.parts[-1].mark, found.parts[-1].part.title) == (Mark.REMOVED, "Tiêm chủng")
    assert not found.reordered


def test_the_form_of_the_programme_leaves_its_parts_alone(radio: Radio, bulletin: ProgrammeId) -> None:
    before = radio.stored(bulletin).programme

    programmes.edit(
        radio.store,
        radio.clock,
        OFFICER,
        bulletin,
        draft=Draft(title="Bản tin sáng", kind=before.kind),
        version=before.version,
    )

    assert radio.stored(bulletin).programme.parts == before.parts


def test_parts_given_whole_keep_the_ids_the_programme_knows_and_no_other(radio: Radio, bulletin: ProgrammeId) -> None:
    before = radio.stored(bulletin).programme
    given = (
        PartDraft(id=before.parts[2].id, genre=Genre.NEWS, title="ba"),
        PartDraft(id=PartId("of another programme"), genre=Genre.NEWS, title="bốn"),
    )

    programmes.edit(
        radio.store,
        radio.clock,
        OFFICER,
        bulletin,
        draft=Draft(title="Bản tin", kind=before.kind, parts=given),
        version=before.version,
    )

    third, fourth = radio.stored(bulletin).programme.parts
    assert third == before.parts[2]
    assert fourth.id != "of another programme"


@pytest.mark.parametrize(
    "text", ["TIEM chung", "hoa", "minh", unicodedata.normalize("NFD", "tiêm chủng"), "and approver"]
)
def test_a_programme_is_found_by_its_parts_their_authors_and_who_wrote_it(radio: Radio, text: str) -> None:
    programme = radio.writes("Bản tin", by=BOTH, parts=(VACCINES,))

    found = programmes.listed(radio.store, OFFICER, text=text)

    assert [each.programme.id for each in found] == [programme]


def test_a_bulletin_with_parts_is_heard_like_any_other(radio: Radio) -> None:
    programme = radio.writes("Bản tin", parts=(MEETING,))
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)

    assert radio.approves(programme).programme.state is State.APPROVED
