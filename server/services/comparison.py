"""What differs between a programme and the version of it that was approved last: words, sounds, parts, times, zones.

It reads what the approval kept, and judges nothing.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from schedules.approval import approved_parts, record_of_programme, record_of_slot
from schedules.ids import ProgrammeId
from schedules.part import Part
from schedules.slot import Slot
from schedules.unit import zones_meant
from server.approving_records import Matter
from server.ports import Store, UnitOfWork
from server.services.approved_before import stood_by
from server.services.changes import known
from server.services.rights import ANY_ROLE, require
from server.values import Person, StoredApproval, StoredProgramme

_WORD = re.compile(r"\S+\s*")


class Mark(StrEnum):
    """What became of a run of words, of a language's sound, or of a part."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words with one fate."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class PartCompared:
    """A part that was added, removed or changed; as it is now, else as it was."""

    mark: Mark
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCompared:
    """How a slot differs from what was approved of it.

    Attributes:
        times: another day, hour, rule or place.
        handling: something else of it: its length, what happens when it is late or interrupted, its way.
        added, removed: names of zones.
    """

    slot: Slot
    times: bool
    handling: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A programme beside the version that was approved last.

    Attributes:
        by: name of who approved it.
        title: as it was; empty where it is the same.
        texts: the script per language, with every word that came or went; None where none was kept then.
        sounds: languages with another sound, a new one, or none any more.
        facts: names of what else is another: kind, level, times_read, valid_until.
        parts: those that differ.
        reordered: parts that stayed stand in another order.
        slots: those that differ.
        new_slots: how many were never approved.
    """

    at: datetime
    by: str
    title: str
    texts: Mapping[str, tuple[Run, ...]] | None
    sounds: Mapping[str, Mark]
    facts: tuple[str, ...]
    parts: tuple[PartCompared, ...]
    reordered: bool
    slots: tuple[SlotCompared, ...]
    new_slots: int

    @property
    def rewritten(self) -> bool:
        """Whether any word differs."""
        return any(run.mark is not Mark.SAME for runs in (self.texts or {}).values() for run in runs)


def compared(store: Store, person: Person, programme: ProgrammeId) -> Compared | None:
    """Compare a programme with what was approved of it last; None where nothing ever was.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed: `rights.missing` for who has no role for its owner.
    """
    with store.reading() as uow:
        stored = known(uow, programme)
        require(uow.places.units(), person, stored.programme.owner, *ANY_ROLE)
        return _compared(uow, stored)


def words_compared(before: str, after: str) -> tuple[Run, ...]:
    """Give the words of two texts in one line: those that stayed, came and went. Unicode's two forms are one word."""
    old, new = (_WORD.findall(unicodedata.normalize("NFC", text)) for text in (before, after))
    matcher = SequenceMatcher(None, [each.strip() for each in old], [each.strip() for each in new], autojunk=True)
    runs: list[Run] = []
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            runs.append(Run(Mark.SAME, "".join(new[new_from:new_to])))
            continue
        if old_to > old_from:
            runs.append(Run(Mark.REMOVED, "".join(old[old_from:old_to])))
        if new_to > new_from:
            runs.append(Run(Mark.ADDED, "".join(new[new_from:new_to])))
    return tuple(runs)


def parts_compared(before: Sequence[Part], after: Sequence[Part]) -> tuple[PartCompared, ...]:
    """Give the parts that were added or changed, in their order, then those that were removed."""
    old = {each.id: each for each in before}
    now = {each.id for each in after}
    new = (
        PartCompared(Mark.OTHER if each.id in old else Mark.ADDED, each) for each in after if old.get(each.id) != each
    )
    return (*new, *(PartCompared(Mark.REMOVED, each) for each in before if each.id not in now))


def _in_another_order(before: Sequence[Part], after: Sequence[Part]) -> bool:
    both = {each.id for each in before} & {each.id for each in after}
    old, new = ([each.id for each in parts if each.id in both] for parts in (before, after))
    return old != new


def _compared(uow: UnitOfWork, stored: StoredProgramme) -> Compared | None:
    programme = stored.programme
    slots = [each.slot for each in uow.programmes.slots_of(programme.id)]
    matter = Matter(programme.id)
    approvals = {slot.id: stood_by(uow, matter, uow.programmes.approvals_of(slot.id)) for slot in slots}
    of_places = stood_by(uow, matter, uow.programmes.approvals_of(programme.id))
    every = [*(each for found in approvals.values() for each in found), *of_places]
    if not every:
        return None
    last = max(every, key=lambda each: each.approval.approved_at)
    before = json.loads(last.canonical)["programme"]
    after = json.loads(record_of_programme(programme).canonical)["programme"]
    parts = approved_parts(last.canonical, programme.id)
    found = (_slot_compared(uow, stored, slot, approvals[slot.id]) for slot in slots if approvals[slot.id])
    by = uow.people.get(last.approval.approved_by)
    languages = sorted({*last.texts, *stored.texts})
    return Compared(
        at=last.approval.approved_at,
        by=by.name if by is not None else "",
        title=before["title"] if before["title"] != after["title"] else "",
        texts={each: words_compared(last.texts.get(each, ""), stored.texts.get(each, "")) for each in languages}
        if last.texts
        else None,
        sounds=_sounds(before["variants"], after["variants"]),
        facts=tuple(each for each in ("kind", "level", "times_read", "valid_until") if before[each] != after[each]),
        parts=parts_compared(parts, programme.parts),
        reordered=_in_another_order(parts, programme.parts),
        slots=tuple(each for each in found if each.times or each.handling or each.added or each.removed),
        new_slots=sum(not approvals[slot.id] for slot in slots),
    )


def _sounds(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> dict[str, Mark]:
    old, new = ({each["language"]: each for each in variants} for variants in (before, after))
    found = {}
    for language in sorted({*old, *new}):
        if language not in old:
            found[language] = Mark.ADDED
        elif language not in new:
            found[language] = Mark.REMOVED
        elif old[language] != new[language]:
            found[language] = Mark.OTHER
    return found


def _slot_compared(
    uow: UnitOfWork, stored: StoredProgramme, slot: Slot, approvals: Sequence[StoredApproval]
) -> SlotCompared:
    """Compare with the newest record; supplementary approvals of the same one add their zones."""
    last = approvals[-1]
    before = json.loads(last.canonical)["slot"]
    after = json.loads(record_of_slot(stored.programme, slot).canonical)["slot"]
    same = [each.approval.zones for each in approvals if each.approval.record == last.approval.record]
    released = frozenset().union(*same)
    every = uow.places.zones()
    meant = frozenset(each.id for each in zones_meant(slot.target, every, uow.places.units(), uow.places.groups()))
    names = {zone.id: zone.name for zone in every}
    differ = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return SlotCompared(
        slot=slot,
        times="timing" in differ,
        handling=bool(differ - {"timing"}),
        added=tuple(sorted(names.get(each, each) for each in meant - released)),
        removed=tuple(sorted(names.get(each, each) for each in released - meant)),
    )
