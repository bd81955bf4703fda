"""A commune in which everything has happened once, so that no page of it is empty."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.ids import EmergencyTemplateId, LoudspeakerId, PersonId, ProgrammeId, UnitId
from schedules.part import Genre
from schedules.programme import Kind
from schedules.times import DAY, Span, local_instant
from schedules.wire.command import What
from server.approving_records import Matter
from server.audio import write_tune
from server.fault_records import FaultKind, FaultOutcome
from server.services import (
    alarms,
    approval_links,
    approvals,
    approver_pins,
    booking,
    campaigns,
    commands,
    contribution_desk,
    contributions,
    digests,
    emergencies,
    emergency_rights,
    emergency_texts,
    enrolment,
    faults,
    grants,
    groups,
    issuing,
    log,
    outages,
    programmes,
    silence,
    succession,
    succession_proposals,
    takes,
)
from server.services.campaigns import CampaignDraft, GoalWish
from server.services.drafts import PartDraft
from server.services.emergency_texts import TextWanted
from server.values import Merge, Person, Role, TakeOrigin
from tests.browser.evidence import speak_up
from tests.browser.site import Site
from tests.fakes.sealing import FakeSealing
from tests.server.services.device import trust_list
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    EVENING,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MORNING,
    MORNING_NOTICES,
    OFFICER,
    PASSWORD,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Account,
    admit,
    open_sessions,
    settle,
)

TODAY = date(2026, 11, 23)
PROVINCE, TIME = UnitId("quang-ngai"), ZoneInfo("Asia/Ho_Chi_Minh")
EVERYBODY = Account("tat-ca", "Nguyễn Thị Tất Cả", frozenset(Role), PROVINCE)
"""Somebody with every role, before whom no part of a page is hidden."""
HORN = LoudspeakerId("loa-1")
HOUR = timedelta(hours=1)


def found(site: Site) -> None:
    """Give an empty site the commune of the tests, with the sound of its sessions."""
    settle(site.store, site.hashing)
    tune = site.uploads / "tune.wav"
    write_tune(tune, seconds=5)
    prepared = site.preparation.prepare(tune, limit=site.longest, progress=lambda _: None, cancelled=lambda: False)
    open_sessions(site.store, prepared.recording)


def furnish(site: Site) -> Mapping[str, str]:
    """Let it all happen until 05:32, two minutes into the morning; give ids by their names in addresses."""
    admit(site.store, EVERYBODY)
    _allow_outside(site)
    made = {
        "station_id": SON_HA,
        "unit_id": PROVINCE,
        "template": MORNING,
        "place": MORNING_NOTICES,
        "changed_template": _changed_template(site),
        "loudspeaker": HORN,
        "zone": LANG_MOI,
        "old": SON_LINH,
        "account": OFFICER.login,
        "contribution": _handed_in(site),
        **_programmes(site),
        **_units(site),
    }
    _plans(site)
    _places(site)
    text = _ready_for_an_emergency(site)
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    site.clock.advance(timedelta(minutes=65))
    digests.make_due(site.store, site.clock)
    site.clock.advance(timedelta(minutes=27))
    speak_up(site.store, site.clock.now(), away=frozenset({LoudspeakerId("loa-3")}), ill={HORN: "device.rebooted"})
    alarms.watch(site.store, site.clock)
    with site.store.writing() as uow:
        uow.issue.add_trust_list(1, trust_list(FakeSealing()))
        uow.commit()
    technician = person(site, TECHNICIAN)
    commands.give(site.store, site.clock, technician, [HORN], commands.Wish(what=What.RESYNC))
    enrolment.open_code(site.store, site.clock, technician, LoudspeakerId("loa-2"))
    fault = _faults(site)
    silence.order(site.store, site.clock, person(site, OFFICER), zone=GO_SIM, reason="Nhà có tang")
    emergencies.issue(
        site.store,
        site.clock,
        person(site, OFFICER),
        template=EmergencyTemplateId(text),
        units=frozenset({SON_HA}),
        ends_at=site.clock.now() + HOUR,
    )
    shown = digests.listed(site.store, person(site, INSPECTOR), SON_HA)
    now = site.clock.now()
    heard = log.verdicts(site.store, site.clock, person(site, OFFICER), SON_HA, span=Span(now - HOUR, now))
    occurrence = next(row.occurrence for row in heard.rows if row.loudspeaker.id == HORN and row.item)
    return {
        **made,
        "key": shown[0].key,
        "occurrence": occurrence,
        "fault": fault,
        "text": text,
        "token": _link(site, made["programme"]),
    }


def person(site: Site, account: Account) -> Person:
    """Give somebody of the commune."""
    with site.store.reading() as uow:
        found = uow.people.get(PersonId(account.login))
    assert found
    return found


def _allow_outside(site: Site) -> None:
    """Let the regulation have an article for approvals outside the system."""
    with site.store.writing() as uow:
        for each in uow.places.regulations(stations=[SON_HA]):
            uow.places.put_regulation(replace(each, outside_approval="Điều 7 khoản 2"))
        uow.commit()


def _changed_template(site: Site) -> str:
    """Let the evening wait for approval under another name."""
    with site.store.writing() as uow:
        stored = next(each for each in uow.programmes.templates() if each.template.id == EVENING)
        changed = replace(stored.template, name="Buổi chiều mới", version=stored.template.version + 1)
        uow.programmes.put_template(
            replace(stored, template=changed, changed_at=site.clock.now()), expected_version=stored.template.version
        )
        uow.commit()
    return EVENING


def _programmes(site: Site) -> dict[str, str]:
    """Write, speak and submit two notices, and approve the first; the second waits, and is in a campaign."""
    officer, approver = person(site, OFFICER), person(site, APPROVER)
    approved, waiting = (_notice(site, title) for title in ("Tạm ngừng cấp điện", "Lịch tiêm chủng tháng 11"))
    seen = approvals.to_approve(site.store, site.clock, approver, approved).seen
    approvals.approve(site.store, site.clock, approver, approved, seen=seen)
    draft = CampaignDraft(
        title="Phòng, chống sốt xuất huyết",
        basis="Kế hoạch số 36-KH/BTGDVTU",
        basis_dated=TODAY - 9 * DAY,
        first_day=TODAY,
        last_day=TODAY + 6 * DAY,
        goals=(GoalWish(units=frozenset({SON_HA}), plays_a_day=1, days=5),),
    )
    campaign = campaigns.create(site.store, site.clock, officer, unit=SON_HA, draft=draft).campaign
    campaigns.put_in(site.store, site.clock, officer, campaign.id, waiting, version=campaign.version)
    whole = programmes.get(site.store, officer, waiting)
    part = whole.stored.programme.parts[0]
    return {"programme": waiting, "campaign": campaign.id, "slot": whole.slots[0].slot.id, "part": part.id}


def _handed_in(site: Site) -> str:
    """Hand in two texts and decline the second; give the id of the first."""
    sender, ids = person(site, EVERYBODY), []
    for title in ("Họp thôn", "Chúc thọ"):
        wanted = contributions.Wanted(
            zones=frozenset({LANG_MOI}), title=title, text="Kính mời bà con.", first_day=TODAY, last_day=TODAY + DAY
        )
        ids.append(contributions.send(site.store, site.clock, sender, wanted=wanted).id)
    contribution_desk.decline(site.store, site.clock, person(site, OFFICER), ids[1], reason="Đã phát hôm qua")
    return ids[0]


def _link(site: Site, programme: str) -> str:
    """Let the approver set a PIN, and ask for their link; give its token."""
    store, clock, approver = site.store, site.clock, person(site, APPROVER)
    approver_pins.set_pin(store, clock, site.hashing, approver, password=PASSWORD, pin="290471")
    token, _ = approval_links.ask(
        store, clock, person(site, OFFICER), Matter(ProgrammeId(programme)), approver=PersonId(APPROVER.login)
    )
    return token


def _notice(site: Site, title: str) -> ProgrammeId:
    store, clock, officer = site.store, site.clock, person(site, OFFICER)
    parts = (PartDraft(genre=Genre.REPORTAGE, title="Điện về bản", authors=("Đinh Thị Lan",), reader="Nguyễn Thị Hoa"),)
    words = {"vi": "Kính thưa bà con."}
    draft = programmes.Draft(title=title, kind=Kind.NOTICE, texts=words, document="218/TB", parts=parts)
    made = programmes.create(store, clock, officer, unit=SON_HA, draft=draft).programme.id
    take = takes.begin(store, clock, officer, made, language="vi", origin=TakeOrigin.UPLOAD, file_name="tin.wav")
    write_tune(takes.waiting_at(site.uploads, take.id), seconds=3)
    takes.run(store, clock, site.preparation, take.id, uploads=site.uploads, limit=site.longest)
    wish = booking.WishInPlaces(
        places=(MORNING_NOTICES,), zones=frozenset({LANG_MOI, GO_SIM}), first_day=TODAY, last_day=TODAY + DAY
    )
    booking.book(store, clock, officer, made, wish=wish)
    version = programmes.get(store, officer, made).stored.programme.version
    programmes.submit(store, clock, officer, made, version=version)
    return made


def _units(site: Site) -> dict[str, str]:
    """Name a group, ask for a merge, and ask for the right to approve for somebody."""
    administrator = person(site, ADMINISTRATOR)
    group = groups.make(site.store, site.clock, person(site, OFFICER), owner=SON_HA, name="Vùng lũ", zones=[LANG_MOI])
    merge = Merge(
        of=(SON_HA, SON_LINH), on=TODAY + 30 * DAY, basis="Nghị quyết 12/NQ-HĐND", name="Xã Sơn Mới", code="21300"
    )
    seen = succession.foresee(site.store, site.clock, administrator, merge).seen
    asked = succession_proposals.propose(site.store, site.clock, administrator, merge, seen=seen)
    grants.ask_emergency(site.store, site.clock, administrator, person=PersonId(APPROVER.login), unit=SON_HA)
    return {"group": group.id, "proposal": asked.id}


def _plans(site: Site) -> None:
    wish = outages.Wish(
        zones=frozenset({GO_SIM}),
        since=local_instant(TODAY, time(7), TIME),
        until=local_instant(TODAY, time(11), TIME),
        reason="Sửa đường dây",
    )
    outages.plan(site.store, site.clock, person(site, OFFICER), SON_HA, wish=wish)


def _faults(site: Site) -> str:
    """Note two faults of a loudspeaker, and end the first; give the id of the open one."""
    technician, ids = person(site, TECHNICIAN), []
    for kind in (FaultKind.DEVICE, FaultKind.POOR_SOUND):
        wish = faults.Wish(loudspeakers={HORN}, kind=kind, note="Trưởng thôn gọi báo")
        ids += [each.id for each in faults.open_faults(site.store, site.clock, technician, wish)]
    repaired, done, parts = FaultOutcome.REPAIRED, "Thay thẻ nhớ", "thẻ nhớ 16 GB"
    faults.end(site.store, site.clock, technician, ids[:1], outcome=repaired, done=done, parts=parts)
    return ids[1]


def _ready_for_an_emergency(site: Site) -> str:
    """Give the right, name who is told, approve a text; give its id."""
    store, clock, administrator = site.store, site.clock, person(site, ADMINISTRATOR)
    for holder in (OFFICER, EVERYBODY):
        emergency_rights.give(store, clock, administrator, person=PersonId(holder.login), unit=SON_HA)
    told = [PersonId(APPROVER.login), PersonId(ADMINISTRATOR.login)]
    emergency_rights.watch(store, clock, administrator, unit=SON_HA, people=told)
    wanted = TextWanted(
        event=Event.FIRE,
        severity=Severity.EXTREME,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Cháy rừng: rời khỏi bìa rừng",
        words=(Words("vi", "Đang cháy rừng. Bà con rời khỏi bìa rừng ngay."),),
    )
    saved = emergency_texts.save(store, clock, person(site, OFFICER), unit=SON_HA, wanted=wanted).template
    emergency_texts.approve(store, clock, person(site, APPROVER), saved.id, seen=saved.version)
    return saved.id


def _places(site: Site) -> None:
    """Say where three loudspeakers stand."""
    positions = {"loa-1": (15.0413, 108.4702), "loa-2": (15.0458, 108.4777), "loa-3": (15.0369, 108.4821)}
    with site.store.writing() as uow:
        for which, position in positions.items():
            known = uow.places.loudspeaker(LoudspeakerId(which))
            if known is not None:
                uow.places.put_loudspeaker(replace(known, position=position))
        uow.commit()
