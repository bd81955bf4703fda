"""What each loudspeaker is told it is: place, volume, the regulation its guard keeps, channels, the exercise words.

It must not publish: `publishing` does.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from schedules.amendment import lasting
from schedules.ids import DeviceId, LoudspeakerId, UnitId
from schedules.override import Override, opened_by
from schedules.regulation import Regulation, in_force
from schedules.standing import regulations_at
from schedules.times import DAY, local_day
from schedules.wire import topics
from schedules.wire.messages import NO_DEVICE, Assignment
from schedules.wire.seal import fingerprint
from server.ports import UnitOfWork
from server.services.exercise_words import pinned


def assignments(
    uow: UnitOfWork, numbers: dict[LoudspeakerId, int], *, epoch: int, now: datetime
) -> dict[LoudspeakerId, Assignment]:
    """Make the assignments of loudspeakers, each for the device in use; without one, for none.

    Args:
        uow: what they are read from.
        numbers: the number each is to have.
        epoch: of the trust list in force.
        now: decides which regulation is in force; the later ones are told too, so that a loudspeaker that is cut
            off changes over by itself.
    """
    units = uow.places.units()
    zones = {zone.id: zone for zone in uow.places.zones()}
    loudspeakers = {loudspeaker.id: loudspeaker for loudspeaker in uow.places.loudspeakers()}
    of_station: dict[UnitId, list[Regulation]] = defaultdict(list)
    for regulation in uow.places.regulations():
        of_station[regulation.station].append(regulation)
    # Without their fallbacks, which earlier releases would play: only what belongs to an approved programme may sound.
    channels = tuple(replace(channel, fallback=None) for channel in uow.places.channels())
    overrides = uow.proposals.overrides()
    words = uow.emergencies.exercise_words()

    def assignment(which: LoudspeakerId) -> Assignment:
        here = loudspeakers[which]
        zone = zones[here.zone]
        has_device = here.retired_at is None and bool(here.public_key)
        return Assignment(
            audience=topics.audience_of_loudspeaker(which),
            epoch=epoch,
            number=numbers[which],
            issued=now,
            loudspeaker=which,
            name=here.name,
            zone=zone.id,
            units=zone.obeys(units),
            # A device of an earlier release obeys whatever its loudspeaker is told, and without a regulation is silent.
            regulations=_from_now_on(regulations_at(zone, of_station), overrides, now) if has_device else (),
            channels=channels if has_device else (),
            volume=here.volume,
            maintenance_until=here.lock.until if here.lock is not None else None,
            exercise_words=pinned(words, zone, units) if has_device else None,
            daily_bytes=here.daily_bytes,
            device=DeviceId(fingerprint(here.public_key)) if has_device else NO_DEVICE,
        )

    return {which: assignment(which) for which in numbers}


def _from_now_on(
    regulations: Iterable[Regulation], overrides: Iterable[Override], now: datetime
) -> tuple[Regulation, ...]:
    """Give the regulation in force and the later ones, with the overrides and decisions that are not over."""
    own = tuple(regulations)
    if not own:
        return ()
    today = local_day(now, own[0].zone)
    current = in_force(own, today)
    ahead = [each for each in overrides if each.day >= today - DAY]
    told = (each for each in own if each is current or each.valid_from > today)
    return tuple(
        opened_by(lasting(each, today - DAY), (opens for opens in ahead if opens.station == each.station))
        for each in told
    )
