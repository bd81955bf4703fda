"""Ceremonies: the next trust list is proposed here, signed elsewhere by those who keep the roots, and published here.

It must not see a private key. The keys a proposal names are drawn beforehand and sign nothing until their list is
published: so the old ones work on, wherever a ceremony breaks off.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.errors import WireError
from schedules.ids import is_hex64
from schedules.night import NightSilence
from schedules.wire.ceremony import Proposal
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import fingerprint
from schedules.wire.trust import ONLINE, Trust, accepted, signing_key
from server.errors import Unacceptable
from server.ports import Clock, KeyVault, Store, UnitOfWork
from server.services.keys import KEYS_LIVE, list_of, newest
from server.services.trail import note

"""Hexadecimal digits of a public key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be otherwise in the next list; what is not named stays.

    Attributes:
        add_roots: public halves.
        drop: ids of keys to leave out, roots or online keys.
        rotate: roles that get a new key. Of a role's older keys only the one that signs now stays beside it.
        roots_until: when each root of the list has to be replaced.
        night_silence: hours of every night in which nothing but a real emergency sounds; `no_night` lifts them.
        raise_epoch: void everything that was signed before, because a key was stolen.
    """

    add_roots: tuple[str, ...] = ()
    drop: frozenset[str] = frozenset()
    threshold: int | None = None
    rotate: frozenset[KeyRole] = frozenset()
    roots_until: datetime | None = None
    volume_ceiling: int | None = None
    night_silence: NightSilence | None = None
    no_night: bool = False
    raise_epoch: bool = False


def propose(store: Store, clock: Clock, vault: KeyVault, wish: Wish) -> Proposal:
    """Make the next list, unsigned, and draw the online keys it names; the first list of a centre names three new ones.

    Raises:
        Unacceptable: `keys.public`, `keys.unknown`, `keys.role_empty` or `keys.ceiling`.
        InvalidValue: `trust.threshold` or `trust.key_twice`.
    """
    with store.reading() as uow:
        lists = uow.issue.trust_lists()
    now = clock.now()
    before = newest(lists)
    rotate = wish.rotate if before is not None else frozenset(ONLINE)
    kept = () if before is None else tuple(_kept(before, wish))
    standing = {key.role for key in kept} | rotate
    for role in ONLINE:
        if role not in standing:
            raise Unacceptable("keys.role_empty", role=role)
    if wish.volume_ceiling is not None and not 0 <= wish.volume_ceiling <= 100:  # percent
        raise Unacceptable("keys.ceiling", percent=wish.volume_ceiling)
    roots = (
        *(key for key in kept if key.role is KeyRole.ROOT),
        *(_key(KeyRole.ROOT, _public(each), None) for each in wish.add_roots),
    )
    if wish.roots_until is not None:
        roots = tuple(replace(key, expires=wish.roots_until) for key in roots)
    online = tuple(key for key in kept if key.role is not KeyRole.ROOT)
    basis = before or TrustList(audience="all", epoch=1, number=0, issued=now, keys=roots, threshold=len(roots))
    following = replace(
        basis,
        epoch=basis.epoch + wish.raise_epoch,
        number=basis.number + 1,
        issued=now,
        expires=now + KEYS_LIVE,
        keys=(*roots, *online),
        threshold=basis.threshold if wish.threshold is None else wish.threshold,
        volume_ceiling=basis.volume_ceiling if wish.volume_ceiling is None else wish.volume_ceiling,
        night_silence=wish.night_silence or (None if wish.no_night else basis.night_silence),
    )
    # Only now, when nothing is left to refuse.
    named = frozenset(key.public for _, envelope in lists for key in list_of(envelope).keys)
    drawn = (_key(role, vault.draw(role, apart_from=named), now + KEYS_LIVE) for role in ONLINE if role in rotate)
    return Proposal(list=replace(following, keys=(*following.keys, *drawn)), before=lists[-1][1] if lists else b"")


def publish(store: Store, clock: Clock, vault: KeyVault, proposal: Proposal) -> TrustList:
    """Put a signed list in force: the conductor signs by it from the next look on. Twice changes nothing.

    Raises:
        WireError: `trust.not_next` for a list that was not made from the one in force.
        Unacceptable: `keys.not_signed_enough`, `keys.roots_expired`, `keys.epoch_back`, `keys.role_empty`,
            `keys.not_here` or `keys.still_in_use`.
    """
    now = clock.now()
    with store.writing() as uow:
        lists = uow.issue.trust_lists()
        before, following = newest(lists), proposal.list
        if before == following:
            return following
        if proposal.held != before:
            raise WireError("trust.not_next", held=0 if before is None else before.number, number=following.number)
        by_before, by_own = proposal.lacks
        if by_before or by_own:
            raise Unacceptable("keys.not_signed_enough", before=by_before, own=by_own)
        held, roots = None if before is None else Trust(before), following.of(KeyRole.ROOT)
        accepted(proposal.envelope, held=held, roots=roots, threshold=following.threshold)
        _check_roots_live(proposal, before, now)
        if before is not None and following.epoch < before.epoch:
            raise Unacceptable("keys.epoch_back", before=before.epoch, epoch=following.epoch)
        for role in ONLINE:
            named = signing_key(following, role)
            if named is None:
                raise Unacceptable("keys.role_empty", role=role)
            if not vault.holds(role, named.public):
                raise Unacceptable("keys.not_here", role=role, number=following.number)
        if before is not None and following.epoch == before.epoch:
            _check_unused(uow, before, following)
        uow.issue.add_trust_list(following.number, proposal.envelope)
        note(uow, now, None, "keys.published", subject="trust", unit=None, number=following.number)
        uow.commit()
    return following


def _kept(before: TrustList, wish: Wish) -> Iterable[TrustedKey]:
    unknown = wish.drop - {key.key for key in before.keys}
    if unknown:
        raise Unacceptable("keys.unknown", key=min(unknown))
    for key in before.keys:
        superseded = key.role in wish.rotate and key != signing_key(before, key.role)
        if key.key not in wish.drop and not superseded:
            yield key


def _check_roots_live(proposal: Proposal, before: TrustList | None, now: datetime) -> None:
    """An expired root hands over to others and does nothing else."""
    following = proposal.list
    if not _enough_live(proposal, following, now):
        raise Unacceptable("keys.roots_expired")
    if before is None or _enough_live(proposal, before, now):
        return
    if {key.public for key in following.keys if key.role is not KeyRole.ROOT} - {key.public for key in before.keys}:
        raise Unacceptable("keys.roots_expired")


def _enough_live(proposal: Proposal, trust_list: TrustList, now: datetime) -> bool:
    live = {root.public for root in trust_list.of(KeyRole.ROOT) if root.expires is None or root.expires > now}
    return len(live & proposal.signed_by) >= trust_list.threshold


def _check_unused(uow: UnitOfWork, before: TrustList, following: TrustList) -> None:
    """A key may leave when nothing in force is signed by it any more; a stolen one leaves with a new epoch."""
    if not {key.public for key in before.keys if key.role is not KeyRole.ROOT} - {key.public for key in following.keys}:
        return
    waiting = [mark for mark in uow.issue.marks(unsettled_only=True) if mark.issued_revision]
    waiting_poles = uow.issue.assignment_numbers(unsettled_only=True)
    waiting_orders = [order for order in uow.issue.silences() if not order.published]
    count = len(waiting) + len(waiting_poles) + len(waiting_orders)
    if count or uow.issue.trust_followed() < before.number:
        raise Unacceptable("keys.still_in_use", count=count)


def _key(role: KeyRole, public: str, expires: datetime | None) -> TrustedKey:
    return TrustedKey(key=fingerprint(public), public=public, role=role, expires=expires)


def _public(text: str) -> str:
    given = text.strip().lower()
    if not is_hex64(given):
        raise Unacceptable("keys.public", public=text[:64])
    return given
