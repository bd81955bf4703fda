"""The centre's certificate authority: who may speak with the broker, and by which name. Only the conductor may open it.

The only file that knows `cryptography`. It must not decide who gets a certificate or keep a list of those it made.
All keys are Ed25519.

What a loudspeaker checks (the authority and the broker's certificate) is valid from 1970 on: a device without a clock
chip must reach the broker before it can be told the time. What the broker checks begins when it is made.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.device_records import Certificate
from server.errors import KeysInvalid
from server.secret_files import read, write_new

AUTHORITY_LIVES = timedelta(days=25 * 365)
"""Longer than the poles: a new authority would have to be carried to each of them."""
LEEWAY = timedelta(hours=1)
"""How much earlier than now a certificate begins: the broker's clock may be behind."""
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,63}")
CERTIFICATE = "authority.pem"
_KEY = "authority.key"


def make_authority(directory: Path, *, now: datetime) -> "Authority":
    """Make the authority in a directory; where there is one already, nothing is changed.

    Raises:
        KeysInvalid: `keys.readable_by_others`.
    """
    if not (directory / CERTIFICATE).exists():
        key = Ed25519PrivateKey.generate()
        subject = _named("commune-radio authority")
        certificate = (
            _begun(subject, subject, key.public_key(), _ALWAYS, now + AUTHORITY_LIVES)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, algorithm=None)
        )
        # The certificate comes last: a key without one was cut off by a power failure, and nothing was signed with it.
        (directory / _KEY).unlink(missing_ok=True)
        write_new(directory / _KEY, _private_pem(key))
        write_new(directory / CERTIFICATE, _pem(certificate))
    return Authority(directory)


class Authority:
    """Issues certificates.

    Args:
        directory: where `make_authority` made it.

    Attributes:
        certificate: PEM, what loudspeakers and the broker are given to know each other by.

    Raises:
        KeysInvalid: `keys.missing` or `keys.readable_by_others`.
    """

    def __init__(self, directory: Path) -> None:
        self.certificate = read(directory / CERTIFICATE)
        self._own = x509.load_pem_x509_certificate(self.certificate.encode())
        key = load_pem_private_key(read(directory / _KEY).encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey) or key.public_key() != self._own.public_key():
            raise KeysInvalid("keys.not_of_the_authority", file=str(directory / _KEY))
        self._key = key

    def issue(self, name: str, public: str, *, now: datetime, valid: timedelta) -> Certificate:
        """Give the certificate by which somebody is known to the broker; it serves for nothing else.

        Args:
            name: becomes user name and client id: letters, digits, dots and hyphens.
            public: Ed25519, 64 hexadecimal digits.
            now: decides when it begins; see `LEEWAY`.
            valid: how long from now.

        Raises:
            ValueError: a name or a key that is none.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a certificate: {name!r}")
        begun = _begun(_named(name), self._own.subject, _public(public), now - LEEWAY, now + valid)
        return self._signed(begun, ExtendedKeyUsageOID.CLIENT_AUTH)

    def issue_server(self, names: Sequence[str], public: str, *, now: datetime, valid: timedelta) -> Certificate:
        """Give the broker's certificate; with it nobody can sign in anywhere.

        Args:
            names: host names and IP addresses at which it is reached, the first is the subject.
            public: Ed25519, 64 hexadecimal digits.
            now: decides only when it ends.
            valid: how long from now.

        Raises:
            ValueError: a name or a key that is none, or no name at all.
        """
        alternatives = [_host(name) for name in names]
        if not alternatives:
            raise ValueError("a server's certificate needs a name")
        begun = _begun(_named(names[0]), self._own.subject, _public(public), _ALWAYS, now + valid)
        begun = begun.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return self._signed(begun, ExtendedKeyUsageOID.SERVER_AUTH)

    def revocations(self, serials: Iterable[tuple[str, datetime]], now: datetime) -> str:
        """Give the list of revoked certificates, PEM.

        It is valid as long as the authority: a broker refuses everybody once its list is out of date.

        Args:
            serials: of each certificate, with when it was revoked.
            now: when the list is made.
        """
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._own.subject)
            .last_update(now - LEEWAY)
            .next_update(self._own.not_valid_after_utc)
            .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        )
        for serial, since in sorted(set(serials)):
            revoked = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(since).build()
            listed = listed.add_revoked_certificate(revoked)
        return _pem(listed.sign(self._key, algorithm=None))

    def _signed(self, begun: x509.CertificateBuilder, purpose: x509.ObjectIdentifier) -> Certificate:
        certificate = (
            begun.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, algorithm=None)
        )
        return Certificate(
            pem=_pem(certificate),
            serial=f"{certificate.serial_number:x}",
            expires=certificate.not_valid_after_utc,
        )


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new key: the private half as PEM, the public one as 64 hexadecimal digits."""

    private: str
    public: str


def new_key() -> KeyPair:
    """Draw a key for the broker or the conductor; loudspeakers draw theirs themselves."""
    key = Ed25519PrivateKey.generate()
    return KeyPair(_private_pem(key), key.public_key().public_bytes_raw().hex())


def expiry(pem: str) -> datetime:
    """Give when a certificate ends."""
    return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc


def _begun(
    subject: x509.Name, issuer: x509.Name, public: Ed25519PublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not _NAME.fullmatch(name):
            raise ValueError(f"neither a host name nor an address: {name!r}") from None
        return x509.DNSName(name)


def _public(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))


def _private_pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _pem(signed: x509.Certificate | x509.CertificateRevocationList) -> str:
    return signed.public_bytes(Encoding.PEM).decode("ascii")
