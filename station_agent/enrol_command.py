"""The `enrol` command: reads the technician's code, asks what a person must decide, and says how it ended.

It must not decide what is believed: `enrolment` does.
"""

import re
import sys
from argparse import Namespace
from datetime import datetime

from schedules.errors import InvalidValue, WireError
from schedules.ids import EnrolmentId
from schedules.wire.enrolment_code import code_of, grouped, secret_of
from station_agent.enrolment import Code, enrol
from station_agent.errors import DoorError
from station_agent.identity import read_identity
from station_agent.sentences import SENTENCES, both

YES = ("c", "có", "co", "y", "yes")
_ADDRESS, _NUMBER = re.compile(r"https?://[^&?#\s]+"), re.compile(r"[0-9a-z]{8}")
_READ_AS = str.maketrans("ilo", "110")


def run(given: Namespace, now: datetime) -> int:
    """Enrol this device; return the exit code: 0 done, 1 refused, and then nothing has changed."""
    try:
        known = None if given.again else read_identity(given.state)
        if known is not None:
            return _refused(both("enrol.again", loudspeaker=known.loudspeaker))
        code = _code(given)
        enrolled = enrol(
            code, given.state, now=now, is_meant=lambda found: found == code.roots if code.roots else _compared(found)
        )
    except DoorError as error:
        return _refused("\n".join(error.said) if error.said else both(error.code, **error.values))
    except (InvalidValue, WireError) as error:
        told = error.code if error.code in SENTENCES else "enrol.unbelieved"
        return _refused(both(told, **{**error.values, "told": str(error)}))
    print(both("enrol.done", device=enrolled.device, loudspeaker=enrolled.loudspeaker, state=given.state))
    return 0


def _code(given: Namespace) -> Code:
    if given.server or given.id:
        server, number = (given.server or "").rstrip("/"), (given.id or "").strip().lower().translate(_READ_AS)
        if not (_ADDRESS.fullmatch(server) and _NUMBER.fullmatch(number)):
            raise InvalidValue("enrol.no_address")
        secret = secret_of(given.secret or _answer("enrol.ask_secret"))
        roots = (given.roots or "").replace(" ", "").lower()
        return Code(server=server, enrolment=EnrolmentId(number), secret=secret, roots=roots)
    read = code_of(given.code or _answer("enrol.ask_code"))
    return Code(server=read.server, enrolment=read.enrolment, secret=read.secret, roots=read.roots)


def _compared(found: str) -> bool:
    print(both("enrol.roots", roots=grouped(found)))
    return _answer("enrol.compare").lower() in YES


def _answer(question: str) -> str:
    """Ask a person; where nobody is there, nothing was answered."""
    try:
        return input(both(question)).strip()
    except EOFError:
        return ""


def _refused(told: str) -> int:
    print(told, file=sys.stderr)
    return 1
