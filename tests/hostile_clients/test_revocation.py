"""A device that was moved, replaced or retired loses its rights and what waits for it, online and offline alike.

The conductor runs here as it does in production, against the broker in production form.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from schedules.ids import DeviceId, LoudspeakerId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import NO_DEVICE, Assignment
from schedules.wire.seal import envelope_of
from server.bootstrap import conductor_parts
from server.broker_accounts import first_file
from server.broker_rights import Rights
from server.conductor import Conductor
from server.sealing import KeyFiles
from server.services import keys
from tests.contracts.samples import OTHER_ZONE, POLE, ZONE
from tests.hostile_clients.province import Province
from tests.server.line import eventually

pytestmark = [pytest.mark.mosquitto, pytest.mark.slow, pytest.mark.realtime]

OLD, NEW = topics.rundown(ZONE), topics.rundown(OTHER_ZONE)
each_protocol = pytest.mark.parametrize("protocol", [MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311])


@contextmanager
def conducting(province: Province) -> Iterator[Conductor]:
    """Run the conductor of a province."""
    keys.initialise(province.store, province.clock, KeyFiles(province.config.key_directory))
    conductor = Conductor(conductor_parts(province.config))
    thread = Thread(target=conductor.run)
    thread.start()
    try:
        yield conductor
    finally:
        conductor.stop()
        thread.join()


def accounts(province: Province) -> str:
    """Give the broker's own file of accounts, which it writes in place."""
    while not (text := province.broker.accounts.read_text(encoding="utf-8")).endswith("}"):
        continue
    return text


def lets_in(province: Province, device: DeviceId, topic: str) -> bool:
    """Tell whether a device may connect and hear a topic; False while there is no broker."""
    try:
        with province.visited_by(device) as visitor:
            return visitor.may_listen(topic)
    except OSError:
        return False


def zone_in(province: Province, device: str) -> list[str]:
    """Give the zones whose role a device has at the broker."""
    clients = json.loads(accounts(province))["clients"]
    roles = [role["rolename"] for each in clients if each["username"] == device for role in each.get("roles", ())]
    return [role for role in roles if role.startswith("zone:")]


def is_in(province: Province, zone: str) -> bool:
    """Wait until the broker has a device in a zone and nowhere else."""
    return eventually(lambda: zone_in(province, province.device) == [f"zone:{zone}"])


@each_protocol
def test_a_device_moved_while_away_gets_nothing_of_its_old_zone(
    province: Province, protocol: MQTTProtocolVersion
) -> None:
    """It had asked the broker to keep its session for a year, and something was waiting there."""
    with conducting(province), province.conducted() as centre:
        with province.visited_by(province.device, session=True, protocol=protocol) as hostile:
            assert hostile.may_listen(OLD)
            hostile.falls_silent()
        assert centre.may_say(OLD, b"queued before the move")

        province.move(OTHER_ZONE)

        assert is_in(province, OTHER_ZONE)
        assert centre.may_say(OLD, b"said after the move")
        with province.visited_by(province.device, session=True, protocol=protocol) as back:
            assert not back.resumed
            assert centre.may_say(OLD, b"said when it is back")
            assert back.heard() == []


@each_protocol
def test_a_device_moved_away_and_back_gets_nothing_that_was_said_before(
    province: Province, protocol: MQTTProtocolVersion
) -> None:
    """The broker filters by the rights of the moment; so it is the session itself that must be gone."""
    with conducting(province), province.conducted() as centre:
        with province.visited_by(province.device, session=True, protocol=protocol) as hostile:
            assert hostile.may_listen(OLD)
            hostile.falls_silent()
        assert centre.may_say(OLD, b"queued before the move")

        province.move(OTHER_ZONE)
        assert is_in(province, OTHER_ZONE)
        province.move(ZONE)
        assert is_in(province, ZONE)

        with province.visited_by(province.device, session=True, protocol=protocol) as back:
            assert not back.resumed
            assert back.heard() == []


def test_a_device_moved_while_online_is_thrown_out_and_comes_back_to_its_new_zone(province: Province) -> None:
    with conducting(province), province.conducted() as centre:
        with province.visited_by(province.device, session=True) as device:
            assert device.may_listen(OLD)

            province.move(OTHER_ZONE)

            assert device.is_thrown_out()
        assert is_in(province, OTHER_ZONE)
        with province.visited_by(province.device) as back:
            assert not back.may_listen(OLD)
            assert back.may_listen(NEW)
            assert centre.may_say(NEW)
            assert [topic for topic, _ in back.heard()] == [NEW]


@pytest.mark.parametrize("online", [True, False])
def test_a_retired_device_has_nothing_left_and_is_soon_not_let_in(province: Province, online: bool) -> None:
    with conducting(province), province.conducted() as centre:
        with province.visited_by(province.device, session=True) as device:
            assert device.may_listen(OLD)
            if not online:
                device.falls_silent()
            assert centre.may_say(OLD, b"before")
            province.retire(province.device)
            assert eventually(lambda: province.device not in accounts(province))
            assert not online or device.is_thrown_out()

        asked: list[bool] = []

        def is_refused() -> bool:
            try:
                with province.visited_by(province.device, session=not asked) as back:
                    asked.append(back.resumed)
                    assert not back.may_listen(OLD)
                    assert not back.may_say(topics.of_loudspeaker(POLE, "presence"))
                    assert back.heard(within_s=0.1) == []
            except ConnectionRefusedError as error:
                return error.errno is None  # else there is no broker at the moment
            return False

        assert eventually(is_refused)
        assert not any(asked)
        assert eventually(lambda: lets_in(province, province.other, NEW))  # the list of revocations names one


def test_a_connected_device_is_told_first_that_it_is_no_longer_in_use(province: Province) -> None:
    with conducting(province), province.visited_by(province.device) as device:
        assert device.may_listen(topics.of_loudspeaker(POLE, "assignment"))
        device.heard()

        province.retire(province.device)

        assert device.is_thrown_out()
        (_, told), *_ = reversed(device.heard())
        assert decoded(Assignment, envelope_of(told).payload).device == NO_DEVICE


def test_a_replaced_device_loses_the_loudspeaker_to_its_successor(province: Province) -> None:
    with conducting(province):
        old = province.device
        province.retire(old)
        successor = province.enrolled(POLE, ZONE)

        assert eventually(lambda: successor in accounts(province) and old not in accounts(province))

        with province.visited_by(successor) as device:
            assert device.may_say(topics.of_loudspeaker(POLE, "presence"))
            assert device.may_listen(OLD)


def test_rights_are_as_they_were_after_a_power_cut_of_the_broker(province: Province) -> None:
    with conducting(province):
        province.move(OTHER_ZONE)
        assert is_in(province, OTHER_ZONE)

        province.broker.kill()
    province.broker.start()

    assert zone_in(province, province.device) == [f"zone:{OTHER_ZONE}"]
    with province.visited_by(province.device) as device:
        assert device.may_listen(NEW)
        assert not device.may_listen(OLD)


def test_a_move_while_the_broker_was_down_is_made_up_for(province: Province) -> None:
    province.broker.kill()
    province.move(OTHER_ZONE)
    province.broker.start()

    with conducting(province):
        assert is_in(province, OTHER_ZONE)


def test_a_broker_that_lost_its_accounts_starts_with_those_of_the_moment(province: Province) -> None:
    """Not with those of the day it was set up: the conductor keeps its copy up to date."""
    with conducting(province):
        province.move(OTHER_ZONE)
        assert is_in(province, OTHER_ZONE)

        province.broker.kill()
    province.broker.accounts.unlink()
    province.broker.start()

    with province.visited_by(province.device) as device:
        assert device.may_listen(NEW)
        assert not device.may_listen(OLD)


def test_a_broker_whose_accounts_were_cut_off_by_a_power_failure_starts_with_the_conductors_copy(
    province: Province,
) -> None:
    province.broker.kill()
    whole = province.broker.accounts.read_bytes()
    province.broker.accounts.write_bytes(whole[: len(whole) // 2])
    province.broker.start()

    with province.visited_by(province.device) as device:
        assert device.may_listen(OLD)


def test_accounts_are_made_at_a_broker_that_has_none_at_all(province: Province) -> None:
    province.broker.kill()
    province.broker.accounts.write_text(first_file(Rights()), encoding="utf-8")
    province.broker.start()

    with conducting(province):
        assert is_in(province, ZONE)
        with province.visited_by(province.device) as device:
            assert device.may_listen(OLD)


def test_a_broker_that_ends_by_a_fault_of_its_own_is_started_again(province: Province) -> None:
    with conducting(province):
        assert is_in(province, ZONE)

        province.broker.crash()

        assert eventually(lambda: lets_in(province, province.device, OLD))


def test_an_account_somebody_else_made_is_removed(province: Province) -> None:
    """By hand, or by who had the conductor's key for an hour."""
    with province.conducted() as centre:
        foreign = b'{"commands":[{"command":"createClient","username":"back-door","roles":[{"rolename":"conductor"}]}]}'
        assert centre.may_say("$CONTROL/dynamic-security/v1", foreign)
        assert eventually(lambda: "back-door" in accounts(province))

    with conducting(province):
        assert eventually(lambda: "back-door" not in accounts(province))


def test_a_device_that_floods_loses_its_account_for_a_while(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.floods.AT_ONCE", 200)
    with conducting(province), province.visited_by(province.device) as hostile:

        def floods_until_thrown_out() -> bool:
            for _ in range(50):
                hostile.say(topics.of_loudspeaker(POLE, "presence"), b"x")
            return hostile.is_thrown_out(within_s=0.3)

        # What was said before the conductor listened was said to nobody.
        assert any(floods_until_thrown_out() for _ in range(60))

        with province.store.reading() as uow:
            lines = [line for line in uow.audit.latest(unit=None, limit=50) if line.action == "broker.flooded"]
        assert [LoudspeakerId(line.subject) for line in lines] == [POLE]
        assert eventually(lambda: province.device not in accounts(province))
        with province.visited_by(province.other) as other:
            assert other.may_listen(NEW)
