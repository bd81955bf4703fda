"""Somebody with every right in the database, and the centre's key or not; `verify` knows the head of yesterday."""

from atexit import register
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.hostile.attempt import Kind, Run, Wrongs
from tests.insider.attacks import ATTACKS, Attack
from tests.insider.conftest import Centre, live


@cache
def lived() -> Centre:
    """Let a centre live, once for all attempts; of what nobody touched nothing may be said."""
    folder = TemporaryDirectory(prefix="hostile-")
    register(folder.cleanup)
    centre = live(Path(folder.name))
    assert not centre.says().findings
    return centre


def _in_the_database(attack: Attack) -> Run:
    """Make an attempt at the past: it must be named for what it is."""

    def run(folder: Path, rng: Random) -> Wrongs:
        centre = lived().copied(folder)
        centre.suffers(attack.run, seed=rng.randrange(2**32), key=rng.choice([centre.key, None]))
        named = {each.code for each in centre.says().findings}
        return Wrongs(undetected=() if named & attack.codes else (f"named was {sorted(named)}",))

    return run


KINDS = [Kind("insider", attack.name, _in_the_database(attack)) for attack in ATTACKS]
