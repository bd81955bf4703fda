"""Who may say and hear what at the broker, as the database has it; brings the broker to the same.

It must not know how a broker is told. An account is a device's. Its rights are those of three roles: everybody's, its
loudspeaker's and its zone's; so a change of a zone's units is one change, whatever the number of loudspeakers.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from schedules.ids import DeviceId, LoudspeakerId, ZoneId
from schedules.wire import topics
from server.broker_rights import Grant, May, Rights
from server.ports import BrokerAccounts, Clock, Store, UnitOfWork

log = logging.getLogger(__name__)

EVERYBODY = "everybody"
WHOLE_EVERY = timedelta(minutes=1)
FAREWELL = timedelta(hours=1)
"""How long a device may stay that is no longer in use, until the broker has what tells it so."""


def standing(uow: UnitOfWork, now: datetime) -> tuple[tuple[DeviceId, LoudspeakerId, ZoneId], ...]:
    """Give the devices in use with loudspeaker and zone, then those that are yet to be told that they no longer are.

    Such a one plays on what it holds, so it stays until the broker has confirmed an assignment made since.
    """
    ending = uow.devices.retired_after(now - FAREWELL)
    # Retirement itself asks for one more assignment, whatever the clock says.
    untold = {loudspeaker for loudspeaker, *_ in uow.issue.assignment_numbers(unsettled_only=True)} if ending else ()
    places = (
        (device.id, uow.places.loudspeaker(device.loudspeaker)) for device in ending if device.loudspeaker in untold
    )
    leaving = tuple((device, here.id, here.zone) for device, here in places if here is not None)
    return (*uow.devices.standing(), *leaving)


def wanted(uow: UnitOfWork, now: datetime, *, barred: Collection[LoudspeakerId] = ()) -> Rights:
    """Give the rights of every device in use, and of those that are yet to be told that they no longer are.

    Args:
        uow: what they are read from.
        now: the present instant.
        barred: loudspeakers whose devices have no account for now.
    """
    units = uow.places.units()
    zones = {zone.id: zone for zone in uow.places.zones()}
    roles = {EVERYBODY: _heard(topics.FOR_EVERYBODY)}
    accounts = {}
    for device, loudspeaker, zone in standing(uow, now):
        if loudspeaker in barred:
            continue
        own, shared = f"loudspeaker:{loudspeaker}", f"zone:{zone}"
        said = ((May.SAY, topic) for topic in topics.from_agent(loudspeaker))
        roles[own] = _heard(topics.for_loudspeaker(loudspeaker)).union(said)
        if shared not in roles:
            roles[shared] = _heard(topics.for_zone(zone, zones[zone].obeys(units)))
        accounts[str(device)] = frozenset((EVERYBODY, own, shared))
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
    """Keeps the broker at what the database has.

    After every commit it looks where each device stands, which costs little. The units above a zone change on few days
    of a year, and are looked at every minute.
    """

    def __init__(self, store: Store, clock: Clock, accounts: BrokerAccounts) -> None:
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._listed: Rights | None = None
        self._forgets = False
        self._changes = -1
        self._barred: frozenset[LoudspeakerId] = frozenset()
        self._standing: tuple[tuple[DeviceId, LoudspeakerId, ZoneId], ...] = ()
        self._whole_at: datetime | None = None

    def forget(self) -> None:
        """Ask the broker again what it holds: a session began, and it may have lost something.

        May be called from another thread, also while `keep` runs.
        """
        self._forgets = True

    def keep(self, *, barred: Collection[LoudspeakerId] = ()) -> None:
        """Bring the broker to what is wanted now.

        Raises:
            BrokerRefused: it stopped half-way; the next call goes on.
            OSError: the same, while a session was to be ended.
        """
        if self._forgets:
            self._forgets, self._listed = False, None
        now = self._clock.now()
        is_due = self._whole_at is None or abs(now - self._whole_at) >= WHOLE_EVERY
        if self._listed is not None and not is_due and not self._has_moved(barred):
            return
        with self._store.reading() as uow:
            where, now_wanted = standing(uow, now), wanted(uow, now, barred=barred)
            revoked = revocations(uow) if self._listed != now_wanted else ()
        if self._listed != now_wanted:
            listed, self._listed = self._listed, None  # until the broker has it all
            if listed is None:
                # First, since a broker that has nothing may be started from this long before all commands are through.
                self._accounts.keep_on_disk(now_wanted, revoked)
                bring(self._accounts, self._accounts.listed(), now_wanted)
            else:
                bring(self._accounts, listed, now_wanted)
                self._accounts.keep_on_disk(now_wanted, revoked)
        self._listed, self._whole_at = now_wanted, now
        self._standing, self._barred = where, frozenset(barred)

    def _has_moved(self, barred: Collection[LoudspeakerId]) -> bool:
        """Tell whether a device stands elsewhere than when it was last looked."""
        if frozenset(barred) != self._barred:
            return True
        changes = self._store.changes()
        if changes == self._changes:
            return False
        with self._store.reading() as uow:
            moved = standing(uow, self._clock.now()) != self._standing
        if not moved:
            self._changes = changes
        return moved


def _heard(heard: Iterable[str]) -> frozenset[Grant]:
    return frozenset((may, topic) for topic in heard for may in (May.SUBSCRIBE, May.HEAR))
