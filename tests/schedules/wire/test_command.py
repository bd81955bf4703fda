"""A command that may not be is never made: it has a plain id, and an end within the hour."""

from datetime import datetime, timedelta

import pytest

from schedules.errors import InvalidValue
from schedules.ids import CommandId, DeviceId
from schedules.wire.codec import decoded, encoded
from schedules.wire.command import LONGEST, LONGEST_LOG, Command, LogLevel, What
from tests.schedules.wire.samples import NOW, TO_POLE

SECOND = timedelta(seconds=1)


def command(
    *,
    name: str = "4f1c9a",
    what: str = What.RESTART,
    expires: datetime | None = NOW + LONGEST,
    level: LogLevel | None = None,
    until: datetime | None = None,
) -> Command:
    return Command(
        audience=TO_POLE,
        number=1,
        issued=NOW,
        expires=expires,
        command=CommandId(name),
        device=DeviceId("d1"),
        what=what,
        level=level,
        until=until,
    )


@pytest.mark.parametrize("expires", [None, NOW, NOW - SECOND, NOW + LONGEST + SECOND])
def test_a_command_without_an_end_within_the_hour_is_none(expires: datetime | None) -> None:
    with pytest.raises(InvalidValue, match=r"command\.expiry"):
        command(expires=expires)


@pytest.mark.parametrize("name", ["", ".", "../held/trust", "a/b", "một", "a" * 65])
def test_an_id_that_could_not_name_a_file_is_none(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"command\.id"):
        command(name=name)


@pytest.mark.parametrize(
    ("level", "until"),
    [
        (None, NOW + SECOND),
        (LogLevel.DEBUG, None),
        (LogLevel.DEBUG, NOW),
        (LogLevel.DEBUG, NOW + LONGEST_LOG + SECOND),
    ],
)
def test_a_log_level_says_which_and_ends_within_a_day(level: LogLevel | None, until: datetime | None) -> None:
    with pytest.raises(InvalidValue, match=r"command\.log_level"):
        command(what=What.LOG_LEVEL, level=level, until=until)


def test_what_a_later_release_may_want_is_read_so_that_it_can_be_answered() -> None:
    told = command(what="dance")

    assert decoded(Command, encoded(told)) == told


def test_a_log_level_of_a_day_is_one() -> None:
    assert command(what=What.LOG_LEVEL, level=LogLevel.DEBUG, until=NOW + LONGEST_LOG).level is LogLevel.DEBUG
