"""The `keys` command: makes and rotates the keys of the centre, by ceremonies whose roots never come near it.

`root` and `sign` need neither settings nor a database: they are for the machine without a line. It must not decide
what may be published.
"""

import argparse
import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from getpass import getpass
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.night import NightSilence
from schedules.times import local_instant
from schedules.wire.ceremony import Proposal, as_text, changes, proposal_of
from schedules.wire.codec import encoded
from schedules.wire.enrolment_code import grouped
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.trust import ONLINE, signing_key
from server.clock import WallClock
from server.config import Config, load_config
from server.errors import KeysInvalid, ServerError
from server.root_key import is_locked, make_root, open_root
from server.sealing import KeyFiles
from server.secret_files import replace_whole
from server.services import ceremony, keys
from server.store import open_store
from server.web.sentences import sentence

_YES = {"ky", "ký", "sign"}


def main(given: argparse.Namespace) -> int:
    """Run one step; return the exit code."""
    hand = _Hand(given)
    try:
        _STEPS[given.step](hand)
    except (ServerError, ScheduleError) as error:
        print(hand.said(error.code, error.values), file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class _Hand:
    """Whoever runs the command: what was given, and how to speak to them."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self._config: Config | None = None

    @property
    def config(self) -> Config:
        """The settings of the centre; the offline steps never ask for them."""
        self._config = self._config or load_config(self.given.config)
        return self._config

    @property
    def clock(self) -> WallClock:
        return WallClock(self.config.clock_offset)

    @property
    def home(self) -> ZoneInfo:
        return ZoneInfo(self._config.time_zone if self._config is not None else "Asia/Ho_Chi_Minh")

    def said(self, code: str, values: Mapping[str, object]) -> str:
        """Give a sentence; of instants only the day, since a ceremony counts in days."""
        days = {name: each.astimezone(self.home).date() for name, each in values.items() if isinstance(each, datetime)}
        told = {**values, **days, **{f"{name}_day": day for name, day in days.items()}}
        return sentence(code, told, language=self.given.language, zone=self.home)

    def says(self, code: str, **values: object) -> None:
        print(self.said(code, values))

    def asked(self, code: str) -> str:
        return f"{self.said(code, {})} "

    def passphrase(self, *, twice: bool) -> str:
        """Ask for the passphrase, or read it from the file that was named.

        Raises:
            KeysInvalid: `keys.passphrases_differ`.
        """
        file: Path | None = self.given.passphrase_file
        if file is not None:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        passphrase = getpass(self.asked("keys.ask_passphrase"))
        if twice and getpass(self.asked("keys.ask_passphrase_again")) != passphrase:
            raise KeysInvalid("keys.passphrases_differ")
        return passphrase

    def proposal(self) -> Proposal:
        """Read the file that was named."""
        file: Path = self.given.list
        return proposal_of(file.read_bytes())


def _init(hand: _Hand) -> None:
    config = hand.config
    for key in keys.initialise(open_store(config.database), hand.clock, KeyFiles(config.key_directory)).keys:
        print(f"role={key.role} key={key.key} public={key.public}")


def _root(hand: _Hand) -> None:
    key = make_root(hand.given.out, hand.passphrase(twice=True))
    hand.says("keys.root_made", file=hand.given.out, key=key.key, public=key.public)


def _propose(hand: _Hand) -> None:
    given, config = hand.given, hand.config
    until: date | None = given.roots_until
    wish = ceremony.Wish(
        add_roots=tuple(given.add_root),
        drop=frozenset(given.drop),
        threshold=given.threshold,
        rotate=frozenset(_role(each) for each in given.rotate.split(",") if each),
        roots_until=None if until is None else local_instant(until, time(0), hand.home),
        volume_ceiling=given.volume_ceiling,
        night_silence=_night(given.night, config.time_zone) if given.night else None,
        no_night=given.no_night,
        raise_epoch=given.raise_epoch,
    )
    proposal = ceremony.propose(open_store(config.database), hand.clock, KeyFiles(config.key_directory), wish)
    with given.out.open("x", encoding="utf-8") as file:
        file.write(as_text(proposal))
    _tell(hand, proposal)
    hand.says("keys.proposed", file=given.out)


def _sign(hand: _Hand) -> None:
    given, proposal = hand.given, hand.proposal()
    _tell(hand, proposal)
    if not given.yes and input(hand.asked("keys.ask_sign")).strip().lower() not in _YES:
        hand.says("keys.not_signed")
        return
    root = open_root(given.root, hand.passphrase(twice=False) if is_locked(given.root) else "")
    if proposal.held is not None and root.public not in proposal.signed_before:
        hand.says("keys.before_unsigned", number=proposal.held.number)
    proposal = proposal.signed(root)
    replace_whole(given.list, as_text(proposal))
    hand.says("keys.signed", key=root.key, file=given.list)
    _tell_lacks(hand, proposal)


def _publish(hand: _Hand) -> None:
    config = hand.config
    vault = KeyFiles(config.key_directory)
    published = ceremony.publish(open_store(config.database), hand.clock, vault, hand.proposal())
    hand.says("keys.published", number=published.number, expires=published.expires)


def _show(hand: _Hand) -> None:
    if hand.given.list is not None:
        proposal = hand.proposal()
        _tell(hand, proposal)
        _tell_lacks(hand, proposal)
        return
    with open_store(hand.config.database).reading() as uow:
        in_force, ending = keys.newest(uow.issue.trust_lists()), keys.expiry(uow, hand.clock.now())
    if in_force is None:
        raise KeysInvalid("keys.no_trust_list")
    _tell_list(hand, in_force)
    vault = KeyFiles(hand.config.key_directory)
    signing = {signing_key(in_force, role) for role in ONLINE}
    for key in in_force.keys:
        told = {"role": key.role, "key": key.key, "public": key.public, "expires": key.expires or "–"}
        print(f"  - {hand.said('keys.shown', told)}")
        if key in signing:
            here = "keys.shown_signs" if vault.holds(key.role, key.public) else "keys.shown_absent"
            print(f"      {hand.said(here, {})}")
    if ending is not None:
        hand.says(ending.code, **ending.values)


def _tell(hand: _Hand, proposal: Proposal) -> None:
    """Show a list to whoever is to sign it: first what it is, then everything that changes."""
    _tell_list(hand, proposal.list)
    hand.says("keys.changes" if proposal.held is not None else "keys.first_list")
    for change in changes(proposal.held, proposal.list):
        print(f"  - {hand.said(change.code, change.values)}")
    hand.says("keys.compare", digest=grouped(sha256(encoded(proposal.list)).hexdigest()[:16]))


def _tell_list(hand: _Hand, trust_list: TrustList) -> None:
    hand.says(
        "keys.list",
        number=trust_list.number,
        epoch=trust_list.epoch,
        issued=trust_list.issued,
        expires=trust_list.expires or "–",
        threshold=trust_list.threshold,
        roots=len(trust_list.of(KeyRole.ROOT)),
    )
    hand.says("keys.roots", roots=grouped(roots_fingerprint(trust_list)))


def _tell_lacks(hand: _Hand, proposal: Proposal) -> None:
    by_before, by_own = proposal.lacks
    if proposal.held is None and by_own:
        hand.says("keys.lacks_first", own=by_own)
    elif by_before or by_own:
        hand.says("keys.lacks", before=by_before, own=by_own)
    else:
        hand.says("keys.complete")


def _role(name: str) -> KeyRole:
    try:
        role = KeyRole(name.strip())
    except ValueError:
        role = KeyRole.ROOT
    if role not in ONLINE:
        raise KeysInvalid("keys.no_online_role", role=name)
    return role


def _night(hours: str, time_zone: str) -> NightSilence:
    try:
        since, until = map(time.fromisoformat, hours.split("-"))
    except ValueError as error:
        raise KeysInvalid("keys.night", hours=hours) from error
    return NightSilence(since, until, time_zone)


_STEPS = {
    "init": _init,
    "root": _root,
    "propose": _propose,
    "sign": _sign,
    "publish": _publish,
    "show": _show,
}
