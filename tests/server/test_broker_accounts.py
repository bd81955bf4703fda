"""What the conductor says to mosquitto's dynamic security plugin, and what it makes of the answers."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from server.broker_accounts import ANSWERS, REQUESTS, DynamicSecurity, first_file
from server.broker_rights import May, Rights
from server.errors import BrokerRefused

NOTHING = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True}
RIGHTS = Rights(
    {"zone:z": frozenset({(May.HEAR, "a"), (May.SUBSCRIBE, "a"), (May.SAY, "b")})},
    {"00000000000000a1": frozenset({"zone:z"})},
)


class Plugin:
    """A publisher whose other end answers each command as it was told to.

    Attributes:
        commands: what was asked, without its number.
        answers: what is given as data, by command.
        defaults: what is allowed to everybody.
    """

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {}
        self.defaults = dict(NOTHING)
        self.error = ""
        self.numbered: Callable[[str], list[str]] = lambda number: [number]
        self.accounts = DynamicSecurity(self, end=lambda _: None, keep=lambda *_: None)

    def publish(
        self,
        topic: str,
        envelope: bytes,
        *,
        retain: bool,
        confirmed: Callable[[], None] | None = None,
        expiry: int | None = None,
    ) -> None:
        assert (topic, retain) == (REQUESTS, False)
        (command,) = json.loads(envelope)["commands"]
        number = command.pop("correlationData")
        self.commands.append(command)
        for each in self.numbered(number):
            answer = {"command": command["command"], "correlationData": each, "data": self._data(command)}
            if self.error:
                answer["error"] = self.error
            self.accounts.answered(json.dumps({"responses": [answer]}).encode())

    def _data(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        if command["command"] == "getDefaultACLAccess":
            return {"acls": [{"acltype": kind, "allow": allow} for kind, allow in self.defaults.items()]}
        answer = self.answers.get(command["command"])
        return answer(command) if answer else {"roles": [], "clients": []}


@pytest.fixture
def plugin() -> Plugin:
    return Plugin()


def acl(kind: str, topic: str, *, allow: bool = True) -> dict[str, object]:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": allow}


def role(name: str, *acls: dict[str, object]) -> dict[str, object]:
    return {"rolename": name, "acls": list(acls)}


def test_a_role_is_made_of_what_it_grants_literally(plugin: Plugin) -> None:
    plugin.accounts.put_role("zone:z", RIGHTS.roles["zone:z"], new=True)
    plugin.accounts.put_role("zone:z", (), new=False)

    assert plugin.commands == [
        {
            "command": "createRole",
            "rolename": "zone:z",
            "acls": [
                acl("publishClientReceive", "a"),
                acl("publishClientSend", "b"),
                acl("subscribeLiteral", "a"),
            ],
        },
        {"command": "modifyRole", "rolename": "zone:z", "acls": []},
    ]


def test_an_account_has_its_roles_and_no_group(plugin: Plugin) -> None:
    plugin.accounts.put_account("a1", ("y", "x"), new=True)
    plugin.accounts.put_account("a1", (), new=False)
    plugin.accounts.remove_account("a1")
    plugin.accounts.remove_role("x")

    assert plugin.commands == [
        {
            "command": "createClient",
            "username": "a1",
            "roles": [{"rolename": "x"}, {"rolename": "y"}],
            "groups": [],
        },
        {"command": "modifyClient", "username": "a1", "roles": [], "groups": []},
        {"command": "deleteClient", "username": "a1"},
        {"command": "deleteRole", "rolename": "x"},
    ]


def test_everything_is_listed_page_by_page_but_the_conductors_own(plugin: Plugin) -> None:
    names = ["conductor", *(f"{number:016x}" for number in range(120))]
    plugin.answers["listClients"] = lambda asked: {
        "clients": [{"username": each} for each in names[asked["offset"] : asked["offset"] + asked["count"]]]
    }
    plugin.answers["listRoles"] = lambda _: {"roles": [role("conductor", acl("publishClientSend", "#"))]}

    listed = plugin.accounts.listed()

    assert set(listed.accounts) == set(names[1:])
    assert listed.roles == {}


@pytest.mark.parametrize(
    "stranger",
    [
        acl("subscribePattern", "#"),
        acl("subscribeLiteral", "a", allow=False),
        acl("unsubscribePattern", "#"),
    ],
)
def test_a_role_with_something_we_never_grant_counts_as_empty(plugin: Plugin, stranger: dict[str, object]) -> None:
    """So it differs from what is wanted, and is made anew."""
    plugin.answers["listRoles"] = lambda _: {"roles": [role("zone:z", acl("subscribeLiteral", "a"), stranger)]}

    assert plugin.accounts.listed().roles == {"zone:z": frozenset()}


def test_a_group_somebody_gave_an_account_shows(plugin: Plugin) -> None:
    plugin.answers["listClients"] = lambda _: {
        "clients": [{"username": "a1", "roles": [{"rolename": "zone:z"}], "groups": [{"groupname": "all"}]}]
    }

    assert plugin.accounts.listed().accounts == {"a1": frozenset({"zone:z", "group all"})}


@pytest.mark.parametrize("kind", ["publishClientSend", "publishClientReceive", "subscribe"])
def test_a_default_that_allows_something_is_taken_back(plugin: Plugin, kind: str) -> None:
    plugin.defaults[kind] = True

    plugin.accounts.listed()

    denial = [{"acltype": each, "allow": allow} for each, allow in NOTHING.items()]
    assert {"command": "setDefaultACLAccess", "acls": denial} in plugin.commands


def test_a_default_that_denies_is_left_alone(plugin: Plugin) -> None:
    plugin.accounts.listed()

    assert [each["command"] for each in plugin.commands] == ["getDefaultACLAccess", "listRoles", "listClients"]


def test_an_answer_to_a_request_that_was_given_up_is_passed_over(plugin: Plugin) -> None:
    plugin.numbered = lambda number: ["0", number]

    plugin.accounts.remove_role("x")
    plugin.accounts.remove_role("y")


def test_a_command_that_is_refused_says_why(plugin: Plugin) -> None:
    plugin.error = "Client not found"

    with pytest.raises(BrokerRefused) as refused:
        plugin.accounts.remove_account("a1")

    assert refused.value.code == "broker.refused"
    assert refused.value.values == {"command": "deleteClient", "error": "Client not found"}


def test_a_broker_that_does_not_answer_is_not_waited_for_for_ever(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.broker_accounts.ANSWER_WITHIN_S", 0.01)
    plugin.numbered = lambda _: []

    with pytest.raises(BrokerRefused, match=r"broker\.silent"):
        plugin.accounts.listed()


def test_the_first_file_denies_all_that_it_does_not_grant_and_lets_the_conductor_work() -> None:
    whole = json.loads(first_file(RIGHTS))

    assert whole["defaultACLAccess"] == NOTHING
    assert whole["clients"] == [
        {"username": "conductor", "roles": [{"rolename": "conductor"}]},
        {"username": "00000000000000a1", "roles": [{"rolename": "zone:z"}]},
    ]
    own = {each["rolename"]: each["acls"] for each in whole["roles"]}
    assert acl("publishClientSend", REQUESTS) in own["conductor"]
    assert acl("subscribePattern", ANSWERS) in own["conductor"]
    assert len(own["zone:z"]) == 3


def test_only_a_whole_file_ends_with_a_brace_of_its_own() -> None:
    """That is how start.sh knows one that was cut off."""
    lines = first_file(RIGHTS).splitlines()

    assert [number for number, line in enumerate(lines) if line == "}"] == [len(lines) - 1]
