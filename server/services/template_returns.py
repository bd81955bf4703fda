"""Session templates an approver says no to: sent back with a reason, or denied after somebody claimed an approval.

A template that was sent back waits for nobody until its station saves it again.
"""

from dataclasses import replace
from datetime import datetime

from schedules.approval import record_of_template
from schedules.ids import TemplateId
from server.approving_records import Matter, OutsideState
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known_template
from server.services.delegations import require_release
from server.services.inputs import LONGEST_REASON, as_input, require_short
from server.services.schedule import released_for, schedule_of, zones_of_template
from server.services.trail import note, require_newest
from server.values import ApprovalWay, Person, StoredTemplate


def send_back(
    store: Store, clock: Clock, person: Person, template: TemplateId, *, version: int, reason: str
) -> StoredTemplate:
    """Return a session template that waits to who drew it up, with the reason they read.

    Raises:
        NotFound: `template.unknown`.
        NotAllowed: `rights.missing` unless the person approves for the station.
        Unacceptable: `send_back.no_reason` (field `reason`); `approval.nothing_waits`, also for a template that only
            waits for zones it grew by: what sounds stays.
        Stale: `edit.stale`.
    """
    with store.writing() as uow:
        after = returned(uow, clock.now(), person, template, version=version, reason=reason)
        uow.commit()
    return after


def returned(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    template: TemplateId,
    *,
    version: int,
    reason: str,
    way: ApprovalWay = ApprovalWay.DESK,
) -> StoredTemplate:
    """Do what `send_back` does within a transaction, whichever way the approver came.

    Raises:
        NotFound, NotAllowed, Unacceptable, Stale: as `send_back`.
    """
    why = reason.strip()
    if not why:
        raise Unacceptable("send_back.no_reason", "reason")
    require_short(why, "reason", LONGEST_REASON)
    before = known_template(uow, template)
    content = before.template
    delegation = require_release(uow, person, [[content.station]], now)
    require_newest(uow, seen=version, stored=content.version, subject=template, unit=content.station)
    if before.note or released_for(schedule_of(uow), content):
        raise Unacceptable("approval.nothing_waits")
    after = replace(before, note=why, changed_at=now)
    uow.programmes.put_template(after, expected_version=content.version)
    told = {"reason": why, "way": way.value, "delegation": delegation}
    note(uow, now, person, "template.sent_back", subject=template, unit=content.station, **told)
    return after


def denied(uow: UnitOfWork, template: TemplateId, *, records: tuple[str, ...], reason: str, now: datetime) -> None:
    """Take a session template off the air whose approval outside the system was denied; another record stays as it is.

    The record is made another one, so that nothing approved before holds for it again.
    """
    before, schedule = known_template(uow, template), schedule_of(uow)
    content = before.template
    with as_input({}):
        present = record_of_template(content, schedule.programmes)
    if present.hash not in records:
        return
    voided = replace(content, refused=content.refused + 1, version=content.version + 1)
    uow.programmes.put_template(
        replace(before, template=voided, note=reason, changed_at=now), expected_version=content.version
    )
    uow.issue.want(zone.id for zone in zones_of_template(schedule, content))


def denied_before(uow: UnitOfWork, template: TemplateId) -> frozenset[str]:
    """Give the records of a session template that somebody claimed an approval of, which was denied."""
    claims = uow.approving.outside_of(Matter(template, is_template=True))
    return frozenset(record for each in claims if each.state is OutsideState.REFUSED for record in each.records)
