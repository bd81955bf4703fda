"""A trust list on its way from the centre to those who keep the roots, and back: what changes, who signed it.

It travels as a file a person can read, with the list before it inside, so that whoever signs sees what changes. It
must not hold a private key, nor decide what is published.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from schedules.errors import InvalidValue, WireError
from schedules.night import NightSilence
from schedules.wire import strict
from schedules.wire.codec import decoded, encoded, read, written
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import Envelope, Seal, SigningKey, assembled, envelope_of, pre_authentication
from schedules.wire.trust import signers

VERSION = 1
_TYPE = TrustList.__name__
_TOLD_ALWAYS = ("audience", "number", "issued", "expires", "keys")
_IN_WORDS = {
    "epoch": "keys.change_epoch",
    "threshold": "keys.change_threshold",
    "volume_ceiling": "keys.change_ceiling",
    "night_silence": "keys.change_night",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A trust list that is being signed.

    Attributes:
        list: what is signed, to the byte.
        before: envelope of the list in force; empty for the first one of a centre.
        seals: the signatures so far, one a key.
    """

    list: TrustList
    before: bytes = b""
    seals: tuple[Seal, ...] = ()

    def __post_init__(self) -> None:
        held = self.held
        if held is not None and self.list.number != held.number + 1:
            raise InvalidValue("trust.not_next", held=held.number, number=self.list.number)

    @property
    def held(self) -> TrustList | None:
        """The list before it, as it says itself; nobody has verified it here."""
        return decoded(TrustList, envelope_of(self.before).payload) if self.before else None

    @property
    def envelope(self) -> bytes:
        """What is published."""
        return assembled(self._envelope)

    @property
    def signed_by(self) -> frozenset[str]:
        """Public halves of the roots, old or new, whose signature is here and holds."""
        return signers(self._envelope, self._roots)

    @property
    def signed_before(self) -> frozenset[str]:
        """Public halves of the roots of the list before that signed it."""
        return signers(envelope_of(self.before), self.held.keys) if self.held is not None else frozenset()

    @property
    def lacks(self) -> tuple[int, int]:
        """How many signatures of the roots before, and of its own roots, are still missing."""
        held = self.held
        return (0 if held is None else self._lacks(held)), self._lacks(self.list)

    def signed(self, key: SigningKey) -> "Proposal":
        """Add the signature of a root, old or new.

        Raises:
            InvalidValue: `keys.not_a_root` of either list.
        """
        if key.public not in {root.public for root in self._roots}:
            raise InvalidValue("keys.not_a_root", key=key.key)
        seal = Seal(key.key, key.sign(pre_authentication(_TYPE, encoded(self.list))))
        return replace(self, seals=(*(each for each in self.seals if each.key != key.key), seal))

    @property
    def _envelope(self) -> Envelope:
        return Envelope(_TYPE, self.seals, encoded(self.list))

    @property
    def _roots(self) -> tuple[TrustedKey, ...]:
        held = self.held
        return (*(held.of(KeyRole.ROOT) if held is not None else ()), *self.list.of(KeyRole.ROOT))

    def _lacks(self, trust_list: TrustList) -> int:
        return max(0, trust_list.threshold - len(signers(self._envelope, trust_list.keys)))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two lists: a code, and what its sentence names."""

    code: str
    values: Mapping[str, object]


def changes(before: TrustList | None, after: TrustList) -> tuple[Change, ...]:
    """Give everything in which a list differs from the one before it; of a first list, all it says.

    A field nobody has put into words is told by its name: nothing is signed unseen.
    """
    return tuple(Change(code, values) for code, values in _changes(before, after))


def _changes(before: TrustList | None, after: TrustList) -> Iterator[tuple[str, Mapping[str, object]]]:
    old = {} if before is None else {(key.role, key.public): key for key in before.keys}
    new = {(key.role, key.public): key for key in after.keys}
    for named, key in new.items():
        if named not in old:
            yield "keys.change_added", _told(key)
        elif (key.key, key.expires) != (old[named].key, old[named].expires):
            yield "keys.change_expiry", _told(key)
    for named, key in old.items():
        if named not in new:
            yield "keys.change_dropped", _told(key)
    for field in fields(TrustList):
        was, now = (None if each is None else getattr(each, field.name) for each in (before, after))
        if field.name in _TOLD_ALWAYS or was == now:
            continue
        told = {"name": field.name, "before": _shown(was), "after": _shown(now)}
        yield _IN_WORDS.get(field.name, "keys.change_field"), told


def _shown(value: object) -> object:
    if isinstance(value, NightSilence):
        return f"{value.since:%H:%M}–{value.until:%H:%M} ({value.time_zone})"
    return "–" if value is None else value


def _told(key: TrustedKey) -> Mapping[str, object]:
    return {"role": key.role, "key": key.key, "public": key.public, "expires": key.expires or "–"}


def as_text(proposal: Proposal) -> str:
    """Give the file of a proposal."""
    tree = {
        "trust_list_to_sign": VERSION,
        "list": json.loads(written(proposal.list)),
        "before": b64encode(proposal.before).decode(),
        "seals": [{"key": each.key, "signature": b64encode(each.signature).decode()} for each in proposal.seals],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"


def proposal_of(text: bytes) -> Proposal:
    """Read the file of a proposal.

    Raises:
        WireError: `wire.unknown_version`, `wire.unreadable` or `wire.malformed`, whatever the bytes are.
        InvalidValue: `trust.not_next`, when it does not follow the list inside it.
    """
    tree = strict.parsed(text)
    try:
        if tree["trust_list_to_sign"] != VERSION:
            raise WireError("wire.unknown_version", version=str(tree["trust_list_to_sign"])[:20])
        return Proposal(
            list=read(TrustList, json.dumps(tree["list"]).encode()),
            before=b64decode(strict.text(tree["before"]), validate=True),
            seals=tuple(
                Seal(strict.text(each["key"]), b64decode(strict.text(each["signature"]), validate=True))
                for each in strict.items(tree["seals"])
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WireError("wire.unreadable", cause="trust_list") from error
