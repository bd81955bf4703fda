"""The lease of the conductor: of several processes one works, the others wait until it falls silent.

Nobody compares clocks: who waits sees, by its own, that the lease was not renewed for a while. Whether a process that
thinks it works still may is decided in each transaction that writes. It must not know what is written there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from server.errors import LeaseLost
from server.lease_records import Lease
from server.ports import Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

CONDUCTOR = "conductor"
RENEWED_EVERY_S = 2.0
KEPT_FOR_S = 8.0
"""A holder that could not renew for so long lets go of the line to the broker."""
TAKEN_AFTER_S = 10.0
"""Somebody else takes a lease that was not renewed for so long; later than its holder let go."""


class Claim:
    """What one process has of a lease, or waits for.

    Args:
        store: where the lease is.
        name: of the lease.
        holder: what names this process.
        is_gone: tells of a holder's name that its process surely is no more; nobody waits for that one.
        elapsed: seconds by a clock that is never set.
        clock: tells people when the holder last lived; nothing is decided by it.

    Attributes:
        silent_since: when the lease had last been renewed as this process took it; None where nobody had had it.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        holder: str,
        is_gone: Callable[[str], bool],
        elapsed: Callable[[], float],
        clock: Clock,
    ) -> None:
        self._store, self._name, self._holder = store, name, holder
        self._is_gone, self._elapsed, self._clock = is_gone, elapsed, clock
        self.silent_since: datetime | None = None
        self._token: int | None = None
        self._renewed_at = 0.0
        self._seen: Lease | None = None
        self._seen_at = 0.0

    @property
    def held(self) -> bool:
        """Whether this process holds the lease, as far as it can know without asking."""
        return self._token is not None and self._elapsed() - self._renewed_at < KEPT_FOR_S

    def take(self) -> bool:
        """Take the lease, or renew it; tell whether it is held."""
        now = self._elapsed()
        with self._store.reading() as uow:
            known = uow.leases.get(self._name)
        if self._token is not None and (known is None or known.token != self._token):
            log.error("lease_lost name=%s token=%d", self._name, self._token)
            self._token = None
        wanted = self._next(known, now)
        if wanted is None:
            return False
        with self._store.writing() as uow:
            if uow.leases.get(self._name) != known:
                return False
            uow.leases.put(wanted)
            uow.commit()
        if self._token is None:
            self.silent_since = None if known is None else known.renewed_at
            log.info("lease_taken name=%s token=%d", self._name, wanted.token)
        self._token, self._renewed_at = wanted.token, now
        return True

    def give_back(self) -> None:
        """Let the next one have the lease at once."""
        with self._store.writing() as uow:
            self.require(uow)
            known = uow.leases.get(self._name)
            if known is not None:
                uow.leases.put(replace(known, holder=""))
            uow.commit()
        self._token = None

    def require(self, uow: UnitOfWork) -> None:
        """Refuse a transaction of whoever does not hold the lease any more.

        Raises:
            LeaseLost: `lease.lost`.
        """
        known = uow.leases.get(self._name)
        if known is None or known.token != self._token:
            raise LeaseLost("lease.lost", name=self._name)

    def _next(self, known: Lease | None, now: float) -> Lease | None:
        """Give the lease as this process would have it; None while another one lives."""
        at = self._clock.now()
        if known is None:
            return Lease(name=self._name, holder=self._holder, token=1, renewed_at=at)
        if known.token == self._token:
            return replace(known, renewals=known.renewals + 1, renewed_at=at)
        if known != self._seen:
            self._seen, self._seen_at = known, now
        if known.holder and not self._is_gone(known.holder) and now - self._seen_at < TAKEN_AFTER_S:
            return None
        return Lease(name=self._name, holder=self._holder, token=known.token + 1, renewed_at=at)


class Fenced:
    """A store in which a process writes only while the lease is its own, however long it was asleep in between."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store, self._claim = store, claim
        self.reading, self.changes, self.close = store.reading, store.changes, store.close

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Open a transaction that may write; see `ports.Store`.

        Raises:
            LeaseLost: `lease.lost`; nothing can be written.
        """
        with self._store.writing() as uow:  # nobody else writes until it ends, so the lease stays what it is
            self._claim.require(uow)
            yield uow
