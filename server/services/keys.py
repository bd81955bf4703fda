"""Keys of the centre: the first trust list, and when keys run out. It must not see a private key."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schedules.wire.codec import decoded
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import envelope_of, fingerprint
from schedules.wire.trust import ONLINE, signing_key
from server.ports import Clock, KeyVault, Store, UnitOfWork
from server.services.trail import note

log = logging.getLogger(__name__)

KEYS_LIVE = timedelta(days=400)
"""One missed yearly ceremony must not mean a visit to every pole."""
STAGES = (
    (timedelta(0), "keys.ended"),
    (timedelta(days=7), "keys.end_in_days"),
    (timedelta(days=30), "keys.end_in_weeks"),
    (timedelta(days=90), "keys.end_in_months"),
)
"""What is said from when on before the keys run out; nothing before that."""
FIRST = 1
_NEVER = datetime.max.replace(tzinfo=UTC)


def initialise(store: Store, clock: Clock, vault: KeyVault) -> TrustList:
    """Draw the keys of a new centre and sign its first trust list; where there is one already, give the newest.

    Returns:
        The trust list in force; its ROOT keys are what loudspeakers are made with.
    """
    with store.writing() as uow:
        lists = uow.issue.trust_lists()
        if lists:
            return list_of(lists[-1][1])
        now = clock.now()
        expires = now + KEYS_LIVE
        publics = {role: vault.public(role) for role in KeyRole if role is not KeyRole.DEVICE}
        first = TrustList(
            audience="all",
            epoch=1,
            number=FIRST,
            issued=now,
            expires=expires,
            keys=tuple(
                TrustedKey(
                    key=fingerprint(public),
                    public=public,
                    role=role,
                    expires=None if role is KeyRole.ROOT else expires,
                )
                for role, public in publics.items()
            ),
        )
        uow.issue.add_trust_list(FIRST, vault.seal_by_root(first))
        uow.issue.follow_trust(FIRST)
        note(uow, now, None, "keys.initialised", subject="trust", unit=None, number=FIRST)
        uow.commit()
    return first


def newest(lists: Iterable[tuple[int, bytes]]) -> TrustList | None:
    """Give the trust list in force; None before the first."""
    envelopes = [envelope for _, envelope in lists]
    return list_of(envelopes[-1]) if envelopes else None


def list_of(envelope: bytes) -> TrustList:
    """Read a trust list the centre keeps."""
    return decoded(TrustList, envelope_of(envelope).payload)


@dataclass(frozen=True, slots=True)
class Expiry:
    """That the keys run out, or have: the code of what to do, and how many days are left."""

    code: str
    ends: datetime
    days: int

    @property
    def values(self) -> dict[str, object]:
        """What its sentence names."""
        return {"ends": self.ends, "days": self.days}

    @property
    def is_alarm(self) -> bool:
        """Whether it is red: a month or less is short, with people to be brought together."""
        return self.code != "keys.end_in_months"


def expiry(uow: UnitOfWork, now: datetime) -> Expiry | None:
    """Tell that the keys run out within 90 days; None while they do not, and before there are any."""
    trust_list = newest(uow.issue.trust_lists())
    left = None if trust_list is None else time_left(trust_list, now)
    if left is None or left > STAGES[-1][0]:
        return None
    code = next(code for within, code in STAGES if left <= within)
    return Expiry(code, now + left, max(0, left.days))


def warn_in_time(store: Store, clock: Clock) -> None:
    """Log how long the keys still live when that is at most 90 days, as an error from 30 on."""
    with store.reading() as uow:
        found = expiry(uow, clock.now())
    if found is not None:
        level = logging.ERROR if found.is_alarm else logging.WARNING
        log.log(level, "keys_run_out code=%s days=%d", found.code, found.days)


def time_left(trust_list: TrustList, now: datetime) -> timedelta | None:
    """Give how long the centre can go on before a ceremony is due; None when that is for ever.

    That is until the list ends, or a key that signs today, or so many roots that too few are left to sign.
    """
    signing = (signing_key(trust_list, role) for role in ONLINE)
    roots = sorted((root.expires or _NEVER for root in trust_list.of(KeyRole.ROOT)), reverse=True)
    ends = (trust_list.expires, *(key.expires for key in signing if key is not None), roots[trust_list.threshold - 1])
    first = min(end or _NEVER for end in ends)
    return None if first == _NEVER else first - now
