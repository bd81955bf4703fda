"""When the keys of a centre run out, and from when on that is said."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.seal import sealed
from server.services import keys
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.schedules.wire.samples import ISSUE, OTHER_ROOT, ROOT, STATE, key, trusted

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1000)
EMERGENCY = trusted(key(6), KeyRole.EMERGENCY, LATER)
LIVES_LONG = TrustList(
    audience="all",
    epoch=1,
    number=1,
    issued=NOW,
    expires=LATER,
    keys=(
        trusted(ROOT, KeyRole.ROOT),
        trusted(ISSUE, KeyRole.ISSUE, LATER),
        trusted(STATE, KeyRole.STATE, LATER),
        EMERGENCY,
    ),
)


def said(trust_list: TrustList, *, after: timedelta = timedelta(0)) -> tuple[str, int] | None:
    store = FakeStore()
    store.kept.trust_lists[1] = sealed(trust_list, ROOT)
    with store.reading() as uow:
        found = keys.expiry(uow, NOW + after)
    return None if found is None else (found.code, found.days)


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (timedelta(days=90, seconds=1), None),
        (timedelta(days=90), ("keys.end_in_months", 90)),
        (timedelta(days=30, seconds=1), ("keys.end_in_months", 30)),
        (timedelta(days=30), ("keys.end_in_weeks", 30)),
        (timedelta(days=7, seconds=1), ("keys.end_in_weeks", 7)),
        (timedelta(days=7), ("keys.end_in_days", 7)),
        (timedelta(seconds=1), ("keys.end_in_days", 0)),
        (timedelta(0), ("keys.ended", 0)),
        (timedelta(days=-100), ("keys.ended", 0)),
    ],
)
def test_it_is_said_at_ninety_thirty_and_seven_days_and_after(left: timedelta, code: tuple[str, int] | None) -> None:
    assert said(replace(LIVES_LONG, expires=NOW + left)) == code


def test_before_there_is_a_list_nothing_runs_out() -> None:
    with FakeStore().reading() as uow:
        assert keys.expiry(uow, NOW) is None


def test_the_first_thing_to_end_counts() -> None:
    soon = NOW + timedelta(days=10)
    for role in (KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY, KeyRole.ROOT):
        keys_of = tuple(replace(each, expires=soon) if each.role is role else each for each in LIVES_LONG.keys)

        assert said(replace(LIVES_LONG, keys=keys_of)) == ("keys.end_in_weeks", 10), role


def test_a_key_that_was_replaced_may_end() -> None:
    old = trusted(key(7), KeyRole.ISSUE, NOW + timedelta(days=1))

    assert said(replace(LIVES_LONG, keys=(*LIVES_LONG.keys, old))) is None


def test_roots_may_end_while_enough_are_left_to_sign() -> None:
    short = trusted(OTHER_ROOT, KeyRole.ROOT, NOW + timedelta(days=5))
    two = replace(LIVES_LONG, keys=(short, *LIVES_LONG.keys))

    assert said(two) is None
    assert said(replace(two, threshold=2)) == ("keys.end_in_days", 5)


def test_what_never_ends_is_never_said() -> None:
    endless = tuple(replace(each, expires=None) for each in LIVES_LONG.keys)

    assert said(replace(LIVES_LONG, expires=None, keys=endless), after=timedelta(days=9000)) is None


@pytest.mark.parametrize(
    ("days", "level"), [(91, None), (90, logging.WARNING), (30, logging.ERROR), (-1, logging.ERROR)]
)
def test_the_conductor_logs_it(days: int, level: int | None, caplog: pytest.LogCaptureFixture) -> None:
    store = FakeStore()
    store.kept.trust_lists[1] = sealed(replace(LIVES_LONG, expires=NOW + timedelta(days=days)), ROOT)

    keys.warn_in_time(store, FakeClock(NOW))

    assert [record.levelno for record in caplog.records] == ([] if level is None else [level])
