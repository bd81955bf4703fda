"""Why a call brings nothing, and how the command ends then."""

from collections.abc import Mapping
from enum import IntEnum

from server.errors import ServerError


class Ending(IntEnum):
    """The exit codes of the command; scripts go by them, so they never change their meaning."""

    DONE = 0
    REFUSED = 1
    WRONGLY_ASKED = 2
    UNKNOWN = 3
    NOT_ALLOWED = 4
    CHANGED = 5


_OF_STATUS = {
    401: Ending.NOT_ALLOWED,
    403: Ending.NOT_ALLOWED,
    409: Ending.CHANGED,
    412: Ending.CHANGED,
    428: Ending.CHANGED,
}


class CallFailed(ServerError):
    """Raised where there is no answer: what was asked makes no call, or nobody answered.

    Attributes:
        ending: how the command ends.
    """

    def __init__(self, code: str, ending: Ending = Ending.WRONGLY_ASKED, **values: object) -> None:
        self.ending = ending
        super().__init__(code, **values)


class CallRefused(CallFailed):
    """Raised where the centre answered with a problem.

    Attributes:
        sentences: what it said, in the language that was asked for.
    """

    def __init__(self, status: int, problem: object) -> None:
        told = problem if isinstance(problem, Mapping) else {}
        fields = (each for each in told.get("fields", ()) if each.get("detail") != told.get("title"))
        self.sentences = (
            str(told.get("title", f"HTTP {status}")),
            *(f"{each.get('field') or '–'}: {each.get('detail')}" for each in fields),
        )
        super().__init__(
            str(told.get("type", status)), Ending.UNKNOWN if status >= 500 else _OF_STATUS.get(status, Ending.REFUSED)
        )
