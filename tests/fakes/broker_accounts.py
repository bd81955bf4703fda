"""A broker's accounts in memory, with everything that was done to them in order."""

from collections.abc import Iterable
from datetime import datetime

from server.broker_rights import Grant, Rights
from server.errors import BrokerRefused


class FakeBrokerAccounts:
    """See `ports.BrokerAccounts`.

    Attributes:
        done: what was asked, in order.
        kept: what would be on the disk.
        fails_after: so many more changes are made, then the broker falls silent; None: it never does.
    """

    def __init__(self, rights: Rights | None = None) -> None:
        self.roles = dict((rights or Rights()).roles)
        self.accounts = dict((rights or Rights()).accounts)
        self.done: list[tuple[str, str]] = []
        self.kept: tuple[Rights, tuple[tuple[str, datetime], ...]] | None = None
        self.fails_after: int | None = None

    @property
    def rights(self) -> Rights:
        return Rights(dict(self.roles), dict(self.accounts))

    def listed(self) -> Rights:
        self.done.append(("list", ""))
        return self.rights

    def put_role(self, name: str, grants: Iterable[Grant], *, new: bool) -> None:
        self._do("create role" if new else "change role", name)
        assert (name not in self.roles) == new
        self.roles[name] = frozenset(grants)

    def put_account(self, name: str, roles: Iterable[str], *, new: bool) -> None:
        own = frozenset(roles)
        self._do("create" if new else "give" if own else "strip", name)
        assert (name not in self.accounts) == new
        assert own <= self.roles.keys()
        self.accounts[name] = own

    def remove_role(self, name: str) -> None:
        self._do("remove role", name)
        assert not any(name in roles for roles in self.accounts.values())
        del self.roles[name]

    def remove_account(self, name: str) -> None:
        self._do("remove", name)
        del self.accounts[name]

    def end_session(self, name: str) -> None:
        self._do("end session", name)
        assert not self.accounts.get(name)

    def keep_on_disk(self, rights: Rights, revoked: Iterable[tuple[str, datetime]]) -> None:
        self.kept = (rights, tuple(revoked))

    def _do(self, what: str, name: str) -> None:
        if self.fails_after is not None:
            if self.fails_after == 0:
                raise BrokerRefused("broker.silent", command=what)
            self.fails_after -= 1
        self.done.append((what, name))
