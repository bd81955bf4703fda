"""Renews this device's certificate by its device key, from 30 days before its end, and also after it.

It works in a thread of its own and never holds up the sound. What it is answered it believes only under the trust held;
newer trust lists that come with the answer go the way of all messages, into the agent's loop.
"""

import json
import logging
import random
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from schedules.errors import WireError
from schedules.ids import DeviceId, LoudspeakerId
from schedules.times import instant_text
from schedules.wire import topics
from schedules.wire.enrolment import CertificateIssued, CertificateRequested
from schedules.wire.seal import SigningKey, new_seed, sealed, unsealed
from schedules.wire.trust import Trust, accepted, require_audience, require_epoch
from station_agent.disk import replace_whole
from station_agent.door import Answer, Door
from station_agent.errors import DoorError
from station_agent.identity import AUTHORITY, TLS, certificate_expires, place, tls_file, trust_held
from station_agent.ports import Clock, Received

log = logging.getLogger(__name__)

BEFORE_ITS_END = timedelta(days=30)
LOOK_EVERY = 3600.0  # seconds, up to half as much taken off by chance, so that a fleet does not ask at once
BACKOFF = (60.0, 300.0, 900.0, 3600.0)  # seconds after 1, 2, ... failures
LOST_FOR = 600.0  # seconds without trusted time: perhaps only the old certificate keeps the centre from telling it
ASKED = "renewal.json"


@dataclass(frozen=True, slots=True)
class _Asking:
    """A request that was not decided yet, and the secret of its new TLS key; repeated as it is until it is."""

    seed: bytes = field(repr=False)
    request: CertificateRequested


class Renewal:
    """Keeps the certificate of one device alive.

    Args:
        state: Its state directory.
        server: Address of the centre's pages.
        loudspeaker: Whose device it is.
        key: Its device key.
        clock: Tells the time, and whether anything vouches for it.
        deliver: Takes trust lists as they came; called from this thread.
    """

    def __init__(
        self,
        state: Path,
        *,
        server: str,
        loudspeaker: LoudspeakerId,
        key: SigningKey,
        clock: Clock,
        deliver: Callable[[Received], None],
    ) -> None:
        self._state = state
        self._door = Door(server)
        self._loudspeaker = loudspeaker
        self._key = key
        self._clock = clock
        self._deliver = deliver
        self._began = clock.monotonic()
        self._asking: _Asking | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)

    def start(self) -> None:
        """Look at once, and then every hour."""
        self._thread.start()

    def close(self) -> None:
        """Let the thread end."""
        self._closed.set()
        self._thread.join(timeout=1.0)

    def is_due(self) -> bool:
        """Tell whether the certificate ends soon, or has ended; or whether that cannot be known for too long."""
        expires = certificate_expires(self._state)
        if expires is None:
            return False  # the broker asks for none
        if self._clock.interval() is None and self._clock.monotonic() - self._began > LOST_FOR:
            return True
        return self._clock.now() >= expires - BEFORE_ITS_END

    def renew(self) -> bool:
        """Ask once; tell whether there is a new certificate.

        Raises:
            DoorError: the centre cannot be reached or refuses.
            WireError: its answer is not to be believed.
            OSError: the certificate cannot be kept.
        """
        self._asking = asking = self._asking or self._asking_anew()
        try:
            answer = self._door.ask("certificates", sealed(asking.request, self._key, SigningKey.of(asking.seed)), {})
        except DoorError as error:
            if error.said is not None:  # the centre has decided about it: the next one is another
                self._asking = None
            raise
        if answer is None:
            return False
        self._asking = None
        issued = self._believed(answer, asking.request.nonce)
        directory = place(self._state)
        replace_whole(directory / AUTHORITY, issued.authority.encode())
        replace_whole(directory / TLS, tls_file(asking.seed, issued.certificate, issued.certificate_expires))
        log.info("certificate_renewed expires=%s", instant_text(issued.certificate_expires))
        return True

    def _asking_anew(self) -> "_Asking":
        seed = new_seed()
        request = CertificateRequested(
            audience=topics.SERVER,
            number=self._next_number(),
            issued=self._clock.now(),
            device=DeviceId(self._key.key),
            nonce=secrets.token_hex(16),
            tls_key=SigningKey.of(seed).public,
        )
        return _Asking(seed, request)

    def _run(self) -> None:
        failures = 0
        pause = random.uniform(0.0, 1.0)  # noqa: S311 - spreads load, guards nothing
        while not self._closed.wait(pause):
            pause = LOOK_EVERY * random.uniform(0.5, 1.0)  # noqa: S311 - same
            if not self.is_due():
                continue
            try:
                renewed = self.renew()
            except (DoorError, WireError, OSError) as error:
                log.warning("renewal_failed error=%s", error)
                renewed = False
            failures = 0 if renewed else failures + 1
            if failures:
                pause = BACKOFF[min(failures, len(BACKOFF)) - 1]

    def _believed(self, answer: Answer, nonce: str) -> CertificateIssued:
        trust = Trust(trust_held(self._state))
        for following, data in _walked(trust, answer.trust):
            trust = following
            self._deliver(Received(topics.trust(trust.list.number), data))
        issued, _ = unsealed(answer.message, trust)
        if not isinstance(issued, CertificateIssued):
            raise WireError("wire.wrong_type", type=type(issued).__name__)
        require_audience(issued, topics.audience_of_loudspeaker(self._loudspeaker))
        require_epoch(issued, trust)
        if issued.nonce != nonce:
            raise WireError("wire.wrong_audience", audience=issued.nonce, expected=nonce)
        return issued

    def _next_number(self) -> int:
        """Number the request above every one before, whatever the clock says; the centre takes no older one."""
        file = place(self._state) / ASKED
        try:
            last = int(json.loads(file.read_text())["number"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):  # a torn one: its clock numbers above it
            last = 0
        number = max(last + 1, int(self._clock.now().timestamp() * 1000))
        replace_whole(file, json.dumps({"number": number}).encode())
        return number


def _walked(held: Trust, lists: Iterable[bytes]) -> Iterator[tuple[Trust, bytes]]:
    """Give the trust after each list that follows the one held, with the list; others are left where they are."""
    for data in lists:
        try:
            held = accepted(data, held=held, roots=())
        except WireError:
            continue
        yield held, data
