"""Who may say and hear what at the broker, as the database has it; brings the broker to the same.

It must not know how a broker is told. An account is a device's. Its rights are those of three roles: everybody's, its
loudspeaker's and its zone's; so a change of a zone's units is one change, whatever the number of loudspeakers.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime

from schedules.ids import LoudspeakerId
from schedules.wire import topics
from server.broker_rights import Grant, May, Rights
from server.ports import BrokerAccounts, Store, UnitOfWork

log = logging.getLogger(__name__)

EVERYBODY = "everybody"


def wanted(uow: UnitOfWork, *, barred: Collection[LoudspeakerId] = ()) -> Rights:
    """Give the rights of every device in use.

    Args:
        uow: what they are read from.
        barred: loudspeakers whose devices have no account for now.
    """
    units = uow.places.units()
    zones = {zone.id: zone for zone in uow.places.zones()}
    loudspeakers = {each.id: each for each in uow.places.loudspeakers() if each.retired_at is None}
    roles = {EVERYBODY: _heard(topics.FOR_EVERYBODY)}
    accounts = {}
    for device in uow.devices.all():
        here = loudspeakers.get(device.loudspeaker)
        if device.retired_at is not None or here is None or here.id in barred:
            continue
        own, shared = f"loudspeaker:{here.id}", f"zone:{here.zone}"
        roles[own] = _heard(topics.for_loudspeaker(here.id)) | {(May.SAY, each) for each in topics.from_agent(here.id)}
        if shared not in roles:
            roles[shared] = _heard(topics.for_zone(here.zone, zones[here.zone].obeys(units)))
        accounts[str(device.id)] = frozenset((EVERYBODY, own, shared))
    return Rights(roles, accounts)


def revocations(uow: UnitOfWork) -> tuple[tuple[str, datetime], ...]:
    """Give the serial numbers of the certificates of devices that are no longer in use, with since when."""
    return tuple(
        (device.certificate_serial, device.retired_at)
        for device in uow.devices.all()
        if device.retired_at is not None and device.certificate_serial
    )


def bring(accounts: BrokerAccounts, listed: Rights, wanted: Rights) -> None:
    """Make, change and end accounts and roles until the broker holds what is wanted.

    What is taken away goes first. An account that changes has no right at all while its session is ended: nothing can
    be queued for it in between, and whoever is stopped half-way finds it changed still, and ends its session again.
    """
    changed_roles = {name for name in listed.roles if listed.roles[name] != wanted.roles.get(name)}
    gone = [name for name in listed.accounts if name not in wanted.accounts]
    changed = [
        name
        for name, roles in wanted.accounts.items()
        if name in listed.accounts and (roles != listed.accounts[name] or roles & changed_roles)
    ]
    for name in (*gone, *changed):
        accounts.put_account(name, (), new=False)
    for name in (*gone, *changed):
        accounts.end_session(name)
    for name in gone:
        accounts.remove_account(name)
    for name in sorted(changed_roles - wanted.roles.keys()):
        accounts.remove_role(name)
    for name, grants in wanted.roles.items():
        if name not in listed.roles or name in changed_roles:
            accounts.put_role(name, grants, new=name not in listed.roles)
    for name in changed:
        accounts.put_account(name, wanted.accounts[name], new=False)
    for name in (name for name in wanted.accounts if name not in listed.accounts):
        accounts.put_account(name, wanted.accounts[name], new=True)
    log.info("broker_accounts gone=%d changed=%d accounts=%d", len(gone), len(changed), len(wanted.accounts))


class AccountKeeper:
    """Keeps the broker at what the database has; looks only when one of the two may have changed."""

    def __init__(self, store: Store, accounts: BrokerAccounts) -> None:
        self._store = store
        self._accounts = accounts
        self._listed: Rights | None = None
        self._seen: tuple[int, frozenset[LoudspeakerId]] | None = None

    def forget(self) -> None:
        """Ask the broker again what it holds: a session began, and it may have lost something."""
        self._listed = None

    def keep(self, *, barred: Collection[LoudspeakerId] = ()) -> None:
        """Bring the broker to what is wanted now.

        Raises:
            BrokerRefused: it stopped half-way; the next call goes on.
        """
        seen = (self._store.changes(), frozenset(barred))
        if self._listed is not None and seen == self._seen:
            return
        with self._store.reading() as uow:
            now_wanted, revoked = wanted(uow, barred=barred), revocations(uow)
        if self._listed != now_wanted:
            listed, self._listed = self._listed, None  # until the broker has it all
            if listed is None:
                # First, since a broker that has nothing may be started from this long before all commands are through.
                self._accounts.keep_on_disk(now_wanted, revoked)
                bring(self._accounts, self._accounts.listed(), now_wanted)
            else:
                bring(self._accounts, listed, now_wanted)
                self._accounts.keep_on_disk(now_wanted, revoked)
        self._listed, self._seen = now_wanted, seen


def _heard(heard: Iterable[str]) -> frozenset[Grant]:
    return frozenset((may, topic) for topic in heard for may in (May.SUBSCRIBE, May.HEAR))
