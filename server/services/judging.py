"""Will this loudspeaker play the coming session? A pure judgement: facts in, a colour and its reasons out.

Every reason is the loudspeaker's own word and its age, or says that it is a guess. It loads nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import Sha256
from schedules.unit import Zone
from schedules.wire.messages import ReceiptState
from server.evidence_records import Seen
from server.readiness_records import Colour, Outage, Reason, Values
from server.services.absences import Absence, Extent
from server.services.next_sessions import Coming
from server.services.presence import is_connected
from server.services.twins import of_twins
from server.services.unready import of_certificate, of_device, of_fault, of_levels
from server.values import Loudspeaker

SHORT_ABSENCE = timedelta(hours=1)
"""A disconnected loudspeaker that held everything is a warning for this long, then an alarm: it may have no power."""
FETCHING = timedelta(minutes=2)
"""How long after its issue a rundown may still be on its way to a connected loudspeaker."""
SPREAD = timedelta(minutes=75)
"""How long after its last word on them a connected loudspeaker may lack files that nothing needs soon: each begins at
an instant of its own within an hour, so that not all of them ask at once."""
SOON = timedelta(hours=2)
"""A recording missing for what starts within this time is an alarm, not a warning."""

_ORDER = (Colour.LOCKED, Colour.GREY, Colour.RED, Colour.YELLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The rundown in force of a zone, as far as a session needs it.

    Attributes:
        issued_at: asked for only where somebody holds another revision; else None.
        needed: recordings of the session and of what starts soon.
        plays: whether it has anything in the session.
    """

    revision: int
    needed: frozenset[Sha256]
    plays: bool
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one loudspeaker.

    Attributes:
        session: the one it is to play; None where none comes.
        seen: the newest word of the device in use.
        lock: that somebody works at it.
        outage: the planned one that concerns now or the session.
        absence: what it was lost together with; None while it is there, or never was.
        as_usual: gone, as it was at this hour yesterday, when it came back in time.
        levels: measured at its last plays, the newest first.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    session: Coming | None
    seen: Seen
    promised: Promised | None
    silent: bool = False
    lock: Reason | None = None
    outage: Outage | None = None
    absence: Absence | None = None
    as_usual: bool = False
    certificate_expires: datetime | None = None
    levels: tuple[float, ...] = ()

    @property
    def last_contact(self) -> datetime | None:
        """When it last spoke; None when it never did."""
        return max((at for at in (self.seen.presence_at, self.seen.receipt_at) if at is not None), default=None)

    @property
    def held(self) -> int | None:
        """The revision it holds by its newest word: a wiped one holds nothing, whatever it had answered."""
        seen, said = self.seen, list[tuple[datetime, int]]()
        if seen.presence is not None and seen.presence_at is not None and seen.presence.online:
            said.append((seen.presence_at, seen.presence.revision or 0))
        if seen.receipt is not None and seen.receipt_at is not None:
            said.append((seen.receipt_at, seen.receipt.held or 0))
        return (max(said)[1] or None) if said else None

    @property
    def missing(self) -> frozenset[Sha256]:
        """Recordings it still lacks by its answer to the rundown in force."""
        receipt = self.seen.receipt
        if receipt is None or self.promised is None or receipt.revision != self.promised.revision:
            return frozenset()
        return frozenset(receipt.missing)

    @property
    def holds_all(self) -> bool:
        """Whether it has the rundown in force and every recording of the session."""
        promised = self.promised
        if promised is None:
            return self.held is None
        return self.held == promised.revision and self.missing.isdisjoint(promised.needed)


def judge(facts: Facts, now: datetime) -> tuple[Colour, tuple[Reason, ...]]:
    """Say whether a loudspeaker will play, and why not.

    Locked wins, then grey, since nothing is expected then; else the worst reason. What is told twice counts once.
    """
    told = () if facts.lock is None else (facts.lock,)
    reasons = list({reason.code: reason for reason in reversed([*told, *_reasons(facts, now)])}.values())[::-1]
    found = {reason.colour for reason in reasons}
    colour = next((each for each in _ORDER if each in found), Colour.GREEN)
    return colour, tuple(sorted(reasons, key=lambda each: _ORDER.index(each.colour)))


def _reasons(facts: Facts, now: datetime) -> Iterator[Reason]:
    if not facts.loudspeaker.public_key:
        yield Reason("loudspeaker.not_enrolled", Colour.GREY, "remedy.enrol")
        return
    yield from of_certificate(facts.certificate_expires, now)
    yield from of_twins(facts.seen, now)
    if facts.last_contact is None:
        yield Reason("loudspeaker.never_seen", Colour.GREY, "remedy.install")
        return
    connected = is_connected(facts.seen, now)
    if facts.outage is not None:
        yield _of_outage(facts.outage)
    if facts.silent:
        yield Reason("loudspeaker.silenced", Colour.GREY, "remedy.lift_silence")
    if not connected and facts.outage is None:
        yield _of_absence(facts, now)
    yield from _of_rundown(facts, now, connected=connected)
    presence = facts.seen.presence
    if presence is not None:
        if connected:
            yield from of_device(presence, now)
        yield from map(of_fault, presence.faults)
    yield from of_levels(facts.levels)


def _of_outage(outage: Outage) -> Reason:
    code = "outage.planned_why" if outage.reason else "outage.planned"
    values = (("since", outage.span.start), ("until", outage.span.end), ("why", outage.reason))
    return Reason(code, Colour.GREY, "remedy.outage", values)


def _of_absence(facts: Facts, now: datetime) -> Reason:
    since = facts.last_contact or now
    told = (("since", since),)
    if facts.holds_all and facts.as_usual:
        return Reason("loudspeaker.off_as_usual", Colour.YELLOW, "remedy.switch_on", told)
    if facts.absence is not None and facts.absence.extent is Extent.PLACE:
        count = ("count", len(facts.absence.lost))
        return Reason("loudspeaker.gone_with_place", Colour.RED, "remedy.ask_power", (*told, count))
    if facts.holds_all and now - since < SHORT_ABSENCE:
        return Reason("loudspeaker.disconnected_holds", Colour.YELLOW, "remedy.wait", told)
    if facts.absence is not None and facts.absence.extent is not Extent.UNKNOWN:
        return Reason("loudspeaker.gone_alone", Colour.RED, "remedy.socket_then_sim", told)
    return Reason("loudspeaker.disconnected", Colour.RED, "remedy.power_and_sim", told)


def _of_rundown(facts: Facts, now: datetime, *, connected: bool) -> Iterator[Reason]:
    promised, receipt, held = facts.promised, facts.seen.receipt, facts.held
    if promised is None:
        yield Reason("rundown.none", Colour.YELLOW, "remedy.approve")
        return
    if facts.session is not None and not promised.plays:
        yield Reason("session.nothing_planned", Colour.YELLOW, "remedy.approve", _named(facts.session))
    if receipt is not None and receipt.state is ReceiptState.REFUSED:
        # Somebody else's, where the newest of ours is held: it will play, but look at who speaks there.
        colour = Colour.YELLOW if held == promised.revision else Colour.RED
        yield Reason("rundown.refused", colour, "remedy.call_technician", (("reason", receipt.reason),))
    elif held != promised.revision:
        fresh = promised.issued_at is not None and now - promised.issued_at < FETCHING
        colour = Colour.YELLOW if fresh or not connected else Colour.RED
        yield Reason("rundown.older", colour, "remedy.wait", (("held", held), ("issued", promised.revision)))
    elif facts.missing:
        yield from _of_files(facts, promised, now, connected=connected)
    yield from _of_cover(facts)


def _of_files(facts: Facts, promised: Promised, now: datetime, *, connected: bool) -> Iterator[Reason]:
    """Tell of files that are missing; one that takes its time with what is not needed yet does as it should."""
    needed = not facts.missing.isdisjoint(promised.needed)
    late = facts.session is None or facts.session.span.start - now < SOON or not connected
    said_at = facts.seen.receipt_at
    spread = connected and said_at is not None and now - said_at < SPREAD
    if spread and not needed:
        return
    colour = Colour.RED if needed and late else Colour.YELLOW
    remedy = "remedy.fetching" if spread and not late else "remedy.check_line"
    yield Reason("audio.missing", colour, remedy, (("count", len(facts.missing)),))


def _of_cover(facts: Facts) -> Iterator[Reason]:
    presence, session = facts.seen.presence, facts.session
    if presence is None or session is None or presence.covers_until is None:
        return
    if presence.covers_until < session.span.end:
        until = (("until", presence.covers_until),)
        yield Reason("cover.ends_before", Colour.RED, "remedy.check_line", until)


def _named(session: Coming) -> Values:
    return (("name", session.name), ("at", session.span.start))
