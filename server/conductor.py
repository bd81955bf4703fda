"""The conductor: the process that plans, signs, publishes and takes in. It calls use cases, and decides nothing.

Four loops beside the line to the broker: one publishes and looks every 10 ms whether the database changed, one
plans, one takes in, one speaks; and a fifth where the conductor keeps the broker's accounts. So an order of silence
never waits for a plan. All of it runs only while this process holds the lease; another conductor waits.
"""

import gc
import logging
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from threading import Event, Thread
from time import monotonic

from schedules.errors import WireError, on_one_line
from schedules.wire import topics
from server import holder_mail
from server.bootstrap import ConductorParts, conductor_parts
from server.broker_accounts import ANSWERS
from server.config import Config
from server.digest_mail import words_of
from server.errors import KeysInvalid
from server.inbox import Inbox
from server.jobs import Job, start_jobs
from server.link import Arrived
from server.services import (
    alarms,
    break_glass,
    certifying,
    commanding,
    digests,
    following,
    grants,
    ingest,
    issuing,
    keys,
    ledger,
    publishing,
    standstill,
    succession,
    tallies,
    told,
)
from server.services.announcing import Announcing
from server.services.broker_accounts import AccountKeeper
from server.services.floods import Floods
from server.services.leases import RENEWED_EVERY_S
from server.services.on_the_way import OnTheWay

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.01
"""A look at SQLite costs 5 µs; this is what a person who orders silence waits at most before it leaves."""
MARKER_WITHIN_S = 2.0
"""How long after a subscription a broker may take to send what it retained."""
ACCOUNTS_EVERY_S = 1.0
"""How often the accounts are looked after: what a loudspeaker that was moved or retired may hear for longer."""
PAUSE_S = 1.0
IDLE_S = 0.25
"""How often a loop without work looks whether it is to end."""


class Conductor:
    """Runs until told to stop; works while it holds the lease."""

    def __init__(self, parts: ConductorParts) -> None:
        self._parts = parts
        self._on_the_way = OnTheWay()
        self._keeper = None if parts.accounts is None else AccountKeeper(parts.store, parts.clock, parts.accounts)
        self._floods = Floods()
        self._announcing = Announcing(parts.voice)
        self._inbox = Inbox()
        self._refused: Counter[tuple[str, str]] = Counter()
        self._failures: Counter[str] = Counter()
        self._stopping, self._over = Event(), Event()
        self._look, self._plan, self._words, self._session_began = Event(), Event(), Event(), Event()
        self._changes = -1
        self._marker: int | None = None
        self._marker_due: float | None = None
        self._marker_left = 0
        self._confirmed_before = 0
        self._line_lost_at: datetime | None = None

    def run(self) -> None:
        """Wait for the lease and work under it until `stop`; what was begun is finished first."""
        while not self._stopping.is_set():
            if self._holds_lease():
                self._conduct()
            else:
                self._stopping.wait(PAUSE_S)
        self._parts.store.close()
        log.info("conductor_stopped")

    def _holds_lease(self) -> bool:
        """Take the lease or renew it; tell whether it is held."""
        self._succeeds("lease", self._parts.claim.take)
        return self._parts.claim.held

    def _conduct(self) -> None:
        """Work until `stop`, or until the lease is lost."""
        parts = self._parts
        self._over.clear()
        steps = [("publish", self._publish), ("plan", self._issue), ("take_in", self._take_in), ("speak", self._speak)]
        if self._keeper is not None:
            steps.append(("accounts", self._keep_accounts))
        loops = [Thread(target=self._supervised, args=(name, step), name=name) for name, step in steps]
        for loop in loops:
            loop.start()
        stop_jobs = start_jobs(
            (
                Job("safety_net", 1, self._wake),
                Job("break_glass", 1, lambda: break_glass.due(parts.store, parts.clock)),
                Job("new_day", 60, lambda: issuing.want_new_day(parts.store, parts.clock)),
                Job("successions", 60, lambda: succession.carry_out_due(parts.store, parts.clock)),
                Job("grants", 60, lambda: grants.carry_out_due(parts.store, parts.clock)),
                Job("ledger", 3600, self._sign_ledger),
                Job("outside", 600, lambda: ledger.send_outside(parts.store, parts.heads, parts.mail)),
                Job("keys", 24 * 3600, lambda: keys.warn_in_time(parts.store, parts.clock)),
                Job("digests", 60, self._make_digests),
                Job("told", 60, self._tell_holders),
                Job("tallies", 300, lambda: tallies.count_due(parts.store, parts.clock)),
                Job("alarms", 60, self._watch),
                Job("certificates", 24 * 3600, parts.warn_of_certificates),
            )
        )
        self._succeeds(
            "standstill", lambda: standstill.note_end(parts.store, parts.clock, since=parts.claim.silent_since)
        )
        # What goes wrong here must not end the thread that is to start the line: the loops would go on without it.
        self._succeeds("keys", lambda: keys.warn_in_time(parts.store, parts.clock))
        self._succeeds("certificates", parts.warn_of_certificates)
        self._succeeds("ledger", self._sign_ledger)
        parts.link.start(deliver=self._deliver, up=self._session_stands, down=self._session_ended)
        log.info("conductor_started")
        while not self._stopping.wait(RENEWED_EVERY_S) and self._holds_lease():
            pass
        self._over.set()
        if not parts.claim.held:
            parts.link.stop()  # at once: whoever has the lease now speaks under the same name
        self._wake()
        stop_jobs()
        for loop in loops:
            loop.join()
        parts.link.stop()
        if parts.claim.held:
            self._succeeds("publish", lambda: publishing.keep_confirmed(parts.store, parts.sealing, self._on_the_way))
            self._succeeds("ledger", self._sign_ledger)
            self._succeeds("lease", parts.claim.give_back)

    def stop(self) -> None:
        """End `run`; may be called from a signal handler."""
        self._stopping.set()

    def _supervised(self, name: str, step: Callable[[], None]) -> None:
        """Repeat a step; nothing that goes wrong inside ends the loop."""
        while not self._over.is_set():
            if not self._succeeds(name, step):
                self._over.wait(PAUSE_S)

    def _succeeds(self, name: str, step: Callable[[], object]) -> bool:
        """Take a step, and tell whether it went well; what goes wrong inside is counted and logged."""
        try:
            step()
        except Exception:
            self._failures[name] += 1
            log.exception("step_failed step=%s count=%d", name, self._failures[name])
            return False
        return True

    def _sign_ledger(self) -> None:
        parts = self._parts
        ledger.sign_head(parts.store, parts.clock, parts.sealing, parts.zone)

    def _make_digests(self) -> None:
        parts = self._parts
        digests.make_due(parts.store, parts.clock)
        if parts.digests:
            digests.mail(parts.store, parts.clock, parts.post, parts.digests, partial(words_of, zone=parts.zone))

    def _tell_holders(self) -> None:
        parts = self._parts
        if parts.told:
            told.mail(parts.store, parts.clock, parts.post, parts.told, partial(holder_mail.words_of, zone=parts.zone))

    def _watch(self) -> None:
        parts, now = self._parts, self._parts.clock.now()
        self._line_lost_at = None if parts.link.stands else self._line_lost_at or now
        flooding = self._floods.barred(now)
        alarms.watch(parts.store, parts.clock, line_lost_at=self._line_lost_at, flooding=flooding)

    def _wake(self) -> None:
        self._look.set()
        self._plan.set()
        self._words.set()

    def _deliver(self, arrived: Arrived) -> None:
        accounts = self._parts.accounts
        if accounts is not None and arrived.topic == ANSWERS:  # must not wait behind ten thousand reports
            accounts.answered(arrived.payload)
            arrived.acknowledge()
        else:
            self._inbox.put(arrived)

    def _session_stands(self) -> None:
        if self._keeper is not None:
            self._keeper.forget()
        self._session_began.set()
        self._look.set()

    def _session_ended(self) -> None:
        self._marker = None

    def _publish(self) -> None:
        store, link = self._parts.store, self._parts.link
        asked = self._look.wait(LOOK_EVERY_S)
        self._look.clear()
        changes = store.changes()
        if changes == self._changes and not asked and not self._on_the_way.has_news:
            return
        if self._session_began.is_set():
            self._session_began.clear()
            self._on_the_way.forget()
            self._announcing.forget()
            self._marker_left = 0
            self._confirmed_before = publishing.newest_published(store)
            self._marker_due = monotonic() + MARKER_WITHIN_S
            publishing.publish_trust_lists(store, link)
        if link.stands:
            self._succeeds("announce", self._announce)
        if changes != self._changes:
            # Only now: the loops that wake by it would take the interpreter while a list of emergencies is to leave.
            self._changes = changes
            self._plan.set()
            self._words.set()
        if link.stands:
            publishing.publish_due(store, self._parts.clock, self._parts.sealing, link, self._on_the_way)
            self._succeeds("command", self._command)
            self._keep_marker()
        certifying.answer_due(store, self._parts.clock, self._parts.desk)

    def _announce(self) -> None:
        parts = self._parts
        self._announcing.publish_due(parts.store, parts.clock, parts.sealing, parts.link)

    def _command(self) -> None:
        parts = self._parts
        commanding.publish_due(parts.store, parts.clock, parts.sealing, parts.link)

    def _speak(self) -> None:
        """Speak what was issued, beside everything else: a list, and with it the siren, does not wait for the words."""
        if self._words.wait(IDLE_S):
            self._words.clear()
            while not self._over.is_set() and self._announcing.speak_due(self._parts.store, self._parts.clock):
                self._look.set()

    def _keep_marker(self) -> None:
        """Find what the broker lost, once a session; then leave the marker there whenever all is confirmed."""
        store = self._parts.store
        if self._marker_due is not None:
            if self._marker is None and monotonic() < self._marker_due:
                return
            self._marker_due = None
            self._marker_left = self._marker or 0
            if publishing.find_lost(store, marker=self._marker, confirmed=self._confirmed_before):
                self._look.set()
                return
        if self._on_the_way.idle:
            self._marker_left = publishing.publish_marker(store, self._parts.link, self._marker_left)

    def _issue(self) -> None:
        if self._plan.wait(IDLE_S):
            self._plan.clear()
            following.follow_trust(self._parts.store, self._parts.sealing, self._parts.link)
            issuing.issue_wanted(self._parts.store, self._parts.clock, self._parts.sealing)

    def _keep_accounts(self) -> None:
        if not self._over.wait(ACCOUNTS_EVERY_S) and self._keeper is not None and self._parts.link.stands:
            self._keeper.keep(barred=self._floods.barred(self._parts.clock.now()))

    def _take_in(self) -> None:
        self._inbox.take(self._keep, wait_s=IDLE_S)

    def _keep(self, arrived: Sequence[Arrived]) -> None:
        parts, said = self._parts, []
        for each in arrived:
            if each.topic == topics.MARKER:
                self._marker = int(each.payload) if each.payload.isdigit() else 0
                self._look.set()
                continue
            said.append((each.topic, each.payload))
            speaker = topics.sender(each.topic)
            if speaker is not None and self._keeper is not None:
                self._floods.count(parts.store, parts.clock, speaker)
        refusals = ingest.take_in_all(parts.store, parts.clock, parts.sealing, parts.link, said)
        for (topic, _), refusal in zip(said, refusals, strict=True):
            if refusal is not None:
                self._refuse(topic, refusal)

    def _refuse(self, topic: str, error: WireError) -> None:
        """Count what is not believed; one bad pole must not fill the log, and of strangers there may be any number."""
        known = "" if error.code == "wire.unknown_sender" else str(topics.sender(topic))
        cause = (known, error.code)
        self._refused[cause] += 1
        if self._refused[cause] == 1:
            log.warning("message_refused topic=%s code=%s", on_one_line(topic), error)


def main(config: Config) -> int:
    """Run the conductor until SIGTERM or SIGINT; return the exit code."""
    try:
        parts = conductor_parts(config)
    except KeysInvalid as error:
        log.critical("conductor_cannot_sign code=%s values=%s", error.code, error.values)
        return 2
    conductor = Conductor(parts)
    # What is loaded by now stays: to look through it for garbage again and again costs a tenth of ingest.
    gc.freeze()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: conductor.stop())
    conductor.run()
    return 0
