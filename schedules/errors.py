"""Errors of the rules. Each carries a stable dotted code and values; sentences are chosen at the edge.

ScheduleError
├── InvalidValue      a value that breaks its own invariant
├── Refused           a rule of the field forbids what was asked
└── WireError         a message that must not be obeyed (schedules.wire)
"""

LONGEST_SHOWN = 200
"""Characters of a value that are shown."""


class ScheduleError(Exception):
    """Raised when a rule of the schedule is broken.

    Attributes:
        code: stable dotted code, for example `slot.no_occurrence`; the key of its sentence.
        values: what the sentence names (titles, instants, minutes).
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code, values)

    def __str__(self) -> str:
        shown = " ".join(f"{name}={on_one_line(value)}" for name, value in self.values.items())
        return f"{self.code} {shown}".rstrip()


def on_one_line(value: object) -> str:
    """Give a value as a log shows it: a stranger who chose it must write no line of his own there, nor a long one."""
    text = str(value)[:LONGEST_SHOWN]
    return text if text.isprintable() else ascii(text)


class InvalidValue(ScheduleError):
    """Raised when a value would break its own invariant; such a value never exists."""


class Refused(ScheduleError):
    """Raised when a rule of the field forbids what was asked."""


class WireError(ScheduleError):
    """Raised when a message cannot be read or must not be obeyed."""
