"""What verification found and what it can say, as codes with values. Sentences are chosen where a person reads them.

It must not look for any.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was said.

    Attributes:
        code: dotted, the key of its sentence.
        number: of the leaf it is about; where none is, of the leaf after which it shows.
        values: what the sentence names.
    """

    code: str
    number: int
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that is proven, or cannot be."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came out.

    Attributes:
        findings: the first entry first.
        statements: what is proven by whom, and what is not.
        leaves, entries, rows: how many were looked at.
        more: findings beyond those named.
    """

    findings: tuple[Finding, ...]
    statements: tuple[Statement, ...]
    leaves: int
    entries: int
    rows: int
    more: int = 0
