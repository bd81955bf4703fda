"""What an agent gathers of itself as a command asked: taken in at the devices' door, and given to technicians.

It must not judge what is in it.
"""

import logging

from schedules.errors import WireError
from schedules.ids import CommandId, LoudspeakerId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.command import DiagnosticsGathered, Section, What
from schedules.wire.messages import Message
from schedules.wire.seal import envelope_of, fingerprint, unsealed
from schedules.wire.trust import require_audience
from server.command_records import Diagnostics
from server.errors import NotAllowed, NotFound
from server.ports import Clock, Store
from server.services.commands import require_known
from server.services.loudspeakers import KEEPERS, find
from server.services.trail import note
from server.values import Loudspeaker, Person

log = logging.getLogger(__name__)

KEPT = 5
"""Bundles kept of one loudspeaker: what an older one says has been mended or asked again."""


class _ItsDevice:
    """The keyring of who may hand something in for a loudspeaker: the device it has now."""

    def __init__(self, loudspeaker: Loudspeaker) -> None:
        self._public = loudspeaker.public_key

    def public_key(self, key: str, kind: type[Message]) -> str:
        """Give its public key; see `seal.Keyring`."""
        if kind is not DiagnosticsGathered or not self._public or key != fingerprint(self._public):
            raise WireError("wire.unknown_key", key=key)
        return self._public


def take_in(store: Store, clock: Clock, loudspeaker: LoudspeakerId, data: bytes) -> None:
    """Verify and keep what a device hands in; the same again is once.

    Raises:
        WireError: it is forged, or not what it says.
        NotAllowed: `loudspeaker.unknown`, `command.not_given`: nobody asked this device for it.
    """
    now = clock.now()
    with store.writing() as uow:
        here = uow.places.loudspeaker(loudspeaker)
        if here is None or here.retired_at is not None:
            raise NotAllowed("loudspeaker.unknown")
        gathered, _ = unsealed(data, _ItsDevice(here))
        assert isinstance(gathered, DiagnosticsGathered)  # noqa: S101  # the keyring has no key for another type
        require_audience(gathered, topics.SERVER)
        try:
            asked = require_known(uow, gathered.command, here)
        except NotFound as error:
            raise NotAllowed(error.code) from error
        if asked.what is not What.DIAGNOSTICS:
            raise NotAllowed("command.not_given")
        if uow.commands.diagnostics(asked.id) is None:
            kept = Diagnostics(command=asked.id, loudspeaker=here.id, received_at=now, envelope=data)
            uow.commands.put_diagnostics(kept, keep=KEPT)
            uow.commit()
    log.info("diagnostics_kept command=%s loudspeaker=%s bytes=%d", asked.id, here.id, len(data))


def read(store: Store, clock: Clock, person: Person, command: CommandId) -> tuple[Loudspeaker, tuple[Section, ...]]:
    """Give what was gathered to somebody who looks after the loudspeaker; that it was read is noted.

    Raises:
        NotFound: `command.not_given`, or it was thrown away for newer ones.
        NotAllowed: `rights.missing`.
    """
    with store.writing() as uow:
        found = uow.commands.diagnostics(command)
        if found is None:
            raise NotFound("command.not_given")
        here, zone = find(uow, person, found.loudspeaker, *KEEPERS)
        note(uow, clock.now(), person, "diagnostics.read", subject=here.id, unit=zone.station, command=command)
        uow.commit()
    return here, decoded(DiagnosticsGathered, envelope_of(found.envelope).payload).sections
