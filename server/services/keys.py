"""Keys of the centre: the first trust list, and when keys run out. It must not see a private key."""

import logging
from datetime import datetime, timedelta

from schedules.wire.codec import decoded
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import envelope_of, fingerprint
from server.ports import Clock, KeyVault, Store
from server.services.trail import note

log = logging.getLogger(__name__)

KEYS_LIVE = timedelta(days=400)
"""One missed yearly ceremony must not mean a visit to every pole."""
WARNING, ALARM = timedelta(days=90), timedelta(days=30)
FIRST = 1


def initialise(store: Store, clock: Clock, vault: KeyVault) -> TrustList:
    """Draw the keys of a new centre and sign its first trust list; where there is one already, give the newest.

    Returns:
        The trust list in force; its ROOT keys are what loudspeakers are made with.
    """
    with store.writing() as uow:
        lists = uow.issue.trust_lists()
        if lists:
            return _read(lists[-1][1])
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


def root_keys(store: Store) -> tuple[TrustedKey, ...]:
    """Give the public root keys in force; none before `initialise`."""
    with store.reading() as uow:
        lists = uow.issue.trust_lists()
    return tuple(key for key in _read(lists[-1][1]).keys if key.role is KeyRole.ROOT) if lists else ()


def warn_in_time(store: Store, clock: Clock) -> None:
    """Log how long the keys still live when that is at most 90 days, as an error from 30 on."""
    with store.reading() as uow:
        lists = uow.issue.trust_lists()
    left = time_left(_read(lists[-1][1]), clock.now()) if lists else None
    if left is not None and left <= WARNING:
        level = logging.ERROR if left <= ALARM else logging.WARNING
        log.log(level, "keys_run_out days=%d", left.days)


def time_left(trust_list: TrustList, now: datetime) -> timedelta | None:
    """Give how long the first key to run out still lives; None when none ever does."""
    ends = [key.expires for key in trust_list.keys if key.expires is not None]
    return min(ends) - now if ends else None


def _read(envelope: bytes) -> TrustList:
    return decoded(TrustList, envelope_of(envelope).payload)
