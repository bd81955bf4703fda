"""One attempt at a kind of attack: what it needs, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from schedules.wire.seal import SigningKey, fingerprint

A = TypeVar("A", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Wrongs:
    """What must not be; nothing at all when an attack was in vain.

    Attributes:
        obeyed: what was believed or done that is false, and what was lost by it.
        undetected: what the attack did that nobody was told.
    """

    obeyed: tuple[str, ...] = ()
    undetected: tuple[str, ...] = ()


Run = Callable[[Path, Random], Wrongs]
"""Makes one attempt in an empty folder."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of attack.

    Attributes:
        by: whose it is: the broker's, a neighbour's, a thief's or an insider's.
        run: makes one attempt; the dice decide about every choice.
    """

    by: str
    name: str
    run: Run = field(repr=False)


def kinds(by: str, attacks: Iterable[A], run: Callable[[A], Run]) -> list[Kind]:
    """Give the kinds of some functions, each called after what it does."""
    return [Kind(by, attack.__name__.replace("_", " "), run(attack)) for attack in attacks]


def drawn_key(rng: Random) -> SigningKey:
    """Draw a key with the attempt's dice, so that the attempt repeats in what it does (nonces do not)."""
    seed = rng.randbytes(32)
    return SigningKey(fingerprint(SigningKey("", seed).public), seed)
