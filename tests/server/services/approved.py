"""Every way on which something approved comes on air at Sơn Hà, each with one programme that is approved and planned.

A way is a function that makes it; what it gives can be edited, taken back, and approved again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from schedules.campaign import Campaign, CampaignState, Goal, LegalBasis
from schedules.fills import Fill, Fixed, Newest, OfCampaign, Rotation, Subscribed
from schedules.ids import CampaignId, ChannelId, OccurrenceId, PlaceId, ProgrammeId, SlotId, ZoneId
from schedules.programme import Kind
from schedules.recurrence import DAILY
from schedules.rundown import RundownItem
from schedules.session import SessionTemplate
from schedules.slot import CatchUp, StartPolicy
from schedules.times import DAY
from schedules.unit import Target
from schedules.way import WrittenOrder
from schedules.wire.messages import Channel
from server.services import approvals, booking, issuing, offers, programmes, takes, templates
from server.services.booking import Wish, WishInPlaces
from server.services.drafts import Draft
from server.values import Person, StoredCampaign
from tests.contracts.samples import GROUP
from tests.fakes.sealing import FakeSealing
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    MORNING,
    NEWS,
    NOTICES,
    OFFICER,
    OPENING,
    PROVINCE_APPROVER,
    RELAYED,
    SON_HA,
    VOV1,
    Radio,
    in_notices,
    once,
    recording,
)

ZONES = (LANG_MOI, GO_SIM, DONG_BANG)
VOV2 = ChannelId("vov2")
RIVERSIDE = replace(GROUP, owner=SON_HA, zones=frozenset({LANG_MOI}), units=frozenset())
ORDER = WrittenOrder("15/KH-UBND", date(2026, 11, 2), "UBND tỉnh Quảng Ngãi")

EVERY_MORNING = once(
    time(6, 30),
    rule=DAILY,
    until=MONDAY + 5 * DAY,
    start=StartPolicy.WAIT,
    wait=timedelta(minutes=5),
    catch_up=CatchUp.LATE,
    late=timedelta(minutes=6),
)
AMONG_THE_NOTICES = replace(
    in_notices(last=MONDAY + 5 * DAY), catch_up=CatchUp.LATE, late=timedelta(minutes=2), rule=DAILY
)


@dataclass
class Broadcast:
    """One programme on one way to the air.

    Attributes:
        draft: as its form stands.
        wish: as the form of its slot stands; None where it has none.
    """

    radio: Radio
    programme: ProgrammeId
    draft: Draft
    author: Person = OFFICER
    approver: Person = APPROVER
    slot: SlotId | None = None
    wish: Wish | None = None
    offered: tuple[PlaceId, ...] | None = None
    fixed: bool = False

    def planned(self) -> dict[ZoneId, tuple[RundownItem, ...]]:
        """Give what the newest rundowns say of it, planning only what is wanted."""
        return {zone: tuple(each for each in items if each.programme == self.programme) for zone, items in self.all()}

    def all(self) -> list[tuple[ZoneId, tuple[RundownItem, ...]]]:
        """Give what the newest rundowns of the station say."""
        issuing.issue_wanted(self.radio.store, self.radio.clock, FakeSealing())
        with self.radio.store.reading() as uow:
            return [(zone, issued.rundown.items) for zone in ZONES if (issued := uow.issue.issued(zone)) is not None]

    def heard(self) -> set[ZoneId]:
        """Give the zones at which it is planned."""
        return {zone for zone, items in self.planned().items() if items}

    def occurrences(self) -> set[OccurrenceId]:
        """Give everything that is planned of it."""
        return {item.occurrence for items in self.planned().values() for item in items}

    def edits(self, **changes: object) -> None:
        """Save its form with other values."""
        version = self.radio.stored(self.programme).programme.version
        draft = replace(self.draft, **changes)  # type: ignore[arg-type]  # fields by name
        programmes.edit(self.radio.store, self.radio.clock, self.author, self.programme, draft=draft, version=version)

    def rebooks(self, wish: Wish) -> None:
        """Save the form of its slot with other values."""
        assert self.slot is not None
        booking.change(
            self.radio.store, self.radio.clock, self.author, self.slot, wish=wish, version=self.slot_version()
        )

    def slot_version(self) -> int:
        """Give the version of its slot."""
        with self.radio.store.reading() as uow:
            stored = None if self.slot is None else uow.programmes.slot(self.slot)
        assert stored is not None
        return stored.slot.version

    def loses(self, language: str) -> None:
        """Take a sound out."""
        version = self.radio.stored(self.programme).programme.version
        takes.remove_sound(
            self.radio.store, self.radio.clock, self.author, self.programme, language=language, version=version
        )

    def waits(self) -> bool:
        """Tell whether its approver is asked for it."""
        queue = self.radio.queue(self.approver)
        return any(each.stored.programme.id == self.programme for each in queue.programmes) or any(
            each.id == self.programme for waiting in queue.templates for each in waiting.programmes
        )

    def goes_to_its_approver(self) -> None:
        """Submit it; a fixed programme is approved with its template, which waits by itself."""
        if not self.fixed:
            self.radio.submits(self.programme, by=self.author)

    def is_approved(self) -> None:
        """Approve what waits, and say yes again to what is offered."""
        if self.fixed:
            releases_templates(self.radio)
        else:
            self.radio.approves(self.programme, by=self.approver)
        if self.offered is not None:
            self.accepts()

    def accepts(self) -> None:
        """Have the station's officer accept the offer as it is."""
        radio, places = self.radio, self.offered or ()
        shown = next(
            each
            for each in offers.inbox(radio.store, radio.clock, OFFICER, SON_HA).offers
            if each.stored.programme.id == self.programme
        )
        offers.accept(radio.store, radio.clock, OFFICER, SON_HA, shown.slot.id, record=shown.record, places=places)


def releases_templates(radio: Radio) -> None:
    """Approve every session template that waits."""
    for waiting in radio.queue().templates:
        approvals.approve_template(radio.store, radio.clock, APPROVER, waiting.stored.template.id, seen=waiting.seen)


def template(radio: Radio) -> SessionTemplate:
    """Give the morning as it is."""
    return templates.get(radio.store, OFFICER, MORNING).stored.template


def fills(radio: Radio, place: PlaceId, fill: Fill) -> None:
    """Fill a place of the morning otherwise, and release the templates."""
    old = template(radio)
    to = replace(old, places=tuple(replace(each, fill=fill) if each.id == place else each for each in old.places))
    templates.change(radio.store, radio.clock, OFFICER, MORNING, to=to, version=old.version)
    releases_templates(radio)


def prepared(radio: Radio) -> None:
    """Put two channels on the list, the group on the map, and approve the sessions."""
    with radio.store.writing() as uow:
        for channel in (VOV1, VOV2):
            music = recording(f"fallback of {channel}", timedelta(minutes=5))
            address = f"http://127.0.0.1:8000/{channel}.mp3"
            uow.places.put_channel(Channel(id=channel, name=channel, address=address, fallback=music))
        uow.places.put_group(RIVERSIDE)
        for zone in uow.places.zones():
            if zone.id == LANG_MOI:
                uow.places.put_zone(replace(zone, tags=frozenset({"ven sông"})))
        uow.commit()
    releases_templates(radio)


def written(radio: Radio, *, by: Person = OFFICER, approver: Person = APPROVER, **draft: object) -> Broadcast:
    """Have a programme written, in Vietnamese and Hrê unless it is a relay."""
    form = replace(Draft(title="Phòng chống lũ quét", kind=Kind.NOTICE, topic="Thiên tai"), **draft)  # type: ignore[arg-type]
    made = programmes.create(radio.store, radio.clock, by, unit=by.unit, draft=form).programme.id
    if form.kind is not Kind.RELAY:
        for language in ("vi", "hre"):
            radio.records(made, by=by, language=language, lasts=timedelta(seconds=50))
    return Broadcast(radio, made, form, by, approver)


def booked(broadcast: Broadcast, wish: Wish) -> Broadcast:
    """Give it a slot, and have it approved."""
    broadcast.wish = wish
    broadcast.slot = broadcast.radio.books(broadcast.programme, wish, by=broadcast.author).slot.id
    broadcast.radio.submits(broadcast.programme, by=broadcast.author)
    broadcast.is_approved()
    return broadcast


def at_a_time(radio: Radio) -> Broadcast:
    return booked(written(radio), EVERY_MORNING)


def relay_at_a_time(radio: Radio) -> Broadcast:
    wish = replace(EVERY_MORNING, lasts=timedelta(minutes=10), catch_up=CatchUp.JOIN, late=timedelta(0))
    return booked(written(radio, kind=Kind.RELAY, channel=VOV1), wish)


def by_hand(radio: Radio) -> Broadcast:
    return booked(written(radio), AMONG_THE_NOTICES)


def repeated(radio: Radio) -> Broadcast:
    """Booked into the news, which the evening repeats."""
    wish = WishInPlaces(units=frozenset({SON_HA}), places=(NEWS,), first_day=MONDAY, last_day=MONDAY + 4 * DAY)
    return booked(written(radio), wish)


def fixed(radio: Radio) -> Broadcast:
    made = written(radio, kind=Kind.SIGNAL)
    made.fixed = True
    fills(radio, OPENING, Fixed(made.programme))
    return made


def fixed_relay(radio: Radio) -> Broadcast:
    made = written(radio, kind=Kind.RELAY, channel=VOV1)
    made.fixed = True
    fills(radio, RELAYED, Fixed(made.programme))
    return made


def newest(radio: Radio) -> Broadcast:
    return _by_rule(radio, lambda _: Newest(kind=Kind.NOTICE, owners=frozenset({SON_HA}), topic="Thiên tai"))


def in_turn(radio: Radio) -> Broadcast:
    return _by_rule(radio, lambda programme: Rotation(programmes=(programme,), first_day=MONDAY))


def of_a_campaign(radio: Radio) -> Broadcast:
    def rule(programme: ProgrammeId) -> Fill:
        campaign = Campaign(
            id=CampaignId("mua-lu"),
            owner=SON_HA,
            title="Mùa lũ",
            purpose="",
            basis=LegalBasis("12/KH-UBND", MONDAY - 9 * DAY),
            first_day=MONDAY,
            last_day=MONDAY + 9 * DAY,
            goals=(Goal(Target(units=frozenset({SON_HA})), plays_a_day=1, days=5),),
            programmes=(programme,),
            state=CampaignState.RUNNING,
        )
        with radio.store.writing() as uow:
            made = StoredCampaign(campaign=campaign, changed_by=frozenset({OFFICER.id}), changed_at=radio.now())
            uow.campaigns.put(made, expected_version=0)
            uow.commit()
        return OfCampaign(campaign.id)

    return _by_rule(radio, rule)


def ordered(radio: Radio) -> Broadcast:
    return booked(written(radio, by=EDITOR, approver=PROVINCE_APPROVER), replace(AMONG_THE_NOTICES, order=ORDER))


def offered(radio: Radio) -> Broadcast:
    """Offered for places that the station chooses."""
    made = written(radio, by=EDITOR, approver=PROVINCE_APPROVER)
    made.offered = (NOTICES,)
    return booked(made, replace(AMONG_THE_NOTICES, places=()))


def subscribed(radio: Radio) -> Broadcast:
    fills(radio, NEWS, Subscribed(topics=frozenset({"Thiên tai", "Lũ"})))
    return booked(written(radio, by=EDITOR, approver=PROVINCE_APPROVER), replace(AMONG_THE_NOTICES, places=()))


def _by_rule(radio: Radio, rule: Callable[[ProgrammeId], Fill]) -> Broadcast:
    made = written(radio, for_places=True)
    fills(radio, NEWS, rule(made.programme))
    radio.submits(made.programme)
    made.is_approved()
    return made


WAYS: dict[str, Callable[[Radio], Broadcast]] = {
    each.__name__: each
    for each in (
        at_a_time,
        relay_at_a_time,
        by_hand,
        repeated,
        fixed,
        fixed_relay,
        newest,
        in_turn,
        of_a_campaign,
        ordered,
        offered,
        subscribed,
    )
}
RELAYS = ("relay_at_a_time", "fixed_relay")
