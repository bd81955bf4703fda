"""What loudspeakers say, verified by their device keys before anything of it is used. It must not keep or answer it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.errors import WireError
from schedules.ids import LoudspeakerId
from schedules.mark import JournalEntry
from schedules.wire import topics
from schedules.wire.command import CommandAnswered
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import AsRunReport, Challenge, KeyRole, Message, Presence, RundownReceipt
from schedules.wire.seal import fingerprint, unsealed
from schedules.wire.trust import require_audience
from server.device_records import Device
from server.ports import Store
from server.values import Loudspeaker

_LEAF: dict[type[Message], str] = {
    Presence: "presence",
    RundownReceipt: "receipt",
    AsRunReport: "as-run",
    Challenge: "challenge",
    CommandAnswered: "answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One genuine message.

    Attributes:
        envelope: as it came.
        ended: since when the device that says it is out of use.
        hashed: of a report, its entries and marks in order, each with its hash.
    """

    speaker: Loudspeaker
    message: Message
    envelope: bytes
    ended: datetime | None = None
    hashed: tuple[tuple[JournalEntry, str], ...] = ()


def verified(store: Store, arrived: Sequence[tuple[str, bytes]]) -> Iterator[Said | WireError]:
    """Tell of each topic and message, in order, what is said, or why it is not believed."""
    senders = [topics.sender(topic) for topic, _ in arrived]
    with store.reading() as uow:
        known = {each.id: each for each in uow.places.loudspeakers(among={each for each in senders if each})}
        devices = uow.devices.of_each(known)
    for sender, (topic, data) in zip(senders, arrived, strict=True):
        try:
            yield _said(sender, known, devices, topic, data)
        except WireError as error:
            yield error


class _DeviceKeys:
    """The keyring of one loudspeaker: the key of its device; for reports also those of the devices before it."""

    def __init__(self, speaker: Loudspeaker, devices: Sequence[Device]) -> None:
        own = [speaker.public_key] if speaker.public_key else []  # before a device is enrolled nobody speaks for it
        self._public = {fingerprint(public): public for public in (*own, *(each.public_key for each in devices))}
        self._ended = {key: speaker.retired_at for key in self._public if speaker.retired_at is not None}
        self._ended |= {each.id: each.retired_at for each in devices if each.retired_at is not None}

    def public_key(self, key: str, kind: type[Message]) -> str:
        """Give its public key; see `seal.Keyring`."""
        if SIGNED_BY[kind] is not KeyRole.DEVICE:
            raise WireError("wire.wrong_role", key=key, role=KeyRole.DEVICE, type=kind.__name__)
        if key not in self._public or (kind is not AsRunReport and key in self._ended):
            raise WireError("wire.unknown_key", key=key)
        return self._public[key]

    def ended(self, key: str) -> datetime | None:
        """Tell since when who has this key no longer speaks for the loudspeaker."""
        return self._ended.get(key)


def _said(
    sender: LoudspeakerId | None,
    known: Mapping[LoudspeakerId, Loudspeaker],
    devices: Mapping[LoudspeakerId, Sequence[Device]],
    topic: str,
    data: bytes,
) -> Said:
    speaker = None if sender is None else known.get(sender)
    if speaker is None:
        raise WireError("wire.unknown_sender", sender=str(sender)[:80])
    keys = _DeviceKeys(speaker, devices.get(speaker.id, ()))
    message, key = unsealed(data, keys)
    require_audience(message, topics.audience(topic))
    if topic != topics.of_loudspeaker(speaker.id, _LEAF.get(type(message), "")):
        raise WireError("wire.wrong_topic", type=type(message).__name__, topic=topic[:120])
    hashed = _hashed(message, speaker) if isinstance(message, AsRunReport) else ()
    return Said(speaker=speaker, message=message, envelope=data, ended=keys.ended(key), hashed=hashed)


def _hashed(report: AsRunReport, speaker: Loudspeaker) -> tuple[tuple[JournalEntry, str], ...]:
    reported = report.in_order
    for entry in reported:
        if entry.loudspeaker != speaker.id or entry.journal != report.journal:
            raise WireError("wire.wrong_sender", sender=speaker.id, claimed=entry.loudspeaker)
    return tuple((entry, entry.hash) for entry in reported)
