"""What loudspeakers give back of what the centre once ordered: only what it sealed itself, and only what is newer."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from schedules.emergency_list import Cancelled, EmergencyList
from schedules.ids import EmergencyId
from schedules.wire.emergency import EmergencyListed
from schedules.wire.messages import Message, SilenceOrdered
from schedules.wire.seal import SigningKey, new_seed, sealed
from schedules.wire.topics import audience_of_unit, audience_of_zone
from server.sealing import KeyFiles, OnlineSealing
from server.services import keys
from server.services.taking_back import NOBODY, take_back
from tests.contracts.samples import COMMUNE, MINUTE, NOW, POLE, ZONE, founded, order
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

ZONE_SILENCE = SilenceOrdered(
    audience=audience_of_zone(ZONE), epoch=1, number=7, issued=NOW - MINUTE, ordered=True, spares_emergencies=False
)


class Centre:
    """A centre that was set back, and hears from a loudspeaker."""

    def __init__(self, folder: Path) -> None:
        self.store, self.clock = FakeStore(), FakeClock(NOW)
        founded(self.store)
        keys.initialise(self.store, self.clock, KeyFiles(folder))
        self.sealing = OnlineSealing(KeyFiles(folder), self.store)

    def takes_back(self, *envelopes: bytes) -> None:
        take_back(self.store, self.clock, POLE, [b64encode(each).decode() for each in envelopes])

    def hears(self, message: Message) -> None:
        self.takes_back(self.sealing.seal(message))


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def test_an_order_of_silence_counts_as_if_it_had_just_been_given(centre: Centre) -> None:
    centre.hears(ZONE_SILENCE)

    with centre.store.reading() as uow:
        (kept,) = uow.issue.silences()
    assert (kept.number, kept.ordered, kept.until, kept.spares_emergencies) == (7, True, None, False)
    assert (kept.by, kept.at, kept.published) == (NOBODY, NOW - MINUTE, False)
    assert [line.action for line in centre.store.kept.audit][-1] == "order.returned"


@pytest.mark.parametrize("known", [7, 8])
def test_what_is_known_or_was_followed_by_another_changes_nothing(centre: Centre, known: int) -> None:
    with centre.store.writing() as uow:
        uow.issue.put_silence(order(known, ordered=False))
        uow.commit()

    centre.hears(ZONE_SILENCE)

    with centre.store.reading() as uow:
        assert uow.issue.silences() == [order(known, ordered=False)]


def test_what_the_centre_did_not_seal_is_not_believed(centre: Centre) -> None:
    seed = new_seed()

    centre.takes_back(sealed(ZONE_SILENCE, SigningKey.of(seed)), b"no envelope")
    take_back(centre.store, centre.clock, POLE, ["no base64"])

    with centre.store.reading() as uow:
        assert uow.issue.silences() == []


def test_what_an_older_epoch_voided_stays_void(centre: Centre) -> None:
    void = replace(ZONE_SILENCE, epoch=0)

    centre.hears(void)

    with centre.store.reading() as uow:
        assert uow.issue.silences() == []


def test_another_message_of_its_own_is_nothing_to_take_back(centre: Centre) -> None:
    with centre.store.reading() as uow:
        ((_, trust_list),) = uow.issue.trust_lists()

    centre.takes_back(trust_list)

    assert centre.store.kept.silences == {}


def test_a_list_of_emergencies_brings_its_cancels(centre: Centre) -> None:
    gone = Cancelled(EmergencyId("flood"), NOW + 60 * MINUTE)
    listed = EmergencyList(unit=COMMUNE, number=9, cancelled=(gone,))

    centre.hears(EmergencyListed(audience=audience_of_unit(COMMUNE), epoch=1, number=9, issued=NOW, listed=listed))

    with centre.store.reading() as uow:
        assert uow.emergencies.list_of(COMMUNE) == listed
