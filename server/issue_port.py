"""What the use cases need kept of what was issued, as a protocol. It must not name a framework."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from schedules.catching_up import Missed
from schedules.ids import (
    LoudspeakerId,
    OccurrenceId,
    ProgrammeId,
    ZoneId,
)
from schedules.rundown import RundownItem
from schedules.times import Span
from schedules.wire.rows import Tables
from server.issue_records import IssuedRundown, Promised, Revision, Settled, SilenceOrder, ZoneMark


class Issue(Protocol):
    """What was planned, issued and published, and the orders of silence."""

    def want(self, zones: Iterable[ZoneId]) -> None:
        """Raise `wanted` of zones by one."""
        ...

    def marks(
        self, zones: Iterable[ZoneId] | None = None, *, unsettled_only: bool = False, unplanned_only: bool = False
    ) -> Sequence[ZoneMark]:
        """Give the marks of zones in order of zone, all unless some are named.

        Only those not settled, or those that wait to be planned, where asked.
        """
        ...

    def mark(self, zone: ZoneId) -> ZoneMark | None: ...
    def issued(self, zone: ZoneId) -> IssuedRundown | None: ...
    def in_force(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, Tables]:
        """Give the rundowns in force as tables, where there are any that can be read."""
        ...

    def envelope(self, zone: ZoneId) -> bytes:
        """Give the signed bytes of the rundown in force; empty where there is none."""
        ...

    def settle(self, settled: Iterable[Settled]) -> None:
        """Store what planning gave: the next rundowns, and the marks of all.

        Items ahead that a new rundown no longer holds are withdrawn; those that had begun keep their place.
        """
        ...

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        """Give what is left of a rundown that was issued."""
        ...

    def published(self, zone: ZoneId, revision: int) -> None: ...
    def newest_published(self) -> int:
        """Give the highest number the broker has confirmed, of rundowns, silence and assignments; 0 for none."""
        ...

    def unpublish_after(self, number: int) -> None:
        """Note that a broker lost what was published under higher numbers; 0: everything."""
        ...

    def planned(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the planned items that start inside a span, in order of start; withdrawn ones are not among them.

        With programmes named, only theirs.
        """
        ...

    def promised(
        self, wanted: Collection[tuple[ZoneId, OccurrenceId]]
    ) -> Mapping[tuple[ZoneId, OccurrenceId], Promised]:
        """Give what was last said of planned items, withdrawn ones too, where there are any."""
        ...

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give a planned item as it was last said, a withdrawn one too."""
        ...

    def missed(self, *, zones: Iterable[ZoneId] | None = None) -> Sequence[Missed]:
        """Give what no loudspeaker played and comes again, of the last two days of which anything is known.

        Of the zones named alone, if any; in order of zone and start.
        """
        ...

    def miss(self, missed: Iterable[Missed]) -> None:
        """Keep what no loudspeaker of a zone played; what is known already stays as it is."""
        ...

    def is_in_force(self, sha256: str) -> bool:
        """Tell whether some rundown or assignment in force names a recording."""
        ...

    def silences(self) -> Sequence[SilenceOrder]:
        """Give the newest order per audience."""
        ...

    def put_silence(self, order: SilenceOrder) -> None: ...
    def silence_published(self, audience: str, number: int) -> None: ...
    def assignment_numbers(self, *, unsettled_only: bool = False) -> Sequence[tuple[LoudspeakerId, int, int]]:
        """Give, per loudspeaker, the number its assignment should have and the one last published.

        Args:
            unsettled_only: leave out those of which the two are the same.
        """
        ...

    def assignment_number(self, loudspeaker: LoudspeakerId) -> int:
        """Give the number of the assignment last published; 0 for none."""
        ...

    def want_assignment(self, loudspeakers: Iterable[LoudspeakerId]) -> None:
        """Raise the number the assignments of loudspeakers should have; a new loudspeaker's is wanted by itself."""
        ...

    def number_assignment(self, loudspeaker: LoudspeakerId, number: int) -> None:
        """Raise the number one assignment should have to at least this."""
        ...

    def assignment_published(self, loudspeaker: LoudspeakerId, number: int) -> None: ...
    def trust_lists(self) -> Sequence[tuple[int, bytes]]:
        """Give every signed trust list with its number, the first first."""
        ...

    def add_trust_list(self, number: int, envelope: bytes) -> None: ...
    def trust_followed(self) -> int:
        """Give the number of the newest trust list under which everything was wanted again; 0 for none."""
        ...

    def follow_trust(self, number: int) -> None:
        """Note that everything goes by a trust list from now on, and `want_all_again`."""
        ...

    def want_all_again(self) -> None:
        """Want everything again that is in force, as if none of it had been published.

        Zones that have a rundown get another one even if nothing in it differs; silences and assignments are to be
        published again.
        """
        ...
