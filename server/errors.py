"""Errors of the centre. Each carries a stable dotted code and values; sentences are chosen at the edge.

ServerError
├── NotFound      what was asked for does not exist, or not for this person
├── NotAllowed    this person may not do this here
├── Stale         somebody else changed it in between
├── Unacceptable  what was entered cannot be taken; `field` names where
├── ConfigInvalid the settings cannot be used (config)
├── KeysInvalid   the private keys are missing, open to others or not the trusted ones
├── LeaseLost     another process does now what only one may do
├── BrokerRefused the broker did not change an account
└── BackupUnusable a backup cannot be made, or not be restored
"""


class ServerError(Exception):
    """Raised when a use case cannot be carried out.

    Attributes:
        code: stable dotted code, the key of its sentence.
        values: what the sentence names.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code, values)


class NotFound(ServerError):
    """Raised when something does not exist, or lies outside the person's units."""


class NotAllowed(ServerError):
    """Raised when a person lacks the role, in that unit, for an action."""


class Stale(ServerError):
    """Raised when the version a person edited is no longer the newest one."""


class Unacceptable(ServerError):
    """Raised when an input cannot be taken.

    Attributes:
        field: name of the form field the sentence belongs to; empty for the whole form.
    """

    def __init__(self, code: str, field: str = "", **values: object) -> None:
        self.field = field
        super().__init__(code, **values)


class KeysInvalid(ServerError):
    """Raised when the conductor cannot sign: its keys are missing, readable by others, or not in the trust list."""


class LeaseLost(ServerError):
    """Raised when a process wants to write what only the holder of a lease may, and another one holds it."""


class BrokerRefused(ServerError):
    """Raised when the broker does not answer, or refuses, what the conductor asks about its accounts."""


class BackupUnusable(ServerError):
    """Raised when a backup cannot be made or cannot be restored; what was there before is as it was."""
