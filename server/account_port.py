"""What the use cases need kept beside accounts. It must not name a framework."""

from collections.abc import Sequence
from typing import Protocol

from schedules.ids import PersonId, UnitId
from server.account_records import Delegation, Factor, SignIn


class Factors(Protocol):
    """Second factors."""

    def get(self, person: PersonId) -> Factor | None: ...
    def put(self, factor: Factor) -> None: ...
    def remove(self, person: PersonId) -> None: ...


class SignIns(Protocol):
    """Browsers in which people are signed in."""

    def get(self, sign_in: str) -> SignIn | None: ...
    def of(self, person: PersonId) -> Sequence[SignIn]:
        """Give those that were not ended one by one, the newest first."""
        ...

    def put(self, sign_in: SignIn) -> None: ...


class Delegations(Protocol):
    """Who approves in whose place."""

    def get(self, delegation: str) -> Delegation | None: ...
    def to(self, person: PersonId) -> Sequence[Delegation]:
        """Give what was handed to a person, the newest first."""
        ...

    def of_unit(self, unit: UnitId) -> Sequence[Delegation]:
        """Give what was handed on in a unit, the newest first."""
        ...

    def put(self, delegation: Delegation) -> None: ...
