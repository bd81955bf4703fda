"""A lease: which process alone may do something. Frozen; it must not know how it is stored or who asks for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it stands in the database. It names no instant: no two machines agree on one.

    Attributes:
        name: what may be done.
        holder: the process that may; empty when it was given back.
        token: grows with every change of holder, so that who held it before can be told apart.
        renewals: grows while the holder lives.
    """

    name: str
    holder: str
    token: int
    renewals: int = 0
