"""Commands on their way: what was given leaves for loudspeakers that are connected, and what they answer is kept.

It must not decide who may command: `commands` does. A command that nobody answers leaves again until it expires; its
device does it once all the same.
"""

import logging
from datetime import datetime, timedelta

from schedules.errors import WireError
from schedules.wire import topics
from schedules.wire.command import Command, CommandAnswered
from server.command_records import GivenCommand, KeptAnswer
from server.errors import NotFound
from server.ports import Clock, Publisher, Sealing, Store, UnitOfWork
from server.services.commands import require_known
from server.services.new_ids import unix_milliseconds
from server.services.presence import is_connected
from server.services.trail import note_at
from server.values import Loudspeaker

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=30)
"""After how long a command leaves again that was not answered: the line may have broken under it."""


def publish_due(store: Store, clock: Clock, sealing: Sealing, publisher: Publisher) -> None:
    """Hand the broker every command that waits for a connected loudspeaker, not retained and with an end."""
    now = clock.now()
    with store.reading() as uow:
        waiting = [each for each in uow.commands.waiting(now) if each.sent_at is None or now - each.sent_at >= AGAIN]
        seen = uow.evidence.seen({each.loudspeaker for each in waiting}) if waiting else {}
    due = [each for each in waiting if is_connected(seen.get(each.loudspeaker), now)]
    if not due:
        return
    for command in due:
        publisher.publish(
            topics.of_loudspeaker(command.loudspeaker, "command"),
            sealing.seal(_message(command, sealing.epoch)),
            retain=False,
            expiry=max(1, -(-(command.expires - now) // timedelta(seconds=1))),
        )
        log.info("command_published command=%s loudspeaker=%s what=%s", command.id, command.loudspeaker, command.what)
    with store.writing() as uow:
        uow.commands.sent([each.id for each in due], now)
        uow.commit()


def keep_answer(uow: UnitOfWork, speaker: Loudspeaker, answer: CommandAnswered, envelope: bytes, now: datetime) -> bool:
    """Keep what an agent says of a command that was given to it, each state once; tell whether it is another one.

    Raises:
        WireError: `command.not_given`: nobody gave it to this device.
    """
    try:
        command = require_known(uow, answer.command, speaker)
    except NotFound as error:
        raise WireError(error.code, command=answer.command[:80]) from error
    kept = KeptAnswer(
        command=answer.command,
        state=answer.state,
        number=answer.number,
        received_at=now,
        reason=answer.reason,
        level_dbfs=answer.level_dbfs,
        envelope=envelope,
    )
    if not uow.commands.answer(kept):
        return False
    details = {"command": command.id, "what": command.what.value, "state": answer.state.value}
    note_at(uow, now, None, "command.answered", speaker.id, **details, reason=answer.reason)
    log.info("command_answered command=%s loudspeaker=%s state=%s", command.id, speaker.id, answer.state)
    return True


def _message(command: GivenCommand, epoch: int) -> Command:
    return Command(
        audience=topics.audience_of_loudspeaker(command.loudspeaker),
        epoch=epoch,
        number=unix_milliseconds(command.given_at),
        issued=command.given_at,
        expires=command.expires,
        command=command.id,
        device=command.device,
        what=command.what,
        level=command.level,
        until=command.until,
    )
