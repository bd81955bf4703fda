"""Commands: who gives them, to how many, how often; how they leave, and what becomes of each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.errors import WireError
from schedules.ids import CommandId, LoudspeakerId, UnitId, ZoneId
from schedules.wire import topics
from schedules.wire.command import (
    Command,
    CommandAnswered,
    CommandState,
    DiagnosticsGathered,
    LogLevel,
    Section,
    What,
)
from schedules.wire.messages import Message
from schedules.wire.seal import SigningKey, sealed, unsealed
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import commanding, commands, diagnostics, ingest, maintenance, silence
from server.services.commands import ALONE_AN_HOUR, LIFE, MANY_AN_HOUR, SETTLES_WITHIN, Given, Standing, Told, Wish
from server.values import Person
from tests.fakes.broker import FakePublisher
from tests.fakes.sealing import FakeSealing
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    GATE,
    GATEWAY,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    OVER_THERE,
    SON_HA,
    TECHNICIAN,
    Radio,
    local,
)

TONE, RESTART, GATHER = Wish(what=What.TEST_TONE), Wish(what=What.RESTART), Wish(what=What.DIAGNOSTICS)
ALL = (GATE, GATEWAY, MARKET)
SECOND = timedelta(seconds=1)


def device(number: int) -> SigningKey:
    seed = bytes([200 + number]) * 32
    return SigningKey.of(seed)


KEYS = {each: device(number) for number, each in enumerate((*ALL, OVER_THERE))}


class Desk:
    """A morning in the permitted hours, its people and its conductor.

    Attributes:
        broker: what left.
    """

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self.broker, self.sealing = FakePublisher(), FakeSealing()
        with radio.store.writing() as uow:
            for each, key in KEYS.items():
                known = uow.places.loudspeaker(each)
                assert known is not None
                uow.places.put_loudspeaker(replace(known, public_key=key.public))
            uow.commit()
        radio.at(local(5, 45))

    def gives(self, wish: Wish = RESTART, *which: LoudspeakerId, by: Person = TECHNICIAN) -> Given:
        return commands.give(self.radio.store, self.radio.clock, by, which or (GATE,), wish)

    def publishes(self) -> list[Command]:
        """Publish what is due, and read it as its device would."""
        before = len(self.broker.published)
        commanding.publish_due(self.radio.store, self.radio.clock, self.sealing, self.broker)
        read = [unsealed(data, self.sealing.trust)[0] for _, data in self.broker.published[before:]]
        return [each for each in read if isinstance(each, Command)]

    def connects(self, *which: LoudspeakerId) -> None:
        for each in which or (GATE,):
            self.radio.speaks(each, expected_by=self.radio.now() + timedelta(hours=1))

    def says(self, message: Message, leaf: str = "answer", *, which: LoudspeakerId = GATE) -> None:
        data = sealed(message, KEYS[which])
        topic = topics.of_loudspeaker(which, leaf)
        ingest.take_in(self.radio.store, self.radio.clock, self.sealing, self.broker, topic, data)

    def answers(
        self, command: CommandId, state: CommandState, reason: str = "", *, which: LoudspeakerId = GATE, number: int = 1
    ) -> None:
        self.says(
            CommandAnswered(
                audience="server",
                number=number,
                issued=self.radio.now(),
                command=command,
                state=state,
                reason=reason,
            ),
            which=which,
        )

    def told(self, which: LoudspeakerId = GATE) -> Told:
        return commands.recent(self.radio.store, self.radio.clock, INSPECTOR, SON_HA, [which])[0]

    def hands_in(self, command: CommandId, *, which: LoudspeakerId = GATE, key: SigningKey | None = None) -> None:
        gathered = DiagnosticsGathered(
            audience="server",
            number=1,
            issued=self.radio.now(),
            command=command,
            sections=(Section("versions", "agent 0.1"),),
        )
        data = sealed(gathered, key or KEYS[which])
        diagnostics.take_in(self.radio.store, self.radio.clock, which, data)


@pytest.fixture
def desk(radio: Radio) -> Desk:
    return Desk(radio)


@pytest.mark.parametrize("by", [TECHNICIAN, OFFICER, ADMINISTRATOR])
def test_who_looks_after_loudspeakers_or_runs_the_station_commands_them(desk: Desk, by: Person) -> None:
    (given,) = desk.gives(TONE, by=by).commands

    assert (given.loudspeaker, given.device, given.by) == (GATE, KEYS[GATE].key, by.id)
    assert given.expires == desk.radio.now() + LIFE
    assert desk.radio.actions() == ["command.given"]


@pytest.mark.parametrize("by", [EDITOR, APPROVER, INSPECTOR, NEIGHBOUR])
def test_nobody_else_does(desk: Desk, by: Person) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        desk.gives(RESTART, by=by)

    assert desk.radio.store.kept.commands.given == {}


def test_who_may_command_one_of_several_commands_none(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        desk.gives(RESTART, GATE, OVER_THERE)

    assert desk.radio.store.kept.commands.given == {}


def test_an_unknown_loudspeaker_is_named_as_that(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"loudspeaker\.unknown"):
        desk.gives(RESTART, LoudspeakerId("nowhere"))


def test_a_command_leaves_once_its_loudspeaker_is_connected_and_not_retained(desk: Desk) -> None:
    (given,) = desk.gives(RESTART).commands
    was_silent = desk.publishes() == []
    desk.radio.clock.advance(timedelta(minutes=1))
    desk.connects()

    (told,) = desk.publishes()

    topic = topics.of_loudspeaker(GATE, "command")
    assert was_silent
    assert (told.command, told.device, told.what) == (given.id, KEYS[GATE].key, "restart")
    assert (told.audience, told.issued, told.expires) == ("loudspeaker:pole-lm", given.given_at, given.expires)
    assert desk.broker.retained == {}
    assert desk.broker.expiries[topic] == 9 * 60
    assert desk.told().standing is Standing.SENT


def test_what_is_not_answered_leaves_again_until_it_expires(desk: Desk) -> None:
    desk.connects()
    (given,) = desk.gives(RESTART).commands
    first, at_once = desk.publishes(), desk.publishes()
    desk.radio.clock.advance(commanding.AGAIN)
    again = desk.publishes()
    desk.radio.clock.advance(LIFE)

    assert [each.command for each in (*first, *again)] == [given.id, given.id]
    assert at_once == desk.publishes() == []


def test_what_was_answered_does_not_leave_again(desk: Desk) -> None:
    desk.connects()
    (given,) = desk.gives(RESTART).commands
    desk.publishes()
    desk.answers(given.id, CommandState.ACCEPTED)
    desk.radio.clock.advance(commanding.AGAIN)

    assert desk.publishes() == []


def test_each_answer_is_kept_once_and_noted(desk: Desk) -> None:
    desk.connects()
    (given,) = desk.gives(TONE).commands
    for state, number in ((CommandState.DONE, 2), (CommandState.ACCEPTED, 1), (CommandState.DONE, 3)):
        desk.answers(given.id, state, number=number)

    told = desk.told()

    assert told.standing is Standing.DONE
    assert len(desk.radio.store.kept.commands.answers) == 2
    assert desk.radio.actions() == ["command.given", "command.answered", "command.answered"]


def test_a_command_goes_from_waiting_to_its_end(desk: Desk) -> None:
    (given,) = desk.gives(TONE).commands
    standings = [desk.told().standing]
    desk.connects()
    desk.publishes()
    standings.append(desk.told().standing)
    desk.answers(given.id, CommandState.ACCEPTED)
    standings.append(desk.told().standing)
    desk.answers(given.id, CommandState.REJECTED, "guard.outside_hours", number=2)

    told = desk.told()

    assert standings == [Standing.WAITING, Standing.SENT, Standing.ACCEPTED]
    assert (told.standing, told.reason, told.by_name) == (Standing.REJECTED, "guard.outside_hours", "Technician")
    assert [each.is_open for each in (*standings, told.standing)] == [True, True, True, False]


@pytest.mark.parametrize("accepted", [False, True])
def test_what_nobody_answers_to_the_end_is_told_as_that(desk: Desk, *, accepted: bool) -> None:
    (given,) = desk.gives(RESTART).commands
    if accepted:
        desk.answers(given.id, CommandState.ACCEPTED)
    desk.radio.clock.advance(LIFE + SETTLES_WITHIN - SECOND)
    before = desk.told().standing
    desk.radio.clock.advance(SECOND)

    assert before is (Standing.ACCEPTED if accepted else Standing.WAITING)
    assert desk.told().standing is Standing.UNANSWERED


def test_a_late_answer_still_counts(desk: Desk) -> None:
    (given,) = desk.gives(RESTART).commands
    desk.radio.clock.advance(timedelta(hours=2))

    desk.answers(given.id, CommandState.DONE)

    assert desk.told().standing is Standing.DONE


def test_an_answer_to_what_was_never_given_is_not_believed(desk: Desk) -> None:
    (given,) = desk.gives(RESTART).commands

    for which, command in ((GATE, CommandId("c9")), (MARKET, given.id)):
        with pytest.raises(WireError, match=r"command\.not_given"):
            desk.answers(command, CommandState.DONE, which=which)

    assert desk.radio.store.kept.commands.answers == {}


def test_an_answer_of_the_device_before_is_not_believed(desk: Desk) -> None:
    (given,) = desk.gives(RESTART).commands
    with desk.radio.store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, public_key=device(9).public))
        uow.commit()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        desk.answers(given.id, CommandState.DONE)


def test_an_answer_on_another_topic_is_not_believed(desk: Desk) -> None:
    answer = CommandAnswered(
        audience="server", number=1, issued=desk.radio.now(), command=CommandId("c1"), state=CommandState.DONE
    )

    with pytest.raises(WireError, match=r"wire\.wrong_topic"):
        desk.says(answer, "receipt")


# --- Several at once ---


def test_several_are_commanded_at_once_and_told_so(desk: Desk) -> None:
    given = desk.gives(RESTART, *ALL, GATE)

    assert [each.loudspeaker for each in given.commands] == list(ALL)
    assert {each.together for each in given.commands} == {3}
    assert desk.radio.actions() == ["command.given"] * 3


def test_several_are_commanded_so_often_an_hour_and_the_refusal_says_when_again(desk: Desk) -> None:
    began = desk.radio.now()
    for _ in range(MANY_AN_HOUR):
        desk.gives(RESTART, *ALL)
        desk.radio.clock.advance(timedelta(minutes=1))

    with pytest.raises(Unacceptable) as refused:
        desk.gives(RESTART, *ALL)

    assert refused.value.code == "command.too_often"
    assert refused.value.values["next"] == began + timedelta(hours=1)
    assert desk.gives(RESTART, GATE).commands
    assert desk.gives(RESTART, *ALL, by=OFFICER).commands
    desk.radio.clock.advance(timedelta(hours=1))
    assert desk.gives(RESTART, *ALL).commands


def test_single_ones_have_a_limit_of_their_own(desk: Desk) -> None:
    for _ in range(ALONE_AN_HOUR):
        desk.gives(RESTART)

    with pytest.raises(Unacceptable, match=r"command\.too_often"):
        desk.gives(RESTART)


def test_too_many_at_once_and_nobody_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_AT_ONCE", 2)

    with pytest.raises(Unacceptable, match=r"command\.too_many_at_once"):
        desk.gives(RESTART, *ALL)
    with pytest.raises(Unacceptable, match=r"command\.nobody"):
        commands.give(desk.radio.store, desk.radio.clock, TECHNICIAN, [], RESTART)


@pytest.mark.parametrize("which", [(GATE,), ALL])
def test_a_tone_outside_the_hours_is_not_even_sent(desk: Desk, which: tuple[LoudspeakerId, ...]) -> None:
    desk.radio.at(local(13))
    desk.connects(*ALL)

    with pytest.raises(Unacceptable, match=r"guard\.outside_hours"):
        desk.gives(TONE, *which)

    assert desk.publishes() == []
    assert desk.radio.store.kept.commands.given == {}


def test_those_that_could_not_obey_are_left_out_with_the_reason(desk: Desk) -> None:
    store, clock = desk.radio.store, desk.radio.clock
    maintenance.lock(store, clock, TECHNICIAN, MARKET, minutes=60, reason="thay loa")
    with store.writing() as uow:
        known = uow.places.loudspeaker(GATEWAY)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, public_key=""))
        uow.commit()

    given = desk.gives(TONE, *ALL)

    assert [each.loudspeaker for each in given.commands] == [GATE]
    assert [(each.id, code) for each, code in given.left_out] == [
        (GATEWAY, "command.no_device"),
        (MARKET, "guard.maintenance"),
    ]


def test_no_tone_is_sent_into_ordered_silence(desk: Desk) -> None:
    silence.order(desk.radio.store, desk.radio.clock, OFFICER, zone=LANG_MOI)

    with pytest.raises(Unacceptable, match=r"guard\.silence_ordered"):
        desk.gives(TONE)


def test_a_retired_loudspeaker_is_not_commanded(desk: Desk) -> None:
    with desk.radio.store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, retired_at=desk.radio.now()))
        uow.commit()

    with pytest.raises(Unacceptable, match=r"loudspeaker\.retired"):
        desk.gives(RESTART)


@pytest.mark.parametrize(
    ("level", "minutes"), [(None, 60), (LogLevel.DEBUG, 0), (LogLevel.DEBUG, -5), (LogLevel.DEBUG, 24 * 60 + 1)]
)
def test_a_log_level_says_which_and_for_how_long(desk: Desk, level: LogLevel | None, minutes: int) -> None:
    with pytest.raises(Unacceptable, match=r"command\.log_level"):
        desk.gives(Wish(what=What.LOG_LEVEL, level=level, minutes=minutes))


def test_a_log_level_is_told_with_its_end(desk: Desk) -> None:
    desk.connects()
    desk.gives(Wish(what=What.LOG_LEVEL, level=LogLevel.DEBUG, minutes=120))

    (told,) = desk.publishes()

    assert (told.level, told.until) == (LogLevel.DEBUG, desk.radio.now() + timedelta(hours=2))


def test_the_loudspeakers_of_a_station_or_a_zone_are_found_for_who_may_command_them(desk: Desk) -> None:
    store = desk.radio.store

    assert {each.id for each in commands.those_of(store, OFFICER, SON_HA)} == set(ALL)
    assert [each.id for each in commands.those_of(store, OFFICER, SON_HA, zone=LANG_MOI)] == [GATE]
    with pytest.raises(Unacceptable, match=r"zone\.not_here"):
        commands.those_of(store, OFFICER, SON_HA, zone=ZoneId("zone-sl"))
    with pytest.raises(NotAllowed):
        commands.those_of(store, INSPECTOR, SON_HA)
    with pytest.raises(NotAllowed):
        commands.recent(store, desk.radio.clock, NEIGHBOUR, UnitId("son-ha"), [GATE])


# --- Diagnostics ---


def test_what_a_device_hands_in_is_kept_once_and_read_by_who_looks_after_it(desk: Desk) -> None:
    (given,) = desk.gives(GATHER).commands
    before = desk.told().has_diagnostics

    desk.hands_in(given.id)
    desk.hands_in(given.id)
    here, sections = diagnostics.read(desk.radio.store, desk.radio.clock, TECHNICIAN, given.id)

    assert (before, desk.told().has_diagnostics) == (False, True)
    assert (here.id, sections) == (GATE, (Section("versions", "agent 0.1"),))
    assert desk.radio.actions()[-1] == "diagnostics.read"
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        diagnostics.read(desk.radio.store, desk.radio.clock, INSPECTOR, given.id)
    with pytest.raises(NotFound, match=r"command\.not_given"):
        diagnostics.read(desk.radio.store, desk.radio.clock, TECHNICIAN, CommandId("c9"))


def test_what_nobody_asked_this_device_for_is_not_taken_in(desk: Desk) -> None:
    (asked,) = desk.gives(GATHER).commands
    (other,) = desk.gives(RESTART).commands

    for command, which in ((CommandId("c9"), GATE), (other.id, GATE), (asked.id, MARKET)):
        with pytest.raises(NotAllowed, match=r"command\.not_given"):
            desk.hands_in(command, which=which)
    with pytest.raises(NotAllowed, match=r"loudspeaker\.unknown"):
        diagnostics.take_in(desk.radio.store, desk.radio.clock, LoudspeakerId("nowhere"), b"")

    assert desk.radio.store.kept.commands.gathered == {}


def test_what_another_key_has_sealed_is_not_taken_in(desk: Desk) -> None:
    (asked,) = desk.gives(GATHER).commands
    answer = CommandAnswered(
        audience="server", number=1, issued=desk.radio.now(), command=asked.id, state=CommandState.DONE
    )

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        desk.hands_in(asked.id, key=KEYS[MARKET])
    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        diagnostics.take_in(desk.radio.store, desk.radio.clock, GATE, sealed(answer, KEYS[GATE]))

    assert desk.radio.store.kept.commands.gathered == {}
