"""Who may say and hear what at the broker: roles with grants, and accounts with roles.

Values only; it must not know in which words a broker is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class May(StrEnum):
    """What a grant allows; whatever is not granted is denied."""

    SAY = "say"
    SUBSCRIBE = "subscribe"
    HEAR = "hear"


Grant = tuple[May, str]
"""What is allowed, and the topic: to subscribe, exactly this one, letter by letter, with its wildcard if it has any."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything an account may do, apart from the conductor's own.

    Attributes:
        roles: grants by the role's name.
        accounts: names of roles by the account's name, which is also the user name, the client id and the name in the
            certificate.
    """

    roles: Mapping[str, frozenset[Grant]] = field(default_factory=dict)
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
