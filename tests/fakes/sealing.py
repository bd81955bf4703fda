"""Online keys that lie in memory, and the trust list that names them."""

from datetime import UTC, datetime

from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import KeyRole, Message, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, sealed
from schedules.wire.trust import Trust


class FakeSealing:
    """See `ports.Sealing`.

    Attributes:
        trust: what a loudspeaker that accepted the list verifies with.
        newest: number of the newest list, which names the same keys; raise it to have it followed.
    """

    def __init__(self) -> None:
        self.epoch = 1
        self.trust_number = 1
        self.newest = 1
        roles = [KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY]
        self._keys = {role: SigningKey(role.value, bytes([number]) * 32) for number, role in enumerate(roles)}
        signers = {KeyRole.ROOT: SigningKey("root", bytes([9]) * 32), **self._keys}
        keys = tuple(TrustedKey(key=key.key, public=key.public, role=role) for role, key in signers.items())
        self.trust = Trust(
            TrustList(audience="all", epoch=1, number=1, issued=datetime(2026, 1, 1, tzinfo=UTC), keys=keys)
        )

    def follow(self) -> bool:
        is_new, self.trust_number = self.newest != self.trust_number, self.newest
        return is_new

    def seal(self, message: Message) -> bytes:
        return sealed(message, self._keys[SIGNED_BY[type(message)]])
