"""A loudspeaker is connected while it keeps its own promise of when it speaks again."""

from datetime import datetime, timedelta

import pytest

from schedules.wire.messages import Presence
from server.evidence_records import Seen
from server.services.presence import GRACE, gone_by, is_connected
from tests.contracts.samples import NOW

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def seen(*, online: bool = True, expected_by: datetime | None = None) -> Seen:
    presence = Presence(audience="server", number=1, issued=NOW, online=online, expected_by=expected_by)
    return Seen(presence=presence)


@pytest.mark.parametrize(
    ("told", "at", "connected"),
    [
        (None, NOW, False),
        (Seen(), NOW, False),
        (seen(expected_by=NOW + HOUR), NOW + HOUR + GRACE, True),
        (seen(expected_by=NOW + HOUR), NOW + HOUR + GRACE + SECOND, False),
        (seen(online=False, expected_by=NOW + HOUR), NOW, False),
        (seen(), NOW + 1000 * HOUR, True),
    ],
    ids=["never heard of", "no word yet", "late within the grace", "too late", "its will", "it promised nothing"],
)
def test_connected_is_who_spoke_and_is_not_overdue(told: Seen | None, at: datetime, *, connected: bool) -> None:
    assert is_connected(told, at) is connected


@pytest.mark.parametrize(
    ("told", "by"),
    [
        (Seen(), None),
        (seen(online=False, expected_by=NOW + HOUR), None),
        (seen(), None),
        (seen(expected_by=NOW + HOUR), NOW + HOUR + GRACE),
    ],
    ids=["never heard of", "its will", "it promised nothing", "its next word did not come"],
)
def test_a_loss_that_nobody_told_happened_before_the_next_word_was_overdue(told: Seen, by: datetime | None) -> None:
    assert gone_by(told) == by
