"""Which device speaks for a loudspeaker: one takes over, the one before ends. It must not issue certificates."""

from dataclasses import replace
from datetime import datetime

from schedules.ids import DeviceId, LoudspeakerId
from server.device_records import Device
from server.ports import UnitOfWork
from server.services.presence import can_sound
from server.values import Loudspeaker


def in_use(uow: UnitOfWork, loudspeaker: LoudspeakerId) -> Device | None:
    """Give the device that speaks for a loudspeaker; None before the first and after the last."""
    return next((each for each in uow.devices.of(loudspeaker) if each.retired_at is None), None)


def take_over(uow: UnitOfWork, speaker: Loudspeaker, device: Device) -> tuple[DeviceId, ...]:
    """Let a new device speak for a loudspeaker from now on, and no other; give those that end by it.

    By its first one a place comes into use: nobody answers for what was planned there before.
    """
    since = speaker.since if can_sound(uow, speaker) else device.enrolled_at
    ended = end_use(uow, speaker.id, device.enrolled_at)
    uow.devices.put(device)
    uow.places.put_loudspeaker(replace(speaker, public_key=device.public_key, since=since))
    return ended


def end_use(uow: UnitOfWork, loudspeaker: LoudspeakerId, now: datetime) -> tuple[DeviceId, ...]:
    """Retire what speaks for a loudspeaker, and keep how far its journals were held; give the devices.

    They are told, so that they fall silent, by the assignment that is wanted here.
    """
    ending = [each for each in uow.devices.of(loudspeaker) if each.retired_at is None]
    heads = {each.journal: (each.through, each.head) for each in uow.evidence.journals(loudspeaker)} if ending else {}
    for each in ending:
        uow.devices.put(replace(each, retired_at=now, last_heads=heads))
    uow.issue.want_assignment([loudspeaker])
    return tuple(each.id for each in ending)
