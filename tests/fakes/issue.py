"""What was issued and is in force, in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from schedules.catching_up import Missed
from schedules.ids import (
    LoudspeakerId,
    OccurrenceId,
    ProgrammeId,
    ZoneId,
)
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.wire.rows import Tables, packed
from server.issue_records import IssuedRundown, Promised, Revision, Settled, SilenceOrder, ZoneMark
from tests.fakes.kept import Kept


class FakeIssue:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def want(self, zones: Iterable[ZoneId]) -> None:
        for zone in set(zones) & set(self._kept.marks):
            self._mark(zone, wanted=self._kept.marks[zone].wanted + 1)

    def marks(
        self, zones: Iterable[ZoneId] | None = None, *, unsettled_only: bool = False, unplanned_only: bool = False
    ) -> Sequence[ZoneMark]:
        among = None if zones is None else set(zones)
        shown = (
            mark
            for mark in self._kept.marks.values()
            if (among is None or mark.zone in among)
            and not (unsettled_only and mark.settled)
            and not (unplanned_only and mark.wanted == mark.planned_from)
        )
        return sorted(shown, key=lambda mark: mark.zone)

    def mark(self, zone: ZoneId) -> ZoneMark | None:
        return self._kept.marks.get(zone)

    def issued(self, zone: ZoneId) -> IssuedRundown | None:
        return self._kept.issued.get(zone)

    def envelope(self, zone: ZoneId) -> bytes:
        issued = self._kept.issued.get(zone)
        return b"" if issued is None else issued.envelope

    def settle(self, settled: Iterable[Settled]) -> None:
        for each in settled:
            self._mark(each.zone, planned_from=each.planned_from, planned_for=each.planned_for)
            if each.issued is not None:
                self._put(each.issued, each.before)

    def in_force(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, Tables]:
        wanted = ((zone, self._kept.issued.get(zone)) for zone in zones)
        return {zone: Tables(packed(issued.rundown)) for zone, issued in wanted if issued is not None}

    def _put(self, issued: IssuedRundown, before: Tables | None) -> None:
        rundown, zone = issued.rundown, issued.rundown.zone
        self._kept.require(self._kept.zones, zone)
        standing = {} if before is None else {each: before.item(n) for n, each in enumerate(before.occurrences)}
        promised = {item.occurrence: item for item in rundown.items}
        gone = [each for each, item in standing.items() if each not in promised and item.starts_at >= issued.issued_at]
        changed = ((each, standing[each].span) for each, item in promised.items() if each in standing)
        self._kept.revisions[zone, rundown.revision] = Revision(
            zone=zone,
            number=rundown.revision,
            issued_at=issued.issued_at,
            sha256=sha256(issued.envelope).hexdigest(),
            added=len(promised.keys() - standing.keys()),
            withdrawn=tuple(gone),
            changed=tuple((each, span) for each, span in changed if span != promised[each].span),
        )
        self._kept.issued[zone] = issued
        self._kept.planned.update({(zone, each): item for each, item in promised.items()})
        self._kept.withdrawn |= {(zone, each) for each in gone}
        self._kept.withdrawn -= {(zone, each) for each in promised}
        self._mark(zone, issued_revision=rundown.revision)

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        return self._kept.revisions.get((zone, number))

    def published(self, zone: ZoneId, revision: int) -> None:
        self._mark(zone, published_revision=revision)

    def newest_published(self) -> int:
        return max(
            *(mark.published_revision for mark in self._kept.marks.values()),
            *(published for _, published in self._kept.assignments.values()),
            *(order.number for order in self._kept.silences.values() if order.published),
            0,
            0,
        )

    def unpublish_after(self, number: int) -> None:
        for zone, mark in self._kept.marks.items():
            if mark.published_revision > number:
                self._mark(zone, published_revision=0)
        for key, order in self._kept.silences.items():
            if order.number > number:
                self._kept.silences[key] = replace(order, published=False)
        for loudspeaker, (wanted, published) in self._kept.assignments.items():
            if published > number:
                self._kept.assignments[loudspeaker] = (wanted, 0)

    def planned(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        wanted, of = set(zones), None if programmes is None else set(programmes)
        found = [
            (key[0], item)
            for key, item in self._kept.planned.items()
            if key[0] in wanted
            and key not in self._kept.withdrawn
            and span.holds(item.starts_at)
            and (of is None or item.programme in of)
        ]
        return sorted(found, key=lambda pair: (pair[1].starts_at, pair[0]))

    def promised(
        self, wanted: Collection[tuple[ZoneId, OccurrenceId]]
    ) -> Mapping[tuple[ZoneId, OccurrenceId], Promised]:
        return {key: Promised.by(self._kept.planned[key]) for key in wanted if key in self._kept.planned}

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        return self._kept.planned.get((zone, occurrence))

    def missed(self, *, zones: Iterable[ZoneId] | None = None) -> Sequence[Missed]:
        known = self._kept.missed.values()
        newest = max((each.known for each in known), default=None)
        wanted = {each.zone for each in known} if zones is None else set(zones)
        recent = (each for each in known if newest is not None and each.known > newest - 2 * DAY)
        chosen = (each for each in recent if each.zone in wanted)
        return sorted(chosen, key=lambda each: (each.zone, each.starts_at, each.occurrence))

    def miss(self, missed: Iterable[Missed]) -> None:
        for each in missed:
            self._kept.require(self._kept.zones, each.zone)
            self._kept.missed.setdefault((each.zone, each.occurrence), each)

    def is_in_force(self, sha256: str) -> bool:
        issued = (item for each in self._kept.issued.values() for item in each.rundown.items)
        return any(recording.sha256 == sha256 for item in issued for recording in item.recordings)

    def silences(self) -> Sequence[SilenceOrder]:
        newest = {order.audience: order for _, order in sorted(self._kept.silences.items(), key=lambda pair: pair[0])}
        return [newest[audience] for audience in sorted(newest)]

    def put_silence(self, order: SilenceOrder) -> None:
        self._kept.silences[order.audience, order.number] = order

    def silence_published(self, audience: str, number: int) -> None:
        self._kept.silences[audience, number] = replace(self._kept.silences[audience, number], published=True)

    def assignment_numbers(self, *, unsettled_only: bool = False) -> Sequence[tuple[LoudspeakerId, int, int]]:
        return [
            (key, wanted, published)
            for key, (wanted, published) in sorted(self._kept.assignments.items())
            if not unsettled_only or wanted != published
        ]

    def assignment_number(self, loudspeaker: LoudspeakerId) -> int:
        return self._kept.assignments.get(loudspeaker, (0, 0))[1]

    def want_assignment(self, loudspeakers: Iterable[LoudspeakerId]) -> None:
        for loudspeaker in set(loudspeakers) & set(self._kept.assignments):
            wanted, published = self._kept.assignments[loudspeaker]
            self._kept.assignments[loudspeaker] = (wanted + 1, published)

    def number_assignment(self, loudspeaker: LoudspeakerId, number: int) -> None:
        wanted, published = self._kept.assignments[loudspeaker]
        self._kept.assignments[loudspeaker] = (max(wanted, number), published)

    def assignment_published(self, loudspeaker: LoudspeakerId, number: int) -> None:
        wanted, _ = self._kept.assignments[loudspeaker]
        self._kept.assignments[loudspeaker] = (wanted, number)

    def trust_lists(self) -> Sequence[tuple[int, bytes]]:
        return sorted(self._kept.trust_lists.items())

    def add_trust_list(self, number: int, envelope: bytes) -> None:
        self._kept.trust_lists[number] = envelope

    def trust_followed(self) -> int:
        return max(self._kept.trust_followed, default=0)

    def follow_trust(self, number: int) -> None:
        self._kept.require(self._kept.trust_lists, number)
        self._kept.trust_followed += (number,)
        self.want_all_again()

    def want_all_again(self) -> None:
        for zone, mark in self._kept.marks.items():
            if mark.issued_revision:
                self._mark(zone, wanted=mark.wanted + 1, planned_for=None)
        self._kept.silences = {key: replace(order, published=False) for key, order in self._kept.silences.items()}
        self._kept.assignments = {key: (wanted, 0) for key, (wanted, _) in self._kept.assignments.items()}

    def _mark(self, zone: ZoneId, **values: object) -> None:
        self._kept.marks[zone] = replace(self._kept.marks[zone], **values)  # type: ignore[arg-type]  # by field name
