"""The trust of a new device: the lists it is given must lead to the roots whose fingerprint its technician saw.

This is the one moment where expiry counts at a device: what begins now must begin with living keys. Afterwards it obeys
the last list it has (`trust`). It must not decide who may enrol.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from schedules.errors import WireError
from schedules.wire.codec import decoded
from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.seal import envelope_of, type_of
from schedules.wire.trust import Trust, accepted, require_audience, signers


def roots_fingerprint(trust_list: TrustList) -> str:
    """Give the fingerprint of a list's root keys and of how many of them must sign: 64 hexadecimal digits.

    SHA-256 over the threshold in decimal digits and each public key in hexadecimal, sorted, each a line of its own.
    """
    roots = sorted(key.public for key in trust_list.of(KeyRole.ROOT))
    return sha256("".join(f"{line}\n" for line in (trust_list.threshold, *roots)).encode()).hexdigest()


def first_trust(lists: Iterable[bytes], *, roots: str) -> Trust:
    """Verify the lists a new device is given, the first one first.

    Each is signed by its own roots and by those of the one before, without a gap; what makes the last one genuine is
    that its roots are those that were meant.

    Args:
        lists: envelopes.
        roots: fingerprint of the roots of the last one, as the technician saw it.

    Raises:
        WireError: `trust.none`, `trust.other_roots`, or what `accepted` finds.
    """
    trust: Trust | None = None
    for data in lists:
        trust = _by_itself(data) if trust is None else accepted(data, held=trust, roots=())
    if trust is None:
        raise WireError("trust.none")
    if roots_fingerprint(trust.list) != roots:
        raise WireError("trust.other_roots", number=trust.list.number)
    require_audience(trust.list, "all")
    return trust


def require_living(trust: Trust, data: bytes, now: datetime) -> None:
    """Refuse to begin with a trust list that has run out, or that too few living roots have signed.

    Args:
        trust: what the list made.
        data: its envelope.
        now: by the clock of who answered.

    Raises:
        WireError: `trust.list_expired` or `trust.root_expired`.
    """
    if trust.list.expires is not None and now >= trust.list.expires:
        raise WireError("trust.list_expired", expires=trust.list.expires)
    roots = trust.list.of(KeyRole.ROOT)
    living = [key for key in roots if key.expires is None or now < key.expires]
    if len(signers(envelope_of(data), living)) < trust.list.threshold:
        raise WireError("trust.root_expired", expires=min((key.expires for key in roots if key.expires), default=now))


def _by_itself(data: bytes) -> Trust:
    """Accept a list by the roots it names itself: whether they are the right ones is seen at the last list."""
    envelope = envelope_of(data)
    if type_of(envelope) is not TrustList:
        raise WireError("wire.wrong_type", type=envelope.type)
    claimed = decoded(TrustList, envelope.payload)
    return accepted(data, held=None, roots=claimed.keys, threshold=claimed.threshold)
