"""A lease: which process alone may do something. Frozen; it must not know how it is stored or who asks for it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it stands in the database.

    Attributes:
        name: what may be done.
        holder: the process that may; empty when it was given back.
        token: grows with every change of holder, so that who held it before can be told apart.
        renewals: grows while the holder lives.
        renewed_at: when it last grew by the holder's clock, for people; nobody takes a lease by it, since no two
            machines agree on an instant.
    """

    name: str
    holder: str
    token: int
    renewals: int = 0
    renewed_at: datetime | None = None
