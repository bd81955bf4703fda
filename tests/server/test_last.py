"""What was asked for last is kept, and no more than so much of it."""

from itertools import count

import pytest

from server.last import Last


def test_what_was_asked_for_again_is_kept_and_what_was_not_goes() -> None:
    last, made = Last(2), count()

    given = [last.of(key, lambda: next(made)) for key in ("a", "b", "a", "c", "a", "b")]

    assert given == [0, 1, 0, 2, 0, 3]


def test_what_could_not_be_made_is_made_when_it_is_asked_for_again() -> None:
    last = Last(1)

    with pytest.raises(ZeroDivisionError):
        last.of("key", lambda: 1 // 0)

    assert last.of("key", lambda: 1) == 1
