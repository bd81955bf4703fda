"""The PIN with which an approver answers a one-time link; it opens no session and serves for nothing else."""

from itertools import pairwise

from server.approving_records import ApproverPin
from server.errors import Unacceptable
from server.ports import Clock, PasswordHashing, Store
from server.services.delegations import handed_to
from server.services.trail import note
from server.values import Person, Role

TRIES = 5
"""Wrong PINs that burn a link."""
SHORTEST_PIN, LONGEST_PIN = 6, 12


def set_pin(store: Store, clock: Clock, hashing: PasswordHashing, person: Person, *, password: str, pin: str) -> None:
    """Give an approver a PIN, in the place of an earlier one; it opens no session.

    Raises:
        Unacceptable: `approver_pin.no_approver`; `password.wrong` (field `password`); `approver_pin.digits`,
            `approver_pin.too_easy` (field `pin`).
    """
    if not may_set_pin(store, clock, person):
        raise Unacceptable("approver_pin.no_approver")
    if not hashing.verify(person.password_hash, password):
        raise Unacceptable("password.wrong", "password")
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise Unacceptable("approver_pin.digits", "pin", least=SHORTEST_PIN, most=LONGEST_PIN)
    if len({int(after) - int(before) for before, after in pairwise(pin)}) == 1:
        raise Unacceptable("approver_pin.too_easy", "pin")
    hashed, now = hashing.hash(pin), clock.now()
    with store.writing() as uow:
        uow.approving.put_pin(ApproverPin(person=person.id, pin_hash=hashed, set_at=now))
        note(uow, now, person, "approver_pin.set", subject=person.id, unit=person.unit)
        uow.commit()


def may_set_pin(store: Store, clock: Clock, person: Person) -> bool:
    """Tell whether somebody approves anywhere today, of their own right or in an approver's place."""
    with store.reading() as uow:
        return Role.APPROVER in person.roles or bool(handed_to(uow, person, clock.now()))


def has_pin(store: Store, person: Person) -> bool:
    """Tell whether somebody set a PIN."""
    with store.reading() as uow:
        return uow.approving.pin(person.id) is not None


def wrong_pins(store: Store, person: Person) -> int:
    """Give how often an approver's PIN was entered wrongly since they last entered or set it, if it burnt a link."""
    with store.reading() as uow:
        pin = uow.approving.pin(person.id)
    return pin.wrong if pin is not None and pin.wrong >= TRIES else 0
