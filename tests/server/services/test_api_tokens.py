"""Tokens of the API: for whom, for what, how long; and that they are never worth more than their person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import PersonId, UnitId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import accounts, api_tokens, factors, grants, people
from server.services.accounts import Changes
from server.services.api_tokens import LONGEST_DAYS, MOST, SEEN_EVERY, NewToken
from server.token_records import ApiToken, Scope
from server.values import Person, Role
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    BOTH,
    MONDAY_BEFORE_DAWN,
    NEIGHBOUR,
    OFFICER,
    PASSWORD,
    SON_HA,
    settle,
)

NEW = NewToken(name="Đồng bộ", unit=SON_HA, scopes=frozenset({Scope.READ, Scope.PROGRAMMES}), days=30)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_BEFORE_DAWN)


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    settle(store, FakeHashing())
    return store


def somebody(store: FakeStore, login: str = OFFICER.login) -> Person:
    return store.kept.people[PersonId(login)]


def made(store: FakeStore, clock: FakeClock, new: NewToken = NEW, login: str = OFFICER.login) -> tuple[ApiToken, str]:
    return api_tokens.make(store, clock, somebody(store, login), new=new)


def test_a_token_is_recognised_by_its_words_and_the_secret_is_kept_nowhere(store: FakeStore, clock: FakeClock) -> None:
    token, words = made(store, clock)

    assert api_tokens.recognised(store, clock, words) == token
    assert words.partition(".")[2] not in repr(store.kept)


@pytest.mark.parametrize("words", ["", ".", "x", "x.y", "{id}", "{id}.", "{id}.wrong", "{id}.é"])
def test_other_words_are_nobody_s(store: FakeStore, clock: FakeClock, words: str) -> None:
    token, _ = made(store, clock)

    assert api_tokens.recognised(store, clock, words.format(id=token.id)) is None


def test_a_token_ends_by_itself(store: FakeStore, clock: FakeClock) -> None:
    _, words = made(store, clock)

    clock.advance(timedelta(days=30))

    assert api_tokens.recognised(store, clock, words) is None


def test_a_revoked_token_opens_nothing_and_twice_is_once(store: FakeStore, clock: FakeClock) -> None:
    token, words = made(store, clock)

    first = api_tokens.revoke(store, clock, somebody(store), token.id)
    clock.advance(timedelta(hours=1))

    assert api_tokens.revoke(store, clock, somebody(store), token.id) == first
    assert api_tokens.recognised(store, clock, words) is None


def test_nobody_revokes_somebody_else_s(store: FakeStore, clock: FakeClock) -> None:
    token, words = made(store, clock)

    with pytest.raises(NotFound, match=r"api_token\.unknown"):
        api_tokens.revoke(store, clock, somebody(store, NEIGHBOUR.login), token.id)

    assert api_tokens.recognised(store, clock, words) is not None


def test_when_it_was_last_used_is_known_to_some_minutes(store: FakeStore, clock: FakeClock) -> None:
    token, words = made(store, clock)
    first = clock.now()

    for _ in range(3):
        api_tokens.recognised(store, clock, words)
        clock.advance(SEEN_EVERY - timedelta(minutes=6))

    assert store.kept.tokens.tokens[token.id].used_at == first
    api_tokens.recognised(store, clock, words)
    assert store.kept.tokens.tokens[token.id].used_at == clock.now()


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (replace(NEW, name=" "), "api_token.no_name"),
        (replace(NEW, name="x" * 81), "api_token.name_too_long"),
        (replace(NEW, scopes=frozenset()), "api_token.scopes"),
        (replace(NEW, days=0), "api_token.days"),
        (replace(NEW, days=LONGEST_DAYS + 1), "api_token.days"),
    ],
)
def test_a_token_needs_a_name_a_scope_and_an_end(store: FakeStore, clock: FakeClock, new: NewToken, code: str) -> None:
    with pytest.raises(Unacceptable, match=code):
        made(store, clock, new)

    assert store.kept.tokens.tokens == {}


def test_nobody_makes_a_token_for_a_unit_of_others(store: FakeStore, clock: FakeClock) -> None:
    for unit in (UnitId("son-linh"), UnitId("quang-ngai")):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            made(store, clock, replace(NEW, unit=unit))


def test_nobody_makes_a_token_for_what_they_may_not_do(store: FakeStore, clock: FakeClock) -> None:
    with pytest.raises(Unacceptable, match=r"api_token\.scopes"):
        made(store, clock, login=ADMINISTRATOR.login)


def test_a_person_has_not_more_tokens_than_they_can_keep_an_eye_on(store: FakeStore, clock: FakeClock) -> None:
    tokens = [made(store, clock)[0] for _ in range(MOST)]

    with pytest.raises(Unacceptable, match=r"api_token\.too_many"):
        made(store, clock)

    api_tokens.revoke(store, clock, somebody(store), tokens[0].id)
    assert len(api_tokens.listed(store, somebody(store))) == MOST
    made(store, clock)


@pytest.mark.parametrize("scope", sorted(Scope))
def test_a_token_neither_approves_nor_administers_whoever_made_it(
    store: FakeStore, clock: FakeClock, scope: Scope
) -> None:
    everything = replace(somebody(store, BOTH.login), roles=frozenset(Role))
    with store.writing() as uow:
        uow.people.put(everything)
        uow.commit()
    token, _ = api_tokens.make(store, clock, everything, new=replace(NEW, scopes=frozenset(Scope)))

    acts_as = api_tokens.acting(store, clock, token, scope)

    assert acts_as.roles.isdisjoint({Role.APPROVER, Role.ADMINISTRATOR})
    assert acts_as.roles


def test_a_token_acts_below_its_own_unit_alone(store: FakeStore, clock: FakeClock) -> None:
    token, _ = made(store, clock, replace(NEW, unit=UnitId("thon-go-sim")))

    assert api_tokens.acting(store, clock, token, Scope.PROGRAMMES).unit == "thon-go-sim"


def test_a_token_is_for_one_unit_even_where_its_person_has_several(store: FakeStore, clock: FakeClock) -> None:
    both = replace(somebody(store), also_units=frozenset({UnitId("son-linh")}))
    with store.writing() as uow:
        uow.people.put(both)
        uow.commit()
    token, _ = api_tokens.make(store, clock, both, new=replace(NEW, unit=UnitId("son-linh")))

    assert api_tokens.acting(store, clock, token, Scope.READ).units == ("son-linh",)


def test_a_token_without_a_scope_is_refused(store: FakeStore, clock: FakeClock) -> None:
    token, _ = made(store, clock)

    with pytest.raises(NotAllowed, match=r"api_token\.scope"):
        api_tokens.acting(store, clock, token, Scope.SCHEDULE)


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"ends": MONDAY_BEFORE_DAWN},
        {"roles": frozenset({Role.APPROVER})},
        {"unit": UnitId("son-linh")},
    ],
)
def test_a_token_loses_what_its_person_loses(store: FakeStore, clock: FakeClock, change: dict[str, object]) -> None:
    token, _ = made(store, clock)
    with store.writing() as uow:
        uow.people.put(replace(somebody(store), **change))  # type: ignore[arg-type]  # of many types
        uow.commit()

    with pytest.raises(NotAllowed, match=r"api_token\.person"):
        api_tokens.acting(store, clock, token, Scope.PROGRAMMES)


def ends_the_account(store: FakeStore, clock: FakeClock) -> None:
    with store.writing() as uow:
        ends = clock.now() + timedelta(minutes=1)
        uow.people.put(replace(somebody(store), roles=frozenset({Role.INSPECTOR}), ends=ends))
        uow.commit()
    clock.advance(timedelta(minutes=1))
    grants.carry_out_due(store, clock)


ENDS = {
    "signed out everywhere": lambda store, clock: people.sign_out_everywhere(
        store, clock, somebody(store), PersonId(OFFICER.login)
    ),
    "signed out by an administrator": lambda store, clock: people.sign_out_everywhere(
        store, clock, somebody(store, ADMINISTRATOR.login), PersonId(OFFICER.login)
    ),
    "a new password": lambda store, clock: people.change_password(
        store, clock, FakeHashing(), somebody(store), old=PASSWORD, new="nắng sớm mưa chiều"
    ),
    "a password that was given": lambda store, clock: people.give_password(
        store,
        clock,
        FakeHashing(),
        somebody(store, ADMINISTRATOR.login),
        PersonId(OFFICER.login),
        password="mưa thuận gió hoà",
    ),
    "a factor that was taken away": lambda store, clock: factors.reset(
        store, clock, somebody(store, ADMINISTRATOR.login), PersonId(OFFICER.login)
    ),
    "a closed account": lambda store, clock: people.close(
        store, clock, somebody(store, ADMINISTRATOR.login), PersonId(OFFICER.login)
    ),
    "an account that was changed to closed": lambda store, clock: changed(store, clock, active=False),
    "an account that has ended": ends_the_account,
}
"""What signs somebody out everywhere."""


def changed(store: FakeStore, clock: FakeClock, *, roles: frozenset[Role] | None = None, active: bool = True) -> None:
    known = somebody(store)
    wanted = Changes(name=known.name, roles=known.roles if roles is None else roles, active=active)
    accounts.change(store, clock, somebody(store, ADMINISTRATOR.login), known.id, wanted=wanted)


@pytest.mark.parametrize("end", ENDS)
def test_whatever_signs_a_person_out_everywhere_ends_their_tokens_and_nobody_else_s(
    store: FakeStore, clock: FakeClock, end: str
) -> None:
    token, words = made(store, clock)
    _, of_another = made(store, clock, replace(NEW, unit=UnitId("son-linh")), login=NEIGHBOUR.login)

    ENDS[end](store, clock)

    assert api_tokens.recognised(store, clock, words) is None
    assert api_tokens.recognised(store, clock, of_another) is not None
    ended = [line for line in store.kept.audit if line.action == "api_token.ended"]
    assert [(line.subject, line.details["name"]) for line in ended] == [(token.id, NEW.name)]


def test_a_token_ends_with_a_role_it_needs_and_does_not_come_back_with_it(store: FakeStore, clock: FakeClock) -> None:
    roles = somebody(store).roles
    _, writes = made(store, clock)
    _, reads = made(store, clock, replace(NEW, scopes=frozenset({Scope.READ})))

    changed(store, clock, roles=frozenset({Role.INSPECTOR}))
    changed(store, clock, roles=roles)

    assert api_tokens.recognised(store, clock, writes) is None
    assert api_tokens.recognised(store, clock, reads) is not None
