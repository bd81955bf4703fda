"""Programmes that wait, and approvals outside the system entered for them."""

from dataclasses import replace
from datetime import timedelta

from schedules.ids import ProgrammeId, ZoneId
from schedules.programme import Level
from server.approving_records import Matter, Means, OutsideApproval
from server.services import issuing
from server.services import outside_approvals as outside
from server.services.outside_approvals import Claim
from server.values import Person
from tests.fakes.sealing import FakeSealing
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    GO_SIM,
    LANG_MOI,
    OFFICER,
    Radio,
    in_notices,
)

ARTICLE = "Điều 7 khoản 2"
PHOTO = b"\xff\xd8\xff\xe0 a signed paper"


def allows(radio: Radio, article: str = ARTICLE) -> None:
    """Let the regulations of the stations have the article."""
    with radio.store.writing() as uow:
        for each in uow.places.regulations():
            uow.places.put_regulation(replace(each, outside_approval=article))
        uow.commit()


def submitted(radio: Radio, *, by: Person = OFFICER, wish: object = None, level: Level = Level.ORDINARY) -> ProgrammeId:
    programme = radio.writes(by=by, level=level)
    radio.records(programme, by=by)
    radio.books(programme, wish or in_notices(), by=by)  # type: ignore[arg-type]  # a wish
    radio.submits(programme, by=by)
    return programme


def claim(radio: Radio, **changes: object) -> Claim:
    made = Claim(
        approver=APPROVER.id,
        approved_at=radio.now() - timedelta(hours=2),
        means=Means.PAPER,
        document="15/UBND",
        paper=PHOTO,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def entered(radio: Radio, programme: ProgrammeId, *, by: Person = OFFICER, **changes: object) -> OutsideApproval:
    return outside.enter(radio.store, radio.clock, by, Matter(programme), claim=claim(radio, **changes))


def planned_at(radio: Radio, programme: ProgrammeId) -> set[ZoneId]:
    issuing.issue_wanted(radio.store, radio.clock, FakeSealing())
    with radio.store.reading() as uow:
        issued = [uow.issue.issued(zone) for zone in (LANG_MOI, GO_SIM, DONG_BANG)]
    return {
        each.rundown.zone
        for each in issued
        if each is not None and any(item.programme == programme for item in each.rundown.items)
    }
