"""Makes this device a loudspeaker's: draws its keys here, proves the code, believes nothing but what its roots signed.

What was drawn and asked is kept until it is answered: the same command again repeats the same request, so a line that
broke costs nothing. It must not speak to the technician: `enrol_command` does.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from schedules.errors import WireError
from schedules.ids import EnrolmentId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.enrolment import PROOF, Enrolled, EnrolmentRequested, proof
from schedules.wire.first_trust import first_trust, require_living, roots_fingerprint
from schedules.wire.messages import Assignment, KeyRole, TrustList
from schedules.wire.seal import SigningKey, envelope_of, new_seed, sealed, unsealed
from schedules.wire.trust import Trust, require_audience, require_epoch
from station_agent import __version__
from station_agent.disk import replace_whole
from station_agent.door import Answer, Door
from station_agent.errors import DoorError
from station_agent.held import HeldMessages
from station_agent.identity import (
    AUTHORITY,
    DEVICE_KEY,
    TLS,
    TRUST,
    TRUST_HELD,
    Identity,
    put,
    tls_file,
)

WAITS = 6  # times the centre may let its door's patience pass
PENDING = "enrolling"
ASIDE = ("held", "journal.db*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What the technician brought; `roots` is empty where they compare the fingerprint by eye."""

    server: str
    enrolment: EnrolmentId
    secret: bytes = field(repr=False)
    roots: str = ""


@dataclass(frozen=True, slots=True)
class _Pending:
    device: bytes = field(repr=False)
    tls: bytes = field(repr=False)
    request: bytes


def enrol(code: Code, state: Path, *, now: datetime, is_meant: Callable[[str], bool]) -> Enrolled:
    """Enrol, and keep who this device is from now on.

    Args:
        code: as scanned or typed.
        state: the state directory; nobody else may be using it.
        now: by this device's clock, which may not know.
        is_meant: tells whether a fingerprint of root keys is the one the technician saw.

    Raises:
        DoorError: the centre cannot be reached or refuses.
        WireError: its answer is not to be believed. Nothing the device had has changed.
    """
    pending = _pending(state / PENDING, code, now)
    answer = _asked(Door(code.server), code, pending)
    trust, enrolled = _believed(answer, pending, now=now, is_meant=is_meant)
    _keep(state, code, pending, answer, trust, enrolled)
    return enrolled


def _pending(directory: Path, code: Code, now: datetime) -> _Pending:
    """Give what was drawn for this code before, else draw and keep it."""
    names = ("device", "tls", "request")
    here = directory / code.enrolment
    try:
        return _Pending(*((here / name).read_bytes() for name in names))
    except FileNotFoundError:
        pass
    device, tls = new_seed(), new_seed()
    asked = EnrolmentRequested(
        audience=topics.SERVER,
        number=1,
        issued=now,
        enrolment=code.enrolment,
        nonce=secrets.token_hex(16),
        device_key=SigningKey.of(device).public,
        tls_key=SigningKey.of(tls).public,
        version=__version__,
    )
    drawn = _Pending(device, tls, sealed(asked, SigningKey.of(device), SigningKey.of(tls)))
    here.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in zip(names, (drawn.device, drawn.tls, drawn.request), strict=True):
        replace_whole(here / name, content)
    return drawn


def _asked(door: Door, code: Code, pending: _Pending) -> Answer:
    headers = {PROOF: proof(code.secret, pending.request)}
    for attempt in range(WAITS):
        answer = door.ask(f"enrolments/{code.enrolment}", pending.request, headers)
        if answer is not None:
            return answer
        time.sleep(0.1 * attempt)
    raise DoorError("enrol.not_answered", server=code.server)


def _believed(
    answer: Answer, pending: _Pending, *, now: datetime, is_meant: Callable[[str], bool]
) -> tuple[Trust, Enrolled]:
    if not answer.trust:
        raise WireError("trust.none")
    newest = answer.trust[-1]
    claimed = roots_fingerprint(decoded(TrustList, envelope_of(newest).payload))
    trust = first_trust(answer.trust, roots=claimed)
    if not is_meant(claimed):
        raise WireError("trust.other_roots", number=trust.list.number)
    enrolled, _ = unsealed(answer.message, trust)
    if not isinstance(enrolled, Enrolled):
        raise WireError("wire.wrong_type", type=type(enrolled).__name__)
    require_audience(enrolled, topics.audience_of_loudspeaker(enrolled.loudspeaker))
    require_epoch(enrolled, trust)
    asked = decoded(EnrolmentRequested, envelope_of(pending.request).payload)
    if (enrolled.nonce, enrolled.device) != (asked.nonce, SigningKey.of(pending.device).key):
        raise WireError("wire.wrong_audience", audience=enrolled.device, expected=SigningKey.of(pending.device).key)
    require_living(trust, newest, max(now, enrolled.issued))
    return trust, enrolled


def _keep(state: Path, code: Code, pending: _Pending, answer: Answer, trust: Trust, enrolled: Enrolled) -> None:
    _set_aside(state, enrolled, answer.trust)
    HeldMessages(state / "held").keep(TRUST_HELD, answer.trust[-1])
    files = {
        DEVICE_KEY: pending.device.hex().encode(),
        AUTHORITY: enrolled.authority.encode(),
        TRUST: answer.trust[-1],
    }
    if enrolled.certificate_expires is not None:
        files[TLS] = tls_file(pending.tls, enrolled.certificate, enrolled.certificate_expires)
    identity = Identity(
        loudspeaker=enrolled.loudspeaker,
        server=code.server,
        broker_host=enrolled.broker_host,
        broker_port=enrolled.broker_port,
        audio_url=enrolled.audio_url or f"{code.server}/audio/",
        roots=tuple(key.public for key in trust.list.of(KeyRole.ROOT)),
    )
    put(state, enrolled.device, identity, {name: content for name, content in files.items() if content})
    for each in sorted((state / PENDING).rglob("*"), reverse=True):
        each.unlink() if each.is_file() else each.rmdir()
    (state / PENDING).rmdir()


def _set_aside(state: Path, enrolled: Enrolled, lists: Sequence[bytes]) -> None:
    """Move what another loudspeaker, or another centre, left here out of the way; nothing is deleted."""
    held = HeldMessages(state / "held").everything()
    if _whose(held.get("assignment")) in ("", enrolled.loudspeaker) and held.get(TRUST_HELD, lists[-1]) in lists:
        return
    aside = state / f"before-{enrolled.device}"
    aside.mkdir(mode=0o700, exist_ok=True)
    for each in [file for pattern in ASIDE for file in state.glob(pattern)]:
        each.rename(aside / each.name)


def _whose(assignment: bytes | None) -> str:
    """Tell which loudspeaker a held assignment is of; "?" where it cannot be read."""
    try:
        return "" if assignment is None else decoded(Assignment, envelope_of(assignment).payload).loudspeaker
    except WireError:
        return "?"
