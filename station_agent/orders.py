"""What the agent obeys: trust, assignment, rundown, orders of silence; verified, newest only, kept on the disk.

Nothing is parsed before its signature held, and nothing for another audience is obeyed, whatever the broker says.
A device that lost what it held, or comes to another zone, obeys nothing until all that the centre names is here: else
whoever holds the line could tell it what was true last year. It must not act on an order.
"""

import logging
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from schedules.errors import WireError
from schedules.ids import DeviceId, LoudspeakerId, Sha256
from schedules.programme import Recording
from schedules.rundown import Rundown
from schedules.silence import Silence
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.command import Command
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import (
    Assignment,
    Channel,
    Current,
    KeyRole,
    LedgerState,
    Message,
    RundownIssued,
    SilenceOrdered,
    TrustedKey,
    TrustList,
)
from schedules.wire.seal import envelope_of, fingerprint, type_of, unsealed
from schedules.wire.trust import Trust, require_audience, require_epoch, require_fresh
from station_agent import floors
from station_agent.announced import Announced, Obeyed, list_file
from station_agent.early import Early
from station_agent.floors import Holding, is_whole, unknown_to_the_centre
from station_agent.ports import Held
from station_agent.trust_walk import TrustWalk

log = logging.getLogger(__name__)

LOST = "lost"  # name of the mark that what is held is not all that was in force

M = TypeVar("M", bound=Message)


@dataclass(slots=True)
class _Obeyed:
    """The newest message of each sort."""

    assignment: Assignment | None = None
    rundown: RundownIssued | None = None
    silences: dict[str, SilenceOrdered] = field(default_factory=dict)


class Orders:
    """Holds what one loudspeaker obeys.

    Args:
        loudspeaker: Whose orders these are.
        device: This one's id: what the loudspeaker's other devices are told says nothing here.
        roots: Public root keys the device was made with, hexadecimal.
        held: Where accepted messages are kept; what is there already is in force from the start.
    """

    def __init__(self, loudspeaker: LoudspeakerId, device: DeviceId, roots: Iterable[str], held: Held) -> None:
        self._loudspeaker = loudspeaker
        self._device = device
        self._walk = TrustWalk(
            tuple(TrustedKey(key=fingerprint(root), public=root, role=KeyRole.ROOT) for root in roots)
        )
        self._held = held
        self._early = Early()
        self._now = _Obeyed()
        self._announced = Announced()
        self._unkept: dict[str, bytes] = {}
        self._current: Current | None = None
        self._returned: tuple[str, ...] = ()
        kept = held.everything()
        self._is_marked = LOST in kept
        for name, data in kept.items():
            if name != LOST:
                self._restore(name, data)
        self._is_lost = self._is_marked or self._lacks_something()

    @property
    def trust(self) -> Trust | None:
        """Who may sign what."""
        return self._walk.trust

    @property
    def is_lost(self) -> bool:
        """Whether nothing is obeyed until all that the centre names has come."""
        return self._is_lost

    @property
    def assignment(self) -> Assignment | None:
        """What this loudspeaker is, for this device.

        None while that is not sure, since the root has raised the epoch, and where the loudspeaker has another device.
        """
        here = self._here
        return None if self._is_lost or here is None or not here.is_for(self._device) else here

    @property
    def rundown(self) -> Rundown | None:
        """The zone's rundown; None while there is none of the epoch for the zone this loudspeaker is in."""
        return None if self._is_lost else self._planned

    @property
    def silences(self) -> tuple[Silence, ...]:
        """The newest order of silence for each audience this loudspeaker belongs to."""
        audiences = self._audiences()
        in_force = (order for order in self._now.silences.values() if self._in_force(order) is not None)
        return tuple(_silence(order) for order in in_force if audiences is None or order.audience in audiences)

    @property
    def announced(self) -> Obeyed:
        """What of emergencies and exercises is in force for this loudspeaker."""
        audiences = self._audiences() or ()
        held = self._announced
        return Obeyed.of(
            (
                each.listed
                for each in held.lists.values()
                if each.audience in audiences and self._in_force(each) is not None
            ),
            (each for each in held.emergencies.values() if self._in_force(each) is not None),
            (each for each in held.exercises.values() if self._in_force(each) is not None),
        )

    def keep_announced(self, now: datetime | None) -> None:
        """Write down what came of the lane, behind its sound, and drop what is over.

        Raises:
            OSError: It could not be kept; it is in force until the power goes.
        """
        unkept, self._unkept = self._unkept, {}
        for name, data in unkept.items():
            self._keep(name, data)
        for name in () if now is None else self._announced.forget_over(now):
            self._held.drop(name)

    @property
    def topics(self) -> tuple[str, ...]:
        """What to subscribe to."""
        here = self._now.assignment
        return topics.for_agent(self._loudspeaker, here.zone if here else None, here.units if here else ())

    def recordings(self, now: datetime) -> dict[Recording, datetime | None]:
        """Return every recording needed from now on, in order of need, and when first; None: at any moment."""
        here = self._now.assignment
        pinned = () if here is None or here.exercise_words is None else (here.exercise_words,)
        needed: dict[Recording, datetime | None] = dict.fromkeys(pinned)
        for item in self._planned.items if self._planned is not None else ():
            for recording in item.recordings if item.over_at > now else ():
                needed.setdefault(recording, item.starts_at)
        return needed

    def channel(self, channel: str) -> Channel | None:
        """Return a channel of the signed list."""
        here = self.assignment
        return next((each for each in (here.channels if here else ()) if each.id == channel), None)

    def receive(self, topic: str, data: bytes, now: datetime | None) -> Message:
        """Verify a message and, where it is an order, keep and obey it.

        Args:
            topic: Where it came.
            data: The envelope.
            now: Trusted time; None when nothing vouches for the clock.

        Returns:
            The message, obeyed. Answers to this agent (acknowledgements, current state) are only verified.

        Raises:
            WireError: It must not be obeyed; what was in force stays.
            OSError: It could not be kept; it is in force until the power goes.
        """
        audience = self._expected_audience(topic)
        if type_of(envelope_of(data)) is TrustList:
            return self._receive_trust(topic, data)
        try:
            message = self._verified(data, audience)
        except WireError as error:
            self._early.keep_if_early(topic, data, error)
            raise
        match message:
            case Assignment():
                if message.loudspeaker != self._loudspeaker:
                    raise WireError("wire.wrong_audience", audience=message.loudspeaker, expected=self._loudspeaker)
                require_fresh(message, held=_order_of(self._now.assignment), now=now)
                self._is_lost |= self._here is None or self._here.zone != message.zone
                self._now.assignment = message
                self._keep("assignment", data)
            case RundownIssued():
                before = self._now.rundown
                of_zone = before if before is not None and before.rundown.zone == message.rundown.zone else None
                require_fresh(message, held=_order_of(of_zone), now=now)
                self._now.rundown = message
                self._keep("rundown", data)
            case SilenceOrdered():
                require_fresh(message, held=_order_of(self._now.silences.get(audience)), now=now)
                self._now.silences = {**self._now.silences, audience: message}
                self._keep(_silence_file(audience), data)
            case EmergencyListed() | EmergencyIssued() | ExerciseIssued():
                self._unkept[self._announced.take(message, now)] = data
            case Current() | Command():
                pass  # fresh by its nonce, and by id and end: who asked, and `Commands`, look at them
            case _:
                require_fresh(message, held=None, now=now)
        return message

    def orders_silence(self, topic: str, data: bytes, now: datetime, *, is_sure: bool) -> Silence | None:
        """Give, changing nothing, the silence that a message orders for now; None unless it is a new and valid order.

        So is an assignment that locks the horn, or is for another device; it spares nothing.

        Args:
            topic: Where it came.
            data: The envelope.
            now: What the clock shows.
            is_sure: Whether something vouches for that; else nothing is held to be expired or too far ahead.
        """
        trusted = now if is_sure else None
        try:
            audience = self._expected_audience(topic)
            message = self._verified(data, audience)
            match message:
                case SilenceOrdered():
                    require_fresh(message, held=_order_of(self._now.silences.get(audience)), now=trusted)
                    ordered = _silence(message)
                    return ordered if ordered.holds(now) else None
                case Assignment(loudspeaker=self._loudspeaker, maintenance_until=locked):
                    require_fresh(message, held=_order_of(self._now.assignment), now=trusted)
                    if not message.is_for(self._device) or (locked is not None and now < locked):
                        return Silence(audience=audience, number=message.number, ordered=True, spares_emergencies=False)
        except WireError:
            pass
        return None

    def answered(self, current: Current, data: bytes) -> None:
        """Take in a verified answer to this agent's own question.

        Raises:
            OSError: It could not be kept; it is known until the power goes.
        """
        self._current = current
        self._returned = self._unknown_to_the_centre(current)
        self._keep("current", data)

    @property
    def returned(self) -> tuple[str, ...]:
        """What the centre has said and no longer knew when it answered last, as it sealed it, in base64."""
        return self._returned

    @property
    def ledger(self) -> LedgerState | None:
        """The newest state of the centre's ledger this device was told."""
        return None if self._current is None else self._current.ledger

    @property
    def ledger_at(self) -> datetime | None:
        """When the centre told it, by the centre's clock."""
        return None if self._current is None else self._current.time

    def behind(self) -> tuple[str, ...]:
        """Give a code for everything that is older here than the centre named last."""
        return () if self._current is None else floors.behind(self._current, self._holding())

    def take_early(self) -> list[tuple[str, bytes]]:
        """Return, and forget, messages and their topics that came before the trust list they go by."""
        return self._early.take()

    @property
    def _here(self) -> Assignment | None:
        return self._in_force(self._now.assignment)

    @property
    def _planned(self) -> Rundown | None:
        issued = self._in_force(self._now.rundown)
        here = self._now.assignment
        if issued is None or (here is not None and issued.rundown.zone != here.zone):
            return None
        return issued.rundown

    def _holding(self) -> Holding:
        return Holding(
            trust=self.trust.list.number if self.trust is not None else None,
            assignment=self._here.number if self._here is not None else None,
            rundown=self._planned.revision if self._planned is not None else None,
            silences=dict.fromkeys(self._audiences() or (), -1)
            | {each.audience: each.number for each in self.silences},
            emergencies=dict.fromkeys(self._audiences() or (), -1)
            | {f"unit:{each.unit}": each.number for each in self.announced.lists},
        )

    def _unknown_to_the_centre(self, current: Current) -> tuple[str, ...]:
        holding = self._holding()
        names = [
            *map(_silence_file, unknown_to_the_centre(current.silences, holding.silences)),
            *map(list_file, unknown_to_the_centre(current.emergencies, holding.emergencies)),
        ]
        kept = self._held.everything() if names else {}
        return tuple(b64encode(kept[name]).decode() for name in names if name in kept)

    def _lacks_something(self) -> bool:
        """Tell whether the disk lost something: at a start, of what was named before; nothing at all is lost too."""
        named, held = self._current, self._now
        if self.trust is None or held.assignment is None or named is None:
            return True
        own = self._audiences() or ()
        no_silence = any(audience in own and audience not in held.silences for audience, _ in named.silences)
        no_list = any(audience in own and audience not in self._announced.lists for audience, _ in named.emergencies)
        return no_silence or no_list or (named.rundown is not None and held.rundown is None)

    def _keep(self, name: str, data: bytes) -> None:
        """Keep a message; the mark is on the disk before anything that is not obeyed yet, and goes with the reason."""
        if self._is_lost and self._current is not None and is_whole(self._current, self._holding()):
            log.info("orders_whole assignment=%d", self._current.assignment)
            self._is_lost = False
        if self._is_lost and not self._is_marked:
            self._held.keep(LOST, b"")
            self._is_marked = True
        self._held.keep(name, data)
        if self._is_marked and not self._is_lost:
            self._held.drop(LOST)
            self._is_marked = False

    def _audiences(self) -> set[str] | None:
        here = self._now.assignment
        if here is None:
            return None
        return {topics.audience_of_zone(here.zone), *(topics.audience_of_unit(unit) for unit in here.units)}

    def _expected_audience(self, topic: str) -> str:
        audience = topics.audience(topic)
        mine = topics.is_among(topic, self.topics) or audience == "all"
        if not mine:
            raise WireError("wire.wrong_audience", audience=topic[:80], expected=self._loudspeaker)
        return audience

    def _verified(self, data: bytes, audience: str) -> Message:
        if self.trust is None:
            raise WireError("wire.unknown_key", key="no_trust_list")
        message, _ = unsealed(data, self.trust)
        require_audience(message, audience)
        require_epoch(message, self.trust)
        return message

    def _in_force(self, message: M | None) -> M | None:
        """Return a held message unless the root has raised the epoch since: then a thief may have signed it."""
        if message is None or self.trust is None or message.epoch == self.trust.list.epoch:
            return message
        return None

    def _receive_trust(self, topic: str, data: bytes) -> Message:
        trust, newest = self._walk.take(topic, data)
        self._keep("trust", newest)
        return trust.list

    def _restore(self, name: str, data: bytes) -> None:
        """Take in a kept message. It was verified when it came; its key may have been replaced since."""
        try:
            envelope = envelope_of(data)
            message = decoded(type_of(envelope), envelope.payload)
        except WireError as error:
            log.warning("held_unreadable name=%s code=%s", name, error.code)
            return
        match message:
            case TrustList():
                self._walk.trust = Trust(message)
            case Assignment():
                self._now.assignment = message
            case RundownIssued():
                self._now.rundown = message
            case SilenceOrdered():
                self._now.silences[message.audience] = message
            case Current():
                self._current = message
            case EmergencyListed() | EmergencyIssued() | ExerciseIssued():
                self._announced.restore(message)
            case _:
                log.warning("held_unknown name=%s", name)


def _order_of(message: Message | None) -> tuple[int, int] | None:
    return None if message is None else (message.epoch, message.number)


def _silence_file(audience: str) -> str:
    return f"silence-{quote(audience, safe='')}"


def _silence(order: SilenceOrdered) -> Silence:
    return Silence(
        audience=order.audience,
        number=order.number,
        ordered=order.ordered,
        until=order.until,
        spares_emergencies=order.spares_emergencies,
    )


def missing(recordings: Iterable[Recording], present: frozenset[str]) -> tuple[Sha256, ...]:
    """Return the hashes of recordings that are not on the disk."""
    return tuple(recording.sha256 for recording in recordings if recording.sha256 not in present)
