"""Commands and answers are kept alike by every store; nothing kept of an answer is ever changed."""

from dataclasses import replace

import pytest

from schedules.ids import CommandId, DeviceId, PersonId
from schedules.wire.command import CommandState, LogLevel, What
from server.command_records import Diagnostics, GivenCommand, KeptAnswer
from server.ports import Store
from tests.contracts.samples import MINUTE, NOW, OFFICER, OTHER_POLE, POLE

TONE = GivenCommand(
    id=CommandId("c1"),
    loudspeaker=POLE,
    device=DeviceId("d" * 16),
    what=What.TEST_TONE,
    given_at=NOW,
    by=OFFICER,
    expires=NOW + 10 * MINUTE,
)
LEVEL = replace(
    TONE,
    id=CommandId("c2"),
    what=What.LOG_LEVEL,
    level=LogLevel.DEBUG,
    until=NOW + 60 * MINUTE,
    together=2,
    given_at=NOW + MINUTE,
)
ELSEWHERE = replace(LEVEL, id=CommandId("c3"), loudspeaker=OTHER_POLE, by=PersonId("person-2"))
DONE = KeptAnswer(
    command=TONE.id, state=CommandState.DONE, number=2, received_at=NOW, level_dbfs=-20.5, envelope=b"signed"
)
ACCEPTED = replace(DONE, state=CommandState.ACCEPTED, number=1, level_dbfs=None, reason="", envelope=b"before")


@pytest.fixture
def given(store: Store) -> Store:
    with store.writing() as uow:
        for each in (TONE, ELSEWHERE, LEVEL):
            uow.commands.add(each)
        uow.commit()
    return store


def test_commands_come_back_as_they_were_given(given: Store) -> None:
    with given.reading() as uow:
        assert [uow.commands.get(each.id) for each in (TONE, LEVEL)] == [TONE, LEVEL]
        assert uow.commands.get(CommandId("c9")) is None
        assert list(uow.commands.to([POLE], since=NOW)) == [LEVEL, TONE]
        assert list(uow.commands.to([POLE, OTHER_POLE], since=NOW + MINUTE)) == [ELSEWHERE, LEVEL]
        assert list(uow.commands.to([], since=NOW)) == []
        assert list(uow.commands.given_by(OFFICER, since=NOW)) == [TONE, LEVEL]
        assert list(uow.commands.given_by(OFFICER, since=NOW + MINUTE)) == [LEVEL]


def test_what_was_answered_or_has_expired_does_not_wait(given: Store) -> None:
    with given.writing() as uow:
        uow.commands.answer(DONE)
        uow.commands.sent([LEVEL.id], NOW + 2 * MINUTE)
        uow.commit()

    with given.reading() as uow:
        assert list(uow.commands.waiting(NOW)) == [replace(LEVEL, sent_at=NOW + 2 * MINUTE), ELSEWHERE]
        assert list(uow.commands.waiting(NOW + 10 * MINUTE)) == []


def test_each_state_is_kept_once_and_in_the_agents_order(given: Store) -> None:
    with given.writing() as uow:
        kept = [uow.commands.answer(each) for each in (DONE, ACCEPTED, replace(DONE, number=9))]
        uow.commit()

    with given.reading() as uow:
        assert kept == [True, True, False]
        assert {name: list(each) for name, each in uow.commands.answers([TONE.id, LEVEL.id]).items()} == {
            TONE.id: [ACCEPTED, DONE]
        }


def test_of_what_was_gathered_the_newest_few_of_each_loudspeaker_stay(given: Store) -> None:
    gathered = [
        Diagnostics(command=each.id, loudspeaker=each.loudspeaker, received_at=each.given_at, envelope=b"sealed")
        for each in (TONE, LEVEL, ELSEWHERE)
    ]
    with given.writing() as uow:
        for each in gathered:
            uow.commands.put_diagnostics(each, keep=1)
        uow.commit()

    with given.reading() as uow:
        assert uow.commands.have_diagnostics([TONE.id, LEVEL.id, ELSEWHERE.id]) == {LEVEL.id, ELSEWHERE.id}
        assert uow.commands.diagnostics(LEVEL.id) == gathered[1]
        assert uow.commands.diagnostics(TONE.id) is None
