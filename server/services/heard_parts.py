"""Which parts a play had: those of the record it was released by, whatever became of its programme since."""

from collections.abc import Iterable, Mapping

from schedules.approval import approved_parts
from schedules.part import Part
from schedules.rundown import RundownItem
from server.ports import UnitOfWork

Released = tuple[str, str]
"""A record's hash, and a programme in it."""


def parts_of(uow: UnitOfWork, items: Iterable[RundownItem]) -> Mapping[Released, tuple[Part, ...]]:
    """Give the parts of planned items by what released them; nothing for what has none."""
    wanted = {(item.approval, item.programme) for item in items}
    kept = uow.programmes.released({record for record, _ in wanted})
    found = {key: approved_parts(kept[key[0]], key[1]) for key in wanted if key[0] in kept}
    return {key: parts for key, parts in found.items() if parts}
