"""New identifiers."""

from datetime import timedelta
from uuid import UUID

from server.services.new_ids import new_id, unix_milliseconds
from tests.server.services.radio import DAWN


def test_a_new_id_is_a_uuid_of_version_7_with_its_time_in_front() -> None:
    made = UUID(new_id(DAWN))

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == unix_milliseconds(DAWN) == 1_795_381_200_000


def test_ids_sort_by_time_and_never_repeat() -> None:
    made = [new_id(DAWN + timedelta(milliseconds=number)) for number in range(200)]

    assert made == sorted(made)
    assert len({new_id(DAWN) for _ in range(200)}) == 200
