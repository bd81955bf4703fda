"""Signs the ledger as it grows, and hands its heads to whoever can hold the centre to them. It must not judge.

A head that only the centre keeps proves nothing: it could be signed anew. So every loudspeaker is told the newest one,
and once a day a file goes to an addressee outside.
"""

import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from schedules.ledger import SHORT, HeadFile, KnownHead
from schedules.merkle import Frontier
from schedules.times import local_day
from schedules.wire.messages import LedgerHead, LedgerState
from server.evidence_records import SignedHead
from server.ports import Clock, Mail, Sealing, Store

log = logging.getLogger(__name__)

_AT_ONCE = 5000
"""Leaves read in one transaction: what is in memory stays small, and nobody waits long."""


def sign_head(store: Store, clock: Clock, sealing: Sealing, zone: ZoneInfo) -> None:
    """Sign the ledger as it is now, if it grew; the first head of a civil day goes outside."""
    with store.reading() as uow:
        last, before = uow.ledger.head(), uow.ledger.head(outside=True)
    known = Frontier() if last is None else last.frontier
    frontier = _grown(store, known)
    if frontier.size == known.size:
        return
    now = clock.now()
    outside = before is None or local_day(before.at, zone) != local_day(now, zone)
    envelope = sealing.seal(_message(frontier, now, sealing.epoch))
    with store.writing() as uow:
        uow.ledger.add_head(SignedHead(frontier=frontier, at=now, envelope=envelope, outside=outside))
        uow.commit()
    log.info("ledger_signed size=%d root=%s outside=%s", frontier.size, frontier.root.hex(), outside)


def send_outside(store: Store, directory: Path, mail: Mail | None) -> None:
    """Write each head that goes outside into a file, once, and send it by mail, until that succeeds.

    Those of days on which it could not be done follow in order, since each file names the leaves since the one before.
    Into an empty directory only the newest goes: what was taken away from there has arrived.
    """
    with store.reading() as uow:
        heads = [head for head in uow.ledger.heads() if head.outside]
    try:
        for head in _waiting(heads, lambda head: _file(directory, head).exists()):
            _write(store, head, _file(directory, head))
        if mail is None:
            return
        for head in _waiting(heads, lambda head: _sent(directory, head).exists()):
            file = _file(directory, head)
            if not file.exists():
                _write(store, head, file)
            mail.send(_subject(head), _WORDS, file)
            _sent(directory, head).touch()
            log.info("ledger_head_sent file=%s", file)
    except OSError as error:  # those of smtplib are OSErrors too
        log.error("ledger_head_stays_here directory=%s cause=%s", directory, error)  # noqa: TRY400  # the cause says it all


def _waiting(heads: Sequence[SignedHead], is_done: Callable[[SignedHead], bool]) -> Sequence[SignedHead]:
    """Give the heads after the last one that is done; where none is, the newest alone."""
    last = max((number for number, head in enumerate(heads) if is_done(head)), default=len(heads) - 2)
    return heads[last + 1 :]


def _file(directory: Path, head: SignedHead) -> Path:
    return directory / f"ledger-{head.at:%Y-%m-%dT%H%M%SZ}-{head.frontier.size}.json"


def _sent(directory: Path, head: SignedHead) -> Path:
    return _file(directory, head).with_suffix(".sent")


def _write(store: Store, head: SignedHead, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    with unfinished.open("w", encoding="ascii") as opened:
        opened.write(head_file(store, head).text())
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)
    log.info("ledger_head_written file=%s", file)


def head_file(store: Store, head: SignedHead) -> HeadFile:
    """Give what goes outside with a head: the heads before it, and the leaves since the last one that went there."""
    with store.reading() as uow:
        heads = [each for each in uow.ledger.heads() if each.frontier.size < head.frontier.size]
        trust_lists = tuple(envelope for _, envelope in uow.issue.trust_lists())
    after = max((each.frontier.size for each in heads if each.outside), default=0)
    leaves: list[str] = []
    while (place := after + len(leaves)) < head.frontier.size:
        with store.reading() as uow:
            read = uow.ledger.leaves(after=place, limit=min(_AT_ONCE, head.frontier.size - place))
        leaves += [leaf.hash.hex()[:SHORT] for leaf in read]
    return HeadFile(
        head=head.envelope,
        trust_lists=trust_lists,
        before=tuple(KnownHead(each.frontier.size, each.frontier.root.hex()) for each in heads),
        leaves=tuple(leaves),
    )


def _grown(store: Store, frontier: Frontier) -> Frontier:
    while True:
        with store.reading() as uow:
            leaves = uow.ledger.leaves(after=frontier.size, limit=_AT_ONCE)
        if not leaves:
            return frontier
        frontier = frontier.extended(leaf.hash for leaf in leaves)


def _message(frontier: Frontier, now: datetime, epoch: int) -> LedgerHead:
    return LedgerHead(
        audience="outside",
        epoch=epoch,
        number=frontier.size,
        issued=now,
        ledger=LedgerState(frontier.size, frontier.root.hex()),
    )


def _subject(head: SignedHead) -> str:
    return f"Sổ bằng chứng {head.at:%Y-%m-%d}: {head.frontier.size} mục, gốc {head.frontier.root.hex()[:16]}"


_WORDS = """\
Tệp kèm theo là dấu niêm phong hằng ngày của sổ bằng chứng. Xin giữ tệp này ở nơi của mình, không gửi trả lại máy chủ.
Khi cần kiểm tra: commune-radio verify --head TỆP

The attached file seals the ledger as it was today. Please keep it where the centre cannot reach it.
To check: commune-radio verify --head FILE
"""
