"""Trust: which key may sign which message, by numbered lists the root signs; and whether to obey.

It must not fetch or store lists. The expiry of a list or of a key is for the centre, which warns and renews:
a device obeys the keys of the last list it has, since one missed ceremony must not silence every pole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from schedules.errors import WireError
from schedules.wire.codec import decoded
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import KeyRole, Message, TrustedKey, TrustList
from schedules.wire.seal import Envelope, envelope_of, holds, type_of

FURTHEST_NUMBER_AHEAD_MS = 24 * 3600 * 1000
"""A revision this far ahead of trusted time is refused, so that a thief cannot lock later ones out."""


ONLINE = (KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY)
"""The roles whose keys the centre signs with day by day."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A verified trust list, as a keyring."""

    list: TrustList

    def public_key(self, key: str, kind: type[Message]) -> str:
        """Give the public key that may sign a type under a key id; see `seal.Keyring`."""
        known = next((each for each in self.list.keys if each.key == key), None)
        if known is None:
            raise WireError("wire.unknown_key", key=key)
        if known.role is not SIGNED_BY[kind]:
            raise WireError("wire.wrong_role", key=key, role=known.role, type=kind.__name__)
        return known.public


def accepted(data: bytes, *, held: Trust | None, roots: tuple[TrustedKey, ...], threshold: int = 1) -> Trust:
    """Verify a trust list and give the trust it makes.

    Args:
        data: the envelope.
        held: the trust in force; its own roots and threshold must have signed the next list too.
        roots: root keys the device was made with; they decide about the first list.
        threshold: how many of them must have signed the first list.

    Raises:
        WireError: `trust.not_signed`, `trust.not_next` for a number that is not the one after the
            held list's, or what the envelope's bytes deserve.
    """
    envelope = envelope_of(data)
    if type_of(envelope) is not TrustList:
        raise WireError("wire.wrong_type", type=envelope.type)
    before, least = (roots, threshold) if held is None else (held.list.keys, held.list.threshold)
    if least < 1 or len(signers(envelope, before)) < least:
        raise WireError("trust.not_signed")
    following = decoded(TrustList, envelope.payload)
    if len(signers(envelope, following.keys)) < following.threshold:
        raise WireError("trust.not_signed", number=following.number)
    if held is not None and following.number != held.list.number + 1:
        raise WireError("trust.not_next", held=held.list.number, number=following.number)
    return Trust(following)


def signers(envelope: Envelope, keys: Iterable[TrustedKey]) -> frozenset[str]:
    """Give the public halves of the roots among the keys that signed an envelope: under two ids it is one."""
    return frozenset(
        key.public
        for key in keys
        for seal in envelope.seals
        if key.role is KeyRole.ROOT and key.key == seal.key and holds(key.public, seal, envelope)
    )


def signing_key(trust_list: TrustList, role: KeyRole) -> TrustedKey | None:
    """Give the key the centre signs with by a list: of a role's keys the one that lives longest, the last of equals."""

    def longest(found: TrustedKey, key: TrustedKey) -> TrustedKey:
        lives_on = found.expires is None and key.expires is not None
        return found if lives_on or (found.expires and key.expires and found.expires > key.expires) else key

    keys = trust_list.of(role)
    return reduce(longest, keys) if keys else None


def require_audience(message: Message, topic_audience: str) -> None:
    """Refuse a message for somebody else than the topic it came on.

    Raises:
        WireError: `wire.wrong_audience`.
    """
    if message.audience != topic_audience or not topic_audience:
        raise WireError("wire.wrong_audience", audience=message.audience, expected=topic_audience)


def require_epoch(message: Message, trust: Trust) -> None:
    """Refuse a message of another epoch than the trust list in force.

    Only the root raises the epoch: a stolen online key cannot put its numbers above all later ones, and
    after the root has raised it, nothing signed before is obeyed any more.

    Raises:
        WireError: `wire.wrong_epoch`.
    """
    if message.epoch != trust.list.epoch:
        raise WireError("wire.wrong_epoch", epoch=message.epoch, expected=trust.list.epoch)


def require_fresh(message: Message, *, held: tuple[int, int] | None, now: datetime | None) -> None:
    """Refuse what is expired, not newer than what is held, or numbered too far ahead.

    Args:
        message: verified.
        held: (epoch, number) of what is obeyed now on this topic; None when nothing is.
        now: trusted time; None when the clock is not trusted, and then expiry cannot be judged.

    Raises:
        WireError: `wire.expired`, `wire.not_newer` or `wire.too_far_ahead`.
    """
    if held is not None and (message.epoch, message.number) <= held:
        raise WireError("wire.not_newer", number=message.number, held=held[1])
    if now is None:
        return
    if message.expires is not None and now >= message.expires:
        raise WireError("wire.expired", expires=message.expires)
    if message.number > int(now.timestamp() * 1000) + FURTHEST_NUMBER_AHEAD_MS:
        raise WireError("wire.too_far_ahead", number=message.number)
