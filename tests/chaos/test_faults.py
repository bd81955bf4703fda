"""What breaks is drawn from the seed alone, and nothing is broken twice at once."""

from collections import defaultdict

from tests.chaos.breaking import DOES
from tests.chaos.faults import KINDS, NOBODY, Fault, counted, drawn

AGENTS = [f"loudspeaker-{number}" for number in range(1, 25)]
OF = {kind.name: kind for kind in KINDS}


def a_run(seed: int) -> list[Fault]:
    return drawn(seed, count=1000, seconds=1400, agents=AGENTS, late_from=200)


def test_a_seed_repeats_its_faults() -> None:
    assert a_run(5) == a_run(5)
    assert a_run(5) != a_run(6)


def test_a_full_run_has_all_its_faults_and_every_kind() -> None:
    faults = a_run(1)

    assert len(faults) == 1000
    assert set(counted(faults)) == set(OF)


def test_every_kind_has_somebody_who_does_it() -> None:
    assert set(DOES) == set(OF)


def test_nothing_is_broken_while_it_is_broken_or_settles() -> None:
    until: dict[tuple[str, str], float] = defaultdict(float)

    for fault in a_run(3):
        kind = OF[fault.kind]
        for part in kind.takes:
            owner = fault.agent if part in ("agent", "line") else ""
            assert part == NOBODY or until[part, owner] <= fault.at
            until[part, owner] = fault.at + fault.lasts + kind.settles


def test_what_needs_the_whole_plan_comes_late() -> None:
    assert min(fault.at for fault in a_run(2) if OF[fault.kind].late) >= 200
