"""Ceremonies at the centre: what may be proposed, what may be published, and that nothing breaks in between."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from schedules.errors import InvalidValue, ScheduleError
from schedules.night import NightSilence
from schedules.wire.ceremony import Proposal
from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.seal import SigningKey, sealed
from schedules.wire.trust import ONLINE, signing_key
from server.errors import KeysInvalid, ServerError, Unacceptable
from server.issue_records import IssuedRundown
from server.sealing import KeyFiles, OnlineSealing
from server.services import keys
from server.services.ceremony import Wish, propose, publish
from server.services.following import follow_trust
from tests.contracts import samples
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.schedules.wire.samples import key

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ANNA, BINH, CHI = key(101), key(102), key(103)
ROTATE_ALL = Wish(rotate=frozenset(ONLINE))


def code_of(refused: Callable[[], object]) -> str:
    try:
        refused()
    except (ScheduleError, ServerError) as error:
        return error.code
    return ""


@dataclass
class Centre:
    store: FakeStore
    clock: FakeClock
    vault: KeyFiles

    def proposes(self, wish: Wish) -> Proposal:
        return propose(self.store, self.clock, self.vault, wish)

    def publishes(self, proposal: Proposal, *roots: SigningKey) -> TrustList:
        for root in roots:
            proposal = proposal.signed(root)
        return publish(self.store, self.clock, self.vault, proposal)

    def refuses(self, proposal: Proposal, *roots: SigningKey) -> str:
        numbers = list(self.store.kept.trust_lists)
        code = code_of(lambda: self.publishes(proposal, *roots))
        assert list(self.store.kept.trust_lists) == numbers
        return code

    def follows(self) -> None:
        follow_trust(self.store, OnlineSealing(self.vault, self.store), FakePublisher())

    def days_pass(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))


@pytest.fixture
def new(tmp_path: Path) -> Centre:
    return Centre(FakeStore(), FakeClock(NOW), KeyFiles(tmp_path / "keys"))


@pytest.fixture
def centre(new: Centre) -> Centre:
    """A centre whose list is signed by two of Anna, Bình and Chi."""
    roots = tuple(each.public for each in (ANNA, BINH, CHI))
    new.publishes(new.proposes(Wish(add_roots=roots, threshold=2)), ANNA, CHI)
    new.follows()
    new.days_pass(1)
    return new


def in_force(centre: Centre) -> TrustList:
    found = keys.newest(sorted(centre.store.kept.trust_lists.items()))
    assert found is not None
    return found


def test_a_new_centre_needs_no_root_of_its_own(centre: Centre, tmp_path: Path) -> None:
    first = in_force(centre)

    assert (first.number, first.epoch, first.threshold) == (1, 1, 2)
    assert first.expires == NOW + timedelta(days=400)
    assert {each.role for each in first.keys} == {KeyRole.ROOT, *ONLINE}
    assert list((tmp_path / "keys").glob("root*")) == []
    assert centre.store.kept.trust_followed == (1,)


def test_all_roots_sign_the_list_of_a_new_centre_unless_it_says_otherwise(new: Centre) -> None:
    proposal = new.proposes(Wish(add_roots=(ANNA.public, BINH.public)))

    assert proposal.list.threshold == 2
    assert new.refuses(proposal, ANNA) == "keys.not_signed_enough"


def test_online_keys_are_rotated_make_before_break(centre: Centre) -> None:
    first = in_force(centre)

    second = centre.publishes(centre.proposes(ROTATE_ALL), ANNA, BINH)

    assert set(first.keys) < set(second.keys)
    for role in ONLINE:
        assert second.of(role)[0] == signing_key(first, role)
        assert second.of(role)[1] == signing_key(second, role)
    assert second.keys[-1].expires == NOW + timedelta(days=401)
    centre.follows()
    third = centre.publishes(centre.proposes(ROTATE_ALL), BINH, CHI)
    assert not {each.key for each in first.keys if each.role in ONLINE} & {each.key for each in third.keys}


def test_the_old_keys_sign_until_the_list_is_published(centre: Centre) -> None:
    """Whatever breaks off between two steps, the centre goes on."""
    sealing = OnlineSealing(centre.vault, centre.store)

    proposal = centre.proposes(ROTATE_ALL)
    assert OnlineSealing(centre.vault, centre.store).trust_number == 1
    assert not sealing.follow()
    centre.publishes(proposal, ANNA, BINH)

    assert sealing.follow()
    assert sealing.trust_number == 2


def test_a_key_drawn_for_a_list_that_never_came_is_taken_for_the_next(centre: Centre, tmp_path: Path) -> None:
    first = centre.proposes(ROTATE_ALL)
    files = sorted((tmp_path / "keys").iterdir())

    again = centre.proposes(ROTATE_ALL)

    assert sorted((tmp_path / "keys").iterdir()) == files
    assert {each.key for each in again.list.keys} == {each.key for each in first.list.keys}


def test_a_list_that_is_refused_draws_no_key(centre: Centre, tmp_path: Path) -> None:
    files = sorted((tmp_path / "keys").iterdir())

    with pytest.raises(InvalidValue, match=r"trust\.threshold"):
        centre.proposes(replace(ROTATE_ALL, threshold=4))

    assert sorted((tmp_path / "keys").iterdir()) == files


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(threshold=0), "trust.threshold"),
        (Wish(threshold=4), "trust.threshold"),
        (Wish(drop=frozenset({ANNA.key, BINH.key})), "trust.threshold"),
        (Wish(add_roots=(ANNA.public,)), "trust.key_twice"),
        (Wish(add_roots=("abc",)), "keys.public"),
        (Wish(add_roots=("g" * 64,)), "keys.public"),
        (Wish(drop=frozenset({"0" * 16})), "keys.unknown"),
        (Wish(volume_ceiling=101), "keys.ceiling"),
        (Wish(volume_ceiling=-1), "keys.ceiling"),
    ],
)
def test_what_no_list_can_say_is_refused_in_words(centre: Centre, wish: Wish, code: str) -> None:
    assert code_of(lambda: centre.proposes(wish)) == code


def test_a_role_keeps_a_key(centre: Centre) -> None:
    (issue,) = in_force(centre).of(KeyRole.ISSUE)
    wish = Wish(drop=frozenset({issue.key}))

    with pytest.raises(Unacceptable, match=r"keys\.role_empty"):
        centre.proposes(wish)
    keyless = replace(in_force(centre), number=2, keys=tuple(k for k in in_force(centre).keys if k != issue))
    assert centre.refuses(Proposal(list=keyless, before=centre.store.kept.trust_lists[1]), ANNA, BINH) == (
        "keys.role_empty"
    )


def test_limits_and_roots_change_by_a_list(centre: Centre) -> None:
    wish = Wish(
        add_roots=(key(104).public.upper() + "\n",),
        drop=frozenset({CHI.key}),
        volume_ceiling=80,
        roots_until=NOW + timedelta(days=3650),
    )

    second = centre.publishes(centre.proposes(wish), ANNA, BINH)

    assert {each.key for each in second.of(KeyRole.ROOT)} == {ANNA.key, BINH.key, key(104).key}
    assert {each.expires for each in second.of(KeyRole.ROOT)} == {NOW + timedelta(days=3650)}
    assert (second.volume_ceiling, second.threshold, second.epoch) == (80, 2, 1)


def test_the_silence_of_every_night_is_set_kept_and_lifted(centre: Centre) -> None:
    night = NightSilence(time(22), time(5), "Asia/Ho_Chi_Minh")

    lists = [
        centre.publishes(centre.proposes(wish), ANNA, BINH)
        for wish in (Wish(night_silence=night), Wish(volume_ceiling=80), Wish(no_night=True))
    ]

    assert [each.night_silence for each in lists] == [night, night, None]


def test_all_roots_change_hands_at_once_when_both_sides_sign(centre: Centre) -> None:
    others = tuple(key(number) for number in (104, 105))
    wish = Wish(add_roots=tuple(each.public for each in others), drop=frozenset({ANNA.key, BINH.key, CHI.key}))
    proposal = centre.proposes(wish)

    assert centre.refuses(proposal, ANNA, BINH) == "keys.not_signed_enough"
    assert centre.refuses(proposal, *others) == "keys.not_signed_enough"
    assert centre.publishes(proposal, ANNA, BINH, *others).number == 2


def test_publishing_twice_changes_nothing(centre: Centre) -> None:
    proposal = centre.proposes(ROTATE_ALL)
    centre.publishes(proposal, ANNA, BINH)
    lists = dict(centre.store.kept.trust_lists)

    assert centre.publishes(proposal, ANNA, BINH).number == 2
    assert centre.store.kept.trust_lists == lists


def test_of_two_lists_made_from_one_the_second_is_refused(centre: Centre) -> None:
    one, other = centre.proposes(Wish(volume_ceiling=80)), centre.proposes(Wish(volume_ceiling=70))
    centre.publishes(one, ANNA, BINH)

    assert centre.refuses(other, ANNA, BINH) == "trust.not_next"


def test_a_list_of_another_centre_or_with_a_gap_is_refused(centre: Centre) -> None:
    stranger = key(66)
    root = replace(in_force(centre).of(KeyRole.ROOT)[0], key=stranger.key, public=stranger.public)
    foreign = replace(in_force(centre), keys=(root, *in_force(centre).keys[3:]), threshold=1)
    following = replace(foreign, number=2)
    gap = replace(in_force(centre), number=3)

    assert centre.refuses(Proposal(list=following, before=sealed(foreign, stranger)), stranger) == "trust.not_next"
    assert centre.refuses(Proposal(list=gap, before=sealed(replace(gap, number=2), ANNA)), ANNA, BINH) == (
        "trust.not_next"
    )


def test_a_list_whose_private_keys_lie_elsewhere_is_refused(centre: Centre, tmp_path: Path) -> None:
    proposal = centre.proposes(ROTATE_ALL)
    centre.vault = KeyFiles(tmp_path / "others")

    assert centre.refuses(proposal, ANNA, BINH) == "keys.not_here"


def test_the_epoch_only_rises(centre: Centre) -> None:
    assert centre.publishes(centre.proposes(Wish(raise_epoch=True)), ANNA, BINH).epoch == 2
    back = replace(centre.proposes(Wish()), list=replace(in_force(centre), number=3, epoch=1))

    assert centre.refuses(back, ANNA, BINH) == "keys.epoch_back"


def says_something(centre: Centre) -> IssuedRundown:
    samples.founded(centre.store)
    rundown = samples.issued(7)
    with centre.store.writing() as uow:
        samples.settle(uow, rundown)
        uow.issue.published(samples.ZONE, 7)
        for pole, wanted, _ in uow.issue.assignment_numbers():
            uow.issue.assignment_published(pole, wanted)
        uow.commit()
    return rundown


def test_a_key_leaves_only_when_nothing_in_force_is_signed_by_it(centre: Centre) -> None:
    says_something(centre)
    old = frozenset(each.key for each in in_force(centre).keys if each.role is KeyRole.ISSUE)
    centre.publishes(centre.proposes(Wish(rotate=frozenset({KeyRole.ISSUE}))), ANNA, BINH)
    without = centre.proposes(Wish(drop=old))
    assert centre.refuses(without, ANNA, BINH) == "keys.still_in_use"

    centre.follows()
    assert centre.refuses(without, ANNA, BINH) == "keys.still_in_use"
    with centre.store.writing() as uow:
        samples.settle(uow, samples.issued(8), planned_from=2)
        uow.issue.published(samples.ZONE, 8)
        for pole, wanted, _ in uow.issue.assignment_numbers():
            uow.issue.assignment_published(pole, wanted)
        uow.commit()

    assert centre.publishes(without, ANNA, BINH).number == 3


def test_a_stolen_key_leaves_at_once_with_a_new_epoch(centre: Centre) -> None:
    says_something(centre)
    stolen = frozenset(each.key for each in in_force(centre).keys if each.role is KeyRole.ISSUE)
    wish = Wish(rotate=frozenset({KeyRole.ISSUE}), drop=stolen, raise_epoch=True)

    second = centre.publishes(centre.proposes(wish), ANNA, BINH)

    assert second.epoch == 2
    assert not stolen & {each.key for each in second.keys}


def test_expired_roots_hand_over_and_do_nothing_else(centre: Centre) -> None:
    centre.publishes(centre.proposes(Wish(roots_until=NOW + timedelta(days=30))), ANNA, BINH)
    centre.follows()
    centre.days_pass(60)

    assert centre.refuses(centre.proposes(ROTATE_ALL), ANNA, BINH) == "keys.roots_expired"
    later = NOW + timedelta(days=900)
    assert centre.refuses(centre.proposes(replace(ROTATE_ALL, roots_until=later)), ANNA, BINH) == "keys.roots_expired"
    assert centre.publishes(centre.proposes(Wish(roots_until=later)), ANNA, BINH).number == 3
    assert centre.publishes(centre.proposes(ROTATE_ALL), ANNA, BINH).number == 4


def test_an_expired_list_does_not_keep_living_roots_from_renewing_it(centre: Centre) -> None:
    centre.days_pass(500)

    second = centre.publishes(centre.proposes(ROTATE_ALL), ANNA, BINH)

    assert second.expires == centre.clock.now() + timedelta(days=400)


def test_without_its_first_key_a_vault_of_drawn_keys_seals(centre: Centre) -> None:
    with pytest.raises(KeysInvalid, match=r"keys\.missing"):
        centre.vault.key(KeyRole.ISSUE)
    assert OnlineSealing(centre.vault, centre.store).trust_number == 1
