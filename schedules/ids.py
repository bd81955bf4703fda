"""Names for identifiers, and the derivation of those that must come out the same every time.

It must not draw new random identifiers: those are made where chance is allowed, in `server`.
"""

from hashlib import blake2b
from typing import NewType

UnitId = NewType("UnitId", str)
"""An administrative unit's own id; official codes are re-used, so a code is never an id."""
ZoneId = NewType("ZoneId", str)
GroupId = NewType("GroupId", str)
LoudspeakerId = NewType("LoudspeakerId", str)
DeviceId = NewType("DeviceId", str)
"""Of one physical agent: the fingerprint of its key. A loudspeaker has one at a time, several over the years."""
EnrolmentId = NewType("EnrolmentId", str)
ProgrammeId = NewType("ProgrammeId", str)
PartId = NewType("PartId", str)
SlotId = NewType("SlotId", str)
TemplateId = NewType("TemplateId", str)
PlaceId = NewType("PlaceId", str)
ChannelId = NewType("ChannelId", str)
CampaignId = NewType("CampaignId", str)
CommandId = NewType("CommandId", str)
PersonId = NewType("PersonId", str)
OccurrenceId = NewType("OccurrenceId", str)
SuccessionId = NewType("SuccessionId", str)
JournalId = NewType("JournalId", str)
EmergencyId = NewType("EmergencyId", str)
ExerciseId = NewType("ExerciseId", str)
"""Never the id of an emergency: the two are kept, sent and shown apart."""
EmergencyTemplateId = NewType("EmergencyTemplateId", str)
Sha256 = NewType("Sha256", str)
"""A SHA-256 digest as 64 lower-case hexadecimal digits."""

_OCCURRENCE_BYTES = 16


Key = SlotId | PlaceId | ProgrammeId
"""What an occurrence comes from: its slot, the place whose fixed programme it is, or the programme a rule chose."""


def occurrence_id(origin: str, original_start: str, *further: str) -> OccurrenceId:
    """Derive the id of an occurrence from what it stems from and its *original* start.

    The same origin and start give the same id on every planning and every machine, so exceptions
    survive edits and late evidence still matches. 128 bits as 32 hexadecimal digits.

    Args:
        origin: the slot's or the place's id.
        original_start: the start before any exception moved it, as RFC 3339 text.
        further: what tells apart several occurrences of one origin and start.
    """
    text = "\x1f".join((origin, original_start, *further))
    return OccurrenceId(blake2b(text.encode(), digest_size=_OCCURRENCE_BYTES).hexdigest())


def is_hex64(text: str) -> bool:
    """Tell whether a text is 32 bytes as hashes and public keys are written: 64 hexadecimal digits, no capitals."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")
