"""What every store promises about tokens of the API and the answers to their writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schedules.ids import PersonId, UnitId
from server.ports import Store
from server.token_records import ApiToken, KeptWrite, Scope
from server.values import Person, Role

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LAN = Person(
    id=PersonId("lan"), login="lan", name="Lan", unit=UnitId("x1"), roles=frozenset({Role.OFFICER}), password_hash="-"
)
TOKEN = ApiToken(
    id="t1",
    secret_sha256="ab" * 32,
    name="Đồng bộ thông báo",
    person=LAN.id,
    unit=LAN.unit,
    scopes=frozenset({Scope.READ, Scope.SCHEDULE}),
    made_at=NOW,
    expires_at=NOW + timedelta(days=90),
)
WRITE = KeptWrite(token="t1", key="k1", print="cd" * 32, at=NOW)


def keep(store: Store, *tokens: ApiToken, writes: Iterable[KeptWrite] = ()) -> None:
    with store.writing() as uow:
        unit = next(iter(uow.places.units().by_id))
        uow.people.put(replace(LAN, unit=unit))
        for token in tokens:
            uow.api_tokens.put(replace(token, unit=unit))
        for write in writes:
            uow.api_tokens.put_write(write)
        uow.commit()


def test_a_token_is_what_it_was_last_put_to(store: Store) -> None:
    later = replace(TOKEN, used_at=NOW + timedelta(hours=1), revoked_at=NOW + timedelta(hours=2))
    keep(store, TOKEN, replace(TOKEN, id="t2"), later)

    with store.reading() as uow:
        found = uow.api_tokens.get("t1")
        assert uow.api_tokens.get("t3") is None
        assert found == replace(later, unit=found.unit if found else TOKEN.unit)


def test_a_person_s_tokens_come_in_the_order_they_were_made(store: Store) -> None:
    keep(store, replace(TOKEN, id="t0", made_at=NOW + timedelta(seconds=1)), TOKEN, replace(TOKEN, id="t2"))

    with store.reading() as uow:
        assert [each.id for each in uow.api_tokens.of_person(LAN.id)] == ["t1", "t2", "t0"]
        assert uow.api_tokens.of_person(PersonId("nobody")) == []


def test_a_write_is_what_it_was_last_put_to(store: Store) -> None:
    answered = replace(WRITE, status=201, headers={"ETag": '"1"'}, body=b'{"title": "\xc4\x90"}')
    keep(store, TOKEN, writes=[WRITE, answered, replace(WRITE, key="k2")])

    with store.reading() as uow:
        assert uow.api_tokens.write("t1", "k1") == answered
        assert uow.api_tokens.write("t1", "k2") == replace(WRITE, key="k2")
        assert uow.api_tokens.write("t2", "k1") is None


def test_writes_are_forgotten_one_by_one_or_once_they_are_old(store: Store) -> None:
    old, new = replace(WRITE, key="old", at=NOW - timedelta(days=1)), replace(WRITE, key="new")
    keep(store, TOKEN, writes=[WRITE, old, new])

    with store.writing() as uow:
        uow.api_tokens.forget_write("t1", "k1")
        uow.api_tokens.forget_writes(before=NOW)
        uow.commit()

    with store.reading() as uow:
        assert [key for key in ("k1", "old", "new") if uow.api_tokens.write("t1", key)] == ["new"]
