"""What stands beside accounts, in memory."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

from schedules.ids import PersonId, UnitId
from server.account_records import Delegation, Factor, SignIn


@dataclass
class KeptAccounts:
    factors: dict[PersonId, Factor] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    delegations: dict[str, Delegation] = field(default_factory=dict)

    def __copy__(self) -> "KeptAccounts":
        return KeptAccounts(**{name: copy(value) for name, value in vars(self).items()})


class FakeFactors:
    def __init__(self, kept: KeptAccounts) -> None:
        self._kept = kept

    def get(self, person: PersonId) -> Factor | None:
        return self._kept.factors.get(person)

    def put(self, factor: Factor) -> None:
        self._kept.factors[factor.person] = factor

    def remove(self, person: PersonId) -> None:
        self._kept.factors.pop(person, None)


class FakeSignIns:
    def __init__(self, kept: KeptAccounts) -> None:
        self._kept = kept

    def get(self, sign_in: str) -> SignIn | None:
        return self._kept.sign_ins.get(sign_in)

    def of(self, person: PersonId) -> Sequence[SignIn]:
        found = (each for _, each in sorted(self._kept.sign_ins.items(), reverse=True))
        return [each for each in found if each.person == person and each.ended_at is None]

    def put(self, sign_in: SignIn) -> None:
        self._kept.sign_ins[sign_in.id] = sign_in


class FakeDelegations:
    def __init__(self, kept: KeptAccounts) -> None:
        self._kept = kept

    def get(self, delegation: str) -> Delegation | None:
        return self._kept.delegations.get(delegation)

    def to(self, person: PersonId) -> Sequence[Delegation]:
        return [each for each in self._newest_first() if each.to == person]

    def of_unit(self, unit: UnitId) -> Sequence[Delegation]:
        return [each for each in self._newest_first() if each.unit == unit]

    def put(self, delegation: Delegation) -> None:
        self._kept.delegations[delegation.id] = delegation

    def _newest_first(self) -> list[Delegation]:
        return [each for _, each in sorted(self._kept.delegations.items(), reverse=True)]
