"""Shakes hands by TLS in memory, as a broker and somebody at its door would; no port, no thread."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from server.device_records import Certificate


@dataclass(frozen=True, slots=True)
class Shown:
    """What one side shows the other: files of a certificate and its key."""

    certificate: Path
    key: Path

    @classmethod
    def kept(cls, directory: Path, name: str, certificate: Certificate, private: str) -> "Shown":
        """Write both into a directory."""
        shown = cls(directory / f"{name}.pem", directory / f"{name}.key")
        shown.certificate.write_text(certificate.pem, encoding="ascii")
        shown.key.write_text(private, encoding="ascii")
        return shown


def shake_hands(
    *,
    server: Shown,
    client: Shown | None,
    authority: Path,
    clients: Path | None = None,
    called: str = "broker",
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    revocations: Path | None = None,
) -> str:
    """Give the common name by which the server knows the client.

    Args:
        server: what it shows.
        client: what it shows.
        authority: whose word both take, unless `clients` is another for the client.
        clients: see `authority`.
        called: the name the client looks for.
        version: of TLS, the only one the client speaks.
        revocations: a list the server looks into.

    Raises:
        ssl.SSLError: one of the two refuses the other.
    """
    door = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(clients or authority))
    door.verify_mode = ssl.CERT_REQUIRED
    door.load_cert_chain(server.certificate, server.key)
    if revocations is not None:
        door.load_verify_locations(revocations)
        door.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    visitor = ssl.create_default_context(cafile=str(authority))
    visitor.minimum_version = visitor.maximum_version = version
    if client is not None:
        visitor.load_cert_chain(client.certificate, client.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    inside = door.wrap_bio(to_server, to_client, server_side=True)
    outside = visitor.wrap_bio(to_client, to_server, server_hostname=called)
    for _ in range(4):
        for side in (outside, inside):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    name = inside.getpeercert()
    assert name is not None
    return str(name["subject"][0][0][1])
