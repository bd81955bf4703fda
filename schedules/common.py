"""What zones have in common: stretches of air that were shared out once, and stand wherever nothing else wants them.

It must not decide who gets the air (`conflicts`); it only tells what need not be decided again for another zone.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.candidate import Candidate
from schedules.conflicts import Claim, contending, reach_of
from schedules.ids import OccurrenceId
from schedules.rundown import RundownItem
from schedules.schedule import Note


@dataclass(frozen=True, slots=True)
class Stretch:
    """A group of claims that contend with each other only, and what came of them."""

    claims: tuple[Claim, ...]
    items: tuple[RundownItem, ...]
    notes: tuple[Note, ...]

    @property
    def start(self) -> datetime:
        """When its first claim wants the air."""
        return self.claims[0].start


class Common:
    """Every stretch that some zones have in common.

    Args:
        wanted: every candidate of these zones, those without a stretch included.
        late: those whose start had passed, so that what has begun at each zone decides.
        stretches: in order; none reaches into the next.
        notes: on what may not contend at all.
    """

    def __init__(
        self,
        wanted: Mapping[OccurrenceId, Candidate],
        late: Sequence[Candidate],
        stretches: Sequence[Stretch],
        notes: Sequence[Note],
    ) -> None:
        self.wanted = wanted
        self.late = late
        self.notes = notes
        self._stretches = stretches
        self._starts = [stretch.start for stretch in stretches]
        self._reaches = [max(stretch.start, reach_of(stretch.claims)) for stretch in stretches]
        self._index = {claim.occurrence: index for index, stretch in enumerate(stretches) for claim in stretch.claims}
        self._forbidden = {note.occurrence for note in notes}
        self._items = [item for stretch in stretches for item in stretch.items]
        self._notes = [note for stretch in stretches for note in stretch.notes]

    def of(self, occurrences: Iterable[OccurrenceId]) -> set[int]:
        """Give the stretches in which some occurrences want the air."""
        return {self._index[each] for each in occurrences if each in self._index}

    def forbidden(self, occurrences: Iterable[OccurrenceId]) -> list[OccurrenceId]:
        """Give those of some occurrences that may not contend, as the notes say."""
        return [each for each in occurrences if each in self._forbidden]

    def claims(self, stretches: Iterable[int]) -> list[Claim]:
        """Give the claims of some stretches."""
        return [claim for index in sorted(stretches) for claim in self._stretches[index].claims]

    def beside(self, claims: list[Claim], apart: Collection[int]) -> tuple[set[int], list[list[Claim]]]:
        """Part a zone's own claims into contending groups, together with those they meet here.

        Args:
            claims: of the zone, and of the stretches that are apart already.
            apart: stretches that do not stand at this zone.

        Returns:
            The stretches that do not stand at this zone, and the groups to share the air out among.
        """
        gone, own = set(apart), list(claims)
        while True:
            groups = list(contending(own))
            met = {index for group in groups for index in self._met(group)} - gone
            if not met:
                return gone, groups
            gone |= met
            own += self.claims(met)

    def standing(self, gone: Collection[int]) -> tuple[list[RundownItem], list[Note]]:
        """Give the items and notes of the stretches that stand."""
        if not gone:
            return list(self._items), list(self._notes)
        standing = [stretch for index, stretch in enumerate(self._stretches) if index not in gone]
        return (
            [item for stretch in standing for item in stretch.items],
            [note for stretch in standing for note in stretch.notes],
        )

    def _met(self, group: Sequence[Claim]) -> Iterable[int]:
        start = group[0].start
        reach = max(start, reach_of(group))
        index = bisect_right(self._reaches, start)
        while index > 0 and self._starts[index - 1] >= start:  # it has no length, and begins here
            index -= 1
        while index < len(self._starts) and (self._starts[index] < reach or self._starts[index] <= start):
            yield index
            index += 1
