"""Will the next session be played? Per loudspeaker: what it says of itself, a colour, the reasons, the cheapest remedy.

Every line is the loudspeaker's own word and its age. It must not guess what a silent one is doing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import OccurrenceId, UnitId
from schedules.unit import Zone
from schedules.wire.messages import Presence, ReceiptState
from server.device_records import Device
from server.evidence_records import Seen
from server.issue_records import IssuedRundown
from server.ports import Clock, Store, UnitOfWork
from server.services.keys import Expiry, expiry
from server.services.presence import is_connected, loudspeakers_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import schedule_of, zones_below
from server.services.silence import audiences, holds
from server.services.unready import Colour, Reason, of_certificate, of_device, of_fault
from server.values import Loudspeaker, LoudspeakerKind, Person

SHORT_ABSENCE = timedelta(hours=1)
"""A disconnected loudspeaker that held everything is a warning for this long, then an alarm: it may have no power."""

FETCHING = timedelta(minutes=2)
"""How long after its issue a rundown may still be on its way to a connected loudspeaker."""
SOON = timedelta(hours=2)
"""A recording missing for what starts within this time is an alarm, not a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What a loudspeaker says it plays, its position carried on from its own word to now."""

    occurrence: OccurrenceId
    title: str
    position: timedelta
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One loudspeaker's state.

    Attributes:
        last_contact: when it last spoke; None when it never did.
        held, issued: revision it holds, and the one in force; None where there is none.
        covers_until: up to when it has its programme in hand.
        missing: recordings it still lacks.
        clusters: FM or wired clusters behind a gateway, which cannot answer for themselves.
        silent: an order of silence in force concerns it.
        certificate_expires: of the device in use; None where it has none.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    connected: bool
    last_contact: datetime | None
    held: int | None
    issued: int | None
    covers_until: datetime | None
    missing: int
    presence: Presence | None
    playing: Playing | None
    silent: bool
    certificate_expires: datetime | None
    colour: Colour
    reasons: tuple[Reason, ...]

    @property
    def clusters(self) -> int:
        """Clusters behind it that nobody hears from."""
        return self.loudspeaker.clusters if self.loudspeaker.kind is LoudspeakerKind.GATEWAY else 0

    def age(self, now: datetime) -> timedelta | None:
        """How long ago it last spoke."""
        return None if self.last_contact is None else now - self.last_contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """All loudspeakers of a station, the worst first; gateways' clusters are counted apart.

    Attributes:
        ending: that the centre's keys run out, which stops no loudspeaker and yet is red.
    """

    now: datetime
    loudspeakers: tuple[Ready, ...]
    counts: dict[Colour, int]
    clusters_unheard: int
    ending: Expiry | None


def readiness(store: Store, clock: Clock, person: Person, station: UnitId) -> Readiness:
    """Say of every loudspeaker of a station (or of all below a unit) whether it is ready.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        zones = zones_below(schedule_of(uow), station)
        found, ending = _all(uow, zones, now), expiry(uow, now)
    order = [Colour.LOCKED, Colour.RED, Colour.YELLOW, Colour.GREY, Colour.GREEN]
    found.sort(key=lambda each: (order.index(each.colour), each.zone.name, each.loudspeaker.name))
    return Readiness(
        now=now,
        loudspeakers=tuple(found),
        counts={colour: sum(each.colour is colour for each in found) for colour in Colour},
        clusters_unheard=sum(each.clusters for each in found),
        ending=ending,
    )


def _all(uow: UnitOfWork, zones: Sequence[Zone], now: datetime) -> list[Ready]:
    units = uow.places.units()
    by_id = {zone.id: zone for zone in zones}
    silenced = {each.audience for each in uow.issue.silences() if holds(each, now)}
    silent = {zone.id for zone in zones if not silenced.isdisjoint(audiences(zone, units))}
    issued = {zone.id: uow.issue.issued(zone.id) for zone in zones}
    loudspeakers = loudspeakers_of(uow, by_id)
    seen = uow.evidence.seen(each.id for each in loudspeakers)
    devices = {each.public_key: each for each in uow.devices.all()}
    found = []
    for each in loudspeakers:
        device = devices.get(each.public_key)
        said = _said_by(device, seen.get(each.id, Seen())) if each.public_key else Seen()
        state = _state(each, by_id[each.zone], said, issued[each.zone], now)
        state = replace(
            state, silent=each.zone in silent, certificate_expires=device.certificate_expires if device else None
        )
        reasons = _reasons(state, said, issued[each.zone], now)
        found.append(_coloured(state, (*_locks(uow, each, now), *reasons)))
    return found


def _said_by(device: Device | None, seen: Seen) -> Seen:
    """Give what the device in use has said; what came before it was another one's word."""
    if device is not None and seen.presence_at is not None and seen.presence_at < device.enrolled_at:
        seen = replace(seen, presence=None, presence_at=None)
    if device is not None and seen.receipt_at is not None and seen.receipt_at < device.enrolled_at:
        seen = replace(seen, receipt=None, receipt_at=None)
    return seen


def _state(loudspeaker: Loudspeaker, zone: Zone, seen: Seen, issued: IssuedRundown | None, now: datetime) -> Ready:
    presence, receipt = seen.presence, seen.receipt
    revision = issued.rundown.revision if issued else None
    contacts = [at for at in (seen.presence_at, seen.receipt_at) if at is not None]
    held = _held(seen)
    answered = receipt is not None and receipt.revision == revision
    return Ready(
        loudspeaker=loudspeaker,
        zone=zone,
        connected=is_connected(seen, now),
        last_contact=max(contacts, default=None),
        held=held,
        issued=revision,
        covers_until=presence.covers_until if presence else None,
        missing=len(receipt.missing) if receipt and answered else 0,
        presence=presence,
        playing=_playing(seen, now),
        silent=False,
        certificate_expires=None,
        colour=Colour.GREEN,
        reasons=(),
    )


def _locks(uow: UnitOfWork, loudspeaker: Loudspeaker, now: datetime) -> tuple[Reason, ...]:
    lock = loudspeaker.locked(now)
    if lock is None:
        return ()
    by = uow.people.get(lock.by)
    values = (("until", lock.until), ("why", lock.reason), ("by", by.name if by else ""))
    return (Reason("loudspeaker.locked", Colour.LOCKED, "remedy.unlock", values),)


def _coloured(state: Ready, told: Iterable[Reason]) -> Ready:
    """Locked wins, then grey, since nothing is expected then; else the worst reason. What is told twice counts once."""
    reasons = list({reason.code: reason for reason in reversed([*told])}.values())[::-1]
    found = {reason.colour for reason in reasons}
    order = (Colour.LOCKED, Colour.GREY, Colour.RED, Colour.YELLOW)
    colour = next((each for each in order if each in found), Colour.GREEN)
    return replace(state, colour=colour, reasons=tuple(sorted(reasons, key=lambda each: order.index(each.colour))))


def _reasons(state: Ready, seen: Seen, issued: IssuedRundown | None, now: datetime) -> Iterator[Reason]:
    if not state.loudspeaker.public_key:
        yield Reason("loudspeaker.not_enrolled", Colour.GREY, "remedy.enrol")
        return
    yield from of_certificate(state.certificate_expires, now)
    if state.last_contact is None:
        yield Reason("loudspeaker.never_seen", Colour.GREY, "remedy.install")
        return
    if state.silent:
        yield Reason("loudspeaker.silenced", Colour.GREY, "remedy.lift_silence")
    if issued is None:
        yield Reason("rundown.none", Colour.YELLOW, "remedy.approve")
    yield from _of_rundown(state, seen, issued, now)
    if state.presence is not None:
        if state.connected:
            yield from of_device(state.presence, now)
        yield from map(of_fault, state.presence.faults)


def _of_rundown(state: Ready, seen: Seen, issued: IssuedRundown | None, now: datetime) -> Iterator[Reason]:
    if not state.connected:
        away = now - (state.last_contact or now)
        holds_all = state.held == state.issued and not state.missing
        since = (("since", state.last_contact),)
        if holds_all and away < SHORT_ABSENCE:
            yield Reason("loudspeaker.disconnected_holds", Colour.YELLOW, "remedy.wait", since)
        else:
            yield Reason("loudspeaker.disconnected", Colour.RED, "remedy.power_and_sim", since)
    if issued is None:
        return
    receipt = seen.receipt
    if receipt is not None and receipt.state is ReceiptState.REFUSED:
        # Somebody else's, where the newest of ours is held: it will play, but look at who speaks there.
        colour = Colour.YELLOW if state.held == state.issued else Colour.RED
        yield Reason("rundown.refused", colour, "remedy.call_technician", (("reason", receipt.reason),))
    elif state.held != state.issued:
        fresh = now - issued.issued_at < FETCHING
        colour = Colour.YELLOW if fresh or not state.connected else Colour.RED
        yield Reason("rundown.older", colour, "remedy.wait", (("held", state.held), ("issued", state.issued)))
    elif receipt is not None and state.missing:
        needed = {
            recording.sha256
            for item in issued.rundown.items
            if now < item.ends_at and item.starts_at < now + SOON
            for recording in item.recordings
        }
        colour = Colour.YELLOW if needed.isdisjoint(receipt.missing) else Colour.RED
        yield Reason("audio.missing", colour, "remedy.check_line", (("count", state.missing),))


def _held(seen: Seen) -> int | None:
    """Give the revision a loudspeaker holds by its newest word: a wiped one holds nothing, whatever it had answered."""
    said: list[tuple[datetime, int]] = []
    if seen.presence is not None and seen.presence_at is not None and seen.presence.online:
        said.append((seen.presence_at, seen.presence.revision or 0))
    if seen.receipt is not None and seen.receipt_at is not None:
        said.append((seen.receipt_at, seen.receipt.held or 0))
    return (max(said)[1] or None) if said else None


def _playing(seen: Seen, now: datetime) -> Playing | None:
    presence, at = seen.presence, seen.presence_at
    if presence is None or at is None or presence.playing is None or not is_connected(seen, now):
        return None
    said = timedelta(milliseconds=presence.playing.position_ms)
    return Playing(
        occurrence=presence.playing.occurrence,
        title=presence.playing.title,
        position=said + max(timedelta(0), now - at),
        said_at=at,
    )
