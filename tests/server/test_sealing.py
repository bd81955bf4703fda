"""Private keys in their files, and the first trust list they make."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.errors import WireError
from schedules.wire.messages import KeyRole, RundownIssued, SilenceOrdered, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, fingerprint, new_seed, sealed, unsealed
from schedules.wire.trust import Trust, accepted
from server.errors import KeysInvalid
from server.sealing import KeyFiles, OnlineSealing
from server.services import keys
from tests.contracts import samples
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "keys")


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def first(store: FakeStore, files: KeyFiles) -> TrustList:
    return keys.initialise(store, FakeClock(NOW), files)


def silence() -> SilenceOrdered:
    return SilenceOrdered(audience="zone:z", epoch=1, number=5, issued=NOW, ordered=True)


def test_a_loudspeaker_that_knows_the_root_accepts_the_first_list(store: FakeStore, first: TrustList) -> None:
    ((number, envelope),) = store.kept.trust_lists.items()

    trust = accepted(envelope, held=None, roots=first.of(KeyRole.ROOT))

    assert (number, trust.list) == (1, first)
    assert {key.role for key in first.keys} == {KeyRole.ROOT, KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY}


def test_another_root_does_not_make_the_first_list_acceptable(
    store: FakeStore, first: TrustList, tmp_path: Path
) -> None:
    other = FakeStore()
    others = keys.initialise(other, FakeClock(NOW), KeyFiles(tmp_path / "others"))

    with pytest.raises(WireError, match=r"trust\.not_signed"):
        accepted(store.kept.trust_lists[1], held=None, roots=others.of(KeyRole.ROOT))


def test_online_keys_live_400_days(first: TrustList) -> None:
    assert keys.time_left(first, NOW) == timedelta(days=400)


def test_initialising_again_changes_nothing(store: FakeStore, files: KeyFiles, first: TrustList) -> None:
    again = keys.initialise(store, FakeClock(NOW + timedelta(days=1)), files)

    assert again == first
    assert len(store.kept.audit) == 1


def test_what_the_conductor_seals_is_trusted(store: FakeStore, files: KeyFiles, first: TrustList) -> None:
    sealing = OnlineSealing(files, store)

    message, _ = unsealed(sealing.seal(silence()), Trust(first))

    assert message == silence()
    assert (sealing.epoch, sealing.trust_number) == (1, 1)


def test_the_root_key_is_not_needed_to_run(store: FakeStore, files: KeyFiles, first: TrustList, tmp_path: Path) -> None:
    (tmp_path / "keys" / "root.seed").unlink()

    assert OnlineSealing(files, store).seal(silence())


def test_keys_are_closed_to_others(first: TrustList, tmp_path: Path) -> None:
    directory = tmp_path / "keys"

    assert directory.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()} == {
        "root.seed": 0o600,
        "issue.seed": 0o600,
        "state.seed": 0o600,
        "emergency.seed": 0o600,
    }


def test_a_key_that_others_can_read_is_not_used(
    store: FakeStore, files: KeyFiles, first: TrustList, tmp_path: Path
) -> None:
    (tmp_path / "keys" / "issue.seed").chmod(0o640)

    with pytest.raises(KeysInvalid, match=r"keys\.readable_by_others"):
        OnlineSealing(files, store)


def test_without_keys_nothing_starts(store: FakeStore, files: KeyFiles, first: TrustList, tmp_path: Path) -> None:
    with pytest.raises(KeysInvalid, match=r"keys\.not_here"):
        OnlineSealing(KeyFiles(tmp_path / "elsewhere"), store)
    with pytest.raises(KeysInvalid, match=r"keys\.missing"):
        KeyFiles(tmp_path / "elsewhere").key(KeyRole.ROOT)
    with pytest.raises(KeysInvalid, match=r"keys\.no_trust_list"):
        OnlineSealing(files, FakeStore())


def test_keys_of_another_centre_are_not_used(store: FakeStore, first: TrustList, tmp_path: Path) -> None:
    others = KeyFiles(tmp_path / "others")
    keys.initialise(FakeStore(), FakeClock(NOW), others)

    with pytest.raises(KeysInvalid, match=r"keys\.not_here"):
        OnlineSealing(others, store)


def rotated(store: FakeStore, files: KeyFiles, first: TrustList) -> TrustList:
    """Publish a second list that names a second issue key beside the first."""
    public = files.draw(KeyRole.ISSUE, apart_from=frozenset(key.public for key in first.keys))
    newer = TrustedKey(key=fingerprint(public), public=public, role=KeyRole.ISSUE, expires=NOW + timedelta(days=500))
    second = replace(first, number=2, epoch=2, keys=(newer, *first.keys))
    store.kept.trust_lists[2] = files.seal_by_root(second)
    return second


def rundown_key(sealing: OnlineSealing, trust: TrustList) -> str:
    rundown = samples.issued(7).rundown
    message = RundownIssued(
        audience=f"zone:{rundown.zone}", epoch=rundown.epoch, number=rundown.revision, issued=NOW, rundown=rundown
    )
    return unsealed(sealing.seal(message), Trust(trust))[1]


def test_a_key_that_was_drawn_signs_once_a_list_names_it_and_the_list_is_followed(
    store: FakeStore, files: KeyFiles, first: TrustList
) -> None:
    sealing = OnlineSealing(files, store)
    second = rotated(store, files, first)

    assert rundown_key(sealing, second) == first.of(KeyRole.ISSUE)[0].key
    assert sealing.follow()
    assert rundown_key(sealing, second) == second.keys[0].key
    assert (sealing.epoch, sealing.trust_number) == (2, 2)
    assert not sealing.follow()
    assert rundown_key(OnlineSealing(files, store), second) == second.keys[0].key


def test_a_list_whose_key_does_not_lie_here_is_not_followed(
    store: FakeStore, files: KeyFiles, first: TrustList, tmp_path: Path
) -> None:
    sealing = OnlineSealing(files, store)
    second = rotated(store, files, first)
    (tmp_path / "keys" / f"issue-{second.keys[0].key}.seed").unlink()

    assert not sealing.follow()
    assert not sealing.follow()
    assert rundown_key(sealing, first) == first.of(KeyRole.ISSUE)[0].key


@pytest.mark.parametrize("restarted", [False, True], ids=["while it runs", "before it starts"])
@pytest.mark.parametrize("forgery", ["by another root", "by an online key", "with a gap", "nonsense"])
def test_a_list_that_the_roots_did_not_sign_is_not_followed_though_it_stands_in_the_database(
    store: FakeStore, files: KeyFiles, first: TrustList, forgery: str, restarted: bool
) -> None:
    sealing = OnlineSealing(files, store)
    second = replace(first, number=2, epoch=99)
    store.kept.trust_lists[3 if forgery == "with a gap" else 2] = {
        "by another root": sealed(second, SigningKey("thief", new_seed())),
        "by an online key": sealed(second, files.key(KeyRole.STATE)),
        "with a gap": files.seal_by_root(replace(second, number=3)),
        "nonsense": b"nonsense",
    }[forgery]

    if restarted:
        sealing = OnlineSealing(files, store)

    assert not sealing.follow()
    assert (sealing.epoch, sealing.trust_number) == (1, 1)
    assert unsealed(sealing.seal(silence()), Trust(first))[0] == silence()


def test_who_missed_several_lists_follows_them_one_by_one(store: FakeStore, files: KeyFiles, first: TrustList) -> None:
    sealing = OnlineSealing(files, store)
    second = rotated(store, files, first)
    store.kept.trust_lists[3] = files.seal_by_root(replace(second, number=3))

    assert sealing.follow()
    assert (sealing.epoch, sealing.trust_number) == (2, 3)


def test_without_a_newer_list_there_is_nothing_to_follow(store: FakeStore, files: KeyFiles, first: TrustList) -> None:
    assert not OnlineSealing(files, store).follow()


def test_the_name_of_a_key_is_on_the_disk_before_a_list_can_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, durable = tmp_path / "keys", []
    monkeypatch.setattr(os, "fsync", lambda descriptor: durable.append(os.fstat(descriptor).st_ino))

    KeyFiles(directory).public(KeyRole.ISSUE)

    assert durable == [(directory / "issue.seed").stat().st_ino, directory.stat().st_ino]
