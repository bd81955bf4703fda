"""Tells mosquitto's dynamic security plugin about accounts, by its JSON commands over the conductor's own line.

It must not decide who has which right. The plugin writes its whole file at each command, so one command goes in one
message: the broker serves everybody else in between.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from server.broker_rights import Grant, May, Rights
from server.errors import BrokerRefused
from server.ports import Publisher

REQUESTS = "$CONTROL/dynamic-security/v1"
ANSWERS = f"{REQUESTS}/response"
CONDUCTOR = "conductor"
"""The conductor's account and role; they are in the broker's first file, and never touched afterwards."""
ANSWER_WITHIN_S = 10.0
PAGE = 50
"""Accounts or roles asked for at once, so that the answer stays far below the largest packet the line takes."""
_TYPES = {May.SAY: "publishClientSend", May.SUBSCRIBE: "subscribeLiteral", May.HEAR: "publishClientReceive"}
_MAY = {name: may for may, name in _TYPES.items()}
_NOTHING = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True}
_OF_THE_CONDUCTOR = (
    ("publishClientSend", "radio/v1/#"),
    ("publishClientSend", REQUESTS),
    ("publishClientReceive", "radio/v1/#"),
    ("publishClientReceive", ANSWERS),
    ("subscribePattern", "radio/v1/#"),
    ("subscribePattern", ANSWERS),
)


class DynamicSecurity:
    """Implements `ports.BrokerAccounts`.

    Args:
        publisher: the line; what comes back on `ANSWERS` is to be given to `answered`.
        end: takes over the session of a client id and drops it.
        keep: writes the broker's first file and the serial numbers that are revoked.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        end: Callable[[str], None],
        keep: Callable[[Rights, Iterable[tuple[str, datetime]]], None],
    ) -> None:
        self._publisher = publisher
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._numbers = count(1)
        self.end_session = end
        self.keep_on_disk = keep

    def answered(self, payload: bytes) -> None:
        """Take in what came on `ANSWERS`; may be called from another thread."""
        self._answers.put(payload)

    def listed(self) -> Rights:
        """See `ports.BrokerAccounts`; a default that allows what nobody granted is taken back first."""
        defaults = {each["acltype"]: each["allow"] for each in self._ask("getDefaultACLAccess")["acls"]}
        if defaults != _NOTHING:
            self._ask("setDefaultACLAccess", acls=_defaults())
        roles = {
            each["rolename"]: _grants(each.get("acls", ()))
            for each in self._pages("listRoles", "roles")
            if _is_ours(each)
        }
        accounts = {each["username"]: _roles(each) for each in self._pages("listClients", "clients") if _is_ours(each)}
        return Rights(roles, accounts)

    def put_role(self, name: str, grants: Iterable[Grant], *, new: bool) -> None:
        """Make a role or change its grants; who has it stays connected."""
        self._ask("createRole" if new else "modifyRole", rolename=name, acls=_acls(grants))

    def put_account(self, name: str, roles: Iterable[str], *, new: bool) -> None:
        """Make an account or change its roles; who is connected by a changed one is thrown out."""
        self._ask("createClient" if new else "modifyClient", username=name, roles=_named(roles), groups=[])

    def remove_role(self, name: str) -> None:
        """Remove a role."""
        self._ask("deleteRole", rolename=name)

    def remove_account(self, name: str) -> None:
        """Remove an account; who is connected by it is thrown out."""
        self._ask("deleteClient", username=name)

    def _pages(self, command: str, what: str) -> Iterator[Mapping[str, Any]]:
        for offset in count(0, PAGE):
            page = self._ask(command, verbose=True, count=PAGE, offset=offset)[what]
            yield from page
            if len(page) < PAGE:
                return

    def _ask(self, command: str, **values: object) -> Mapping[str, Any]:
        number = str(next(self._numbers))
        request = {"commands": [{"command": command, "correlationData": number, **values}]}
        self._publisher.publish(REQUESTS, json.dumps(request).encode(), retain=False)
        while True:
            try:
                (answer,) = json.loads(self._answers.get(timeout=ANSWER_WITHIN_S))["responses"]
            except Empty:
                raise BrokerRefused("broker.silent", command=command) from None
            if answer.get("correlationData") != number:
                continue  # of a request that was given up
            if "error" in answer:
                raise BrokerRefused("broker.refused", command=command, error=answer["error"])
            given: Mapping[str, Any] = answer.get("data", {})
            return given


def first_file(rights: Rights) -> str:
    """Give the file a broker starts from that has none: these rights, the conductor's own, and nothing for others."""
    conductor = {"rolename": CONDUCTOR, "acls": [_acl(kind, topic) for kind, topic in _OF_THE_CONDUCTOR]}
    roles = [{"rolename": name, "acls": _acls(grants)} for name, grants in sorted(rights.roles.items())]
    accounts = [{"username": name, "roles": _named(own)} for name, own in sorted(rights.accounts.items())]
    whole = {
        "defaultACLAccess": _NOTHING,
        "clients": [{"username": CONDUCTOR, "roles": _named([CONDUCTOR])}, *accounts],
        "groups": [],
        "roles": [conductor, *roles],
    }
    return json.dumps(whole, indent=1)  # a last line of its own tells a whole file from one that was cut off


def _is_ours(each: Mapping[str, Any]) -> bool:
    return CONDUCTOR not in (each.get("username"), each.get("rolename"))


def _grants(acls: Iterable[Mapping[str, Any]]) -> frozenset[Grant]:
    """Give what a role grants; one with anything else in it than we grant counts as empty, and is made anew."""
    own = list(acls)
    if not all(acl["allow"] and acl["acltype"] in _MAY for acl in own):
        return frozenset()
    return frozenset((_MAY[acl["acltype"]], acl["topic"]) for acl in own)


def _roles(account: Mapping[str, Any]) -> frozenset[str]:
    """Give the names of an account's roles; a group, which we never use, makes it differ from what is wanted."""
    groups = (f"group {each['groupname']}" for each in account.get("groups", ()))
    return frozenset((*(each["rolename"] for each in account.get("roles", ())), *groups))


def _acls(grants: Iterable[Grant]) -> list[dict[str, object]]:
    return [_acl(_TYPES[may], topic) for may, topic in sorted(grants)]


def _acl(kind: str, topic: str) -> dict[str, object]:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": True}


def _defaults() -> list[dict[str, object]]:
    return [{"acltype": kind, "allow": allow} for kind, allow in _NOTHING.items()]


def _named(roles: Iterable[str]) -> list[dict[str, str]]:
    return [{"rolename": name} for name in sorted(roles)]
