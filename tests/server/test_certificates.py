"""The centre's certificate authority, judged by those who check what it issues: a broker's TLS and a loudspeaker's."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from schedules.wire.seal import SigningKey, new_seed
from server.certificates import AUTHORITY_LIVES, Authority, make_authority, new_key
from server.clock import WallClock
from server.device_records import Certificate
from server.errors import KeysInvalid
from tests.server.handshake import Shown, shake_hands

NOW = WallClock().now().replace(microsecond=0)
YEAR = timedelta(days=365)
DEVICE = "0123456789abcdef"

each_version = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "authority", now=NOW)


@pytest.fixture
def trusted(tmp_path: Path, authority: Authority) -> Path:
    file = tmp_path / "trusted.pem"
    file.write_text(authority.certificate, encoding="ascii")
    return file


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Shown:
    key = new_key()
    return Shown.kept(
        tmp_path,
        "broker",
        authority.issue_server(["broker", "127.0.0.1"], key.public, now=NOW, valid=YEAR),
        key.private,
    )


def agent(
    directory: Path, authority: Authority, *, now: datetime = NOW, valid: timedelta = YEAR
) -> tuple[Shown, Certificate]:
    key = new_key()
    certificate = authority.issue(DEVICE, key.public, now=now, valid=valid)
    return Shown.kept(directory, "agent", certificate, key.private), certificate


@each_version
def test_broker_and_loudspeaker_know_each_other(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown, version: ssl.TLSVersion
) -> None:
    known, _ = agent(tmp_path, authority)

    name = shake_hands(server=broker, client=known, authority=trusted, version=version)

    assert name == DEVICE


def test_a_certificate_binds_the_key_a_device_drew_itself(authority: Authority) -> None:
    public = SigningKey("", new_seed()).public

    certificate = authority.issue(DEVICE, public, now=NOW, valid=YEAR)

    read = x509.load_pem_x509_certificate(certificate.pem.encode())
    assert read.public_key().public_bytes_raw().hex() == public  # type: ignore[union-attr]  # an Ed25519 one has it
    assert f"{read.serial_number:x}" == certificate.serial
    assert read.not_valid_after_utc == certificate.expires == NOW + YEAR


@each_version
def test_who_shows_nothing_is_refused(trusted: Path, broker: Shown, version: ssl.TLSVersion) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate"):
        shake_hands(server=broker, client=None, authority=trusted, version=version)


def test_a_certificate_that_ended_is_refused(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown
) -> None:
    ended, _ = agent(tmp_path, authority, now=NOW - YEAR, valid=YEAR - timedelta(seconds=1))

    with pytest.raises(ssl.SSLError, match="expired"):
        shake_hands(server=broker, client=ended, authority=trusted)


def test_a_certificate_of_another_authority_is_refused(tmp_path: Path, trusted: Path, broker: Shown) -> None:
    stranger, _ = agent(tmp_path, make_authority(tmp_path / "other", now=NOW))

    with pytest.raises(ssl.SSLError, match=r"(?i)verify failed"):
        shake_hands(server=broker, client=stranger, authority=trusted)


def test_the_brokers_certificate_lets_nobody_in(trusted: Path, broker: Shown) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)verify failed|purpose"):
        shake_hands(server=broker, client=broker, authority=trusted)


def test_a_loudspeaker_cannot_pose_as_the_broker(tmp_path: Path, authority: Authority, trusted: Path) -> None:
    known, _ = agent(tmp_path, authority)

    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(server=known, client=known, authority=trusted)


def test_a_loudspeakers_key_signs_no_certificate(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown
) -> None:
    """What it signs is no more than any self-made certificate: its own one is marked as no authority."""
    known, own = agent(tmp_path, authority)
    directory = tmp_path / "false"
    directory.mkdir(mode=0o700)
    for name, text in (("authority.pem", own.pem), ("authority.key", known.key.read_text(encoding="ascii"))):
        (directory / name).write_text(text, encoding="ascii")
        (directory / name).chmod(0o600)
    forged, leaf = agent(tmp_path, Authority(directory))
    forged.certificate.write_text(leaf.pem + own.pem, encoding="ascii")

    with pytest.raises(ssl.SSLError, match=r"(?i)verify failed|invalid CA"):
        shake_hands(server=broker, client=forged, authority=trusted)


@pytest.mark.parametrize("called", ["broker", "127.0.0.1"])
def test_the_broker_answers_by_each_of_its_names(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown, called: str
) -> None:
    known, _ = agent(tmp_path, authority)

    assert shake_hands(server=broker, client=known, authority=trusted, called=called) == DEVICE


def test_a_broker_under_another_name_is_refused(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown
) -> None:
    known, _ = agent(tmp_path, authority)

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(server=broker, client=known, authority=trusted, called="elsewhere")


def test_a_device_whose_clock_stands_in_1970_can_know_the_broker(authority: Authority, broker: Shown) -> None:
    """Without a battery a clock starts there; signed time comes from the broker."""
    first = datetime(1970, 1, 1, tzinfo=UTC)
    for pem in (authority.certificate, broker.certificate.read_text(encoding="ascii")):
        assert x509.load_pem_x509_certificate(pem.encode()).not_valid_before_utc == first


def test_what_is_revoked_is_refused_and_nothing_else(
    tmp_path: Path, authority: Authority, trusted: Path, broker: Shown
) -> None:
    revoked, certificate = agent(tmp_path, authority)
    none, one = tmp_path / "none.crl", tmp_path / "one.crl"
    none.write_text(authority.revocations([], NOW), encoding="ascii")
    one.write_text(authority.revocations([(certificate.serial, NOW)], NOW), encoding="ascii")

    assert shake_hands(server=broker, client=revoked, authority=trusted, revocations=none) == DEVICE
    with pytest.raises(ssl.SSLError, match="revoked"):
        shake_hands(server=broker, client=revoked, authority=trusted, revocations=one)
    other, _ = agent(tmp_path, authority)
    assert shake_hands(server=broker, client=other, authority=trusted, revocations=one) == DEVICE


def test_a_list_of_revocations_does_not_run_out_before_the_authority(authority: Authority) -> None:
    """A broker refuses everybody once its list is out of date: that must not be a way to silence a province."""
    listed = x509.load_pem_x509_crl(authority.revocations([], NOW).encode())

    assert listed.next_update_utc == NOW + AUTHORITY_LIVES


def test_making_the_authority_again_changes_nothing(tmp_path: Path, authority: Authority) -> None:
    again = make_authority(tmp_path / "authority", now=NOW + YEAR)

    assert again.certificate == authority.certificate


def test_an_authority_cut_off_while_it_was_made_is_made_anew(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "authority/authority.pem").unlink()

    again = make_authority(tmp_path / "authority", now=NOW)

    assert again.certificate != authority.certificate


def test_the_authority_is_closed_to_others(tmp_path: Path, authority: Authority) -> None:
    directory = tmp_path / "authority"

    assert directory.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()} == {
        "authority.pem": 0o600,
        "authority.key": 0o600,
    }


def test_a_key_that_is_missing_open_to_others_or_anothers_is_not_used(tmp_path: Path, authority: Authority) -> None:
    directory = tmp_path / "authority"
    key = directory / "authority.key"

    key.chmod(0o640)
    with pytest.raises(KeysInvalid, match=r"keys\.readable_by_others"):
        Authority(directory)

    key.chmod(0o600)
    key.write_text(new_key().private, encoding="ascii")
    with pytest.raises(KeysInvalid, match=r"keys\.not_of_the_authority"):
        Authority(directory)

    key.unlink()
    with pytest.raises(KeysInvalid, match=r"keys\.missing"):
        Authority(directory)


@pytest.mark.parametrize("name", ["", "a/b", "#", "+", "a b", "đài", "x" * 65, "-x", "a\n"])
def test_a_name_that_would_mean_something_in_a_topic_is_not_certified(authority: Authority, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        authority.issue(name, new_key().public, now=NOW, valid=YEAR)


def test_a_server_without_a_name_or_with_a_wrong_one_is_not_certified(authority: Authority) -> None:
    public = new_key().public

    with pytest.raises(ValueError, match="needs a name"):
        authority.issue_server([], public, now=NOW, valid=YEAR)
    with pytest.raises(ValueError, match="neither a host name nor an address"):
        authority.issue_server(["bro ker"], public, now=NOW, valid=YEAR)


@pytest.mark.parametrize("public", ["", "00", "zz" * 32])
def test_what_is_no_key_is_not_certified(authority: Authority, public: str) -> None:
    with pytest.raises(ValueError, match=r"public key|non-hexadecimal"):
        authority.issue(DEVICE, public, now=NOW, valid=YEAR)


def test_serial_numbers_are_drawn(authority: Authority) -> None:
    public = new_key().public

    serials = {authority.issue(DEVICE, public, now=NOW, valid=YEAR).serial for _ in range(50)}

    assert len(serials) == 50
    assert min(len(serial) for serial in serials) > 30
