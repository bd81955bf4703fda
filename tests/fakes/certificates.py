"""A certificate authority whose certificates are words."""

from datetime import datetime, timedelta

from server.device_records import Certificate


class FakeCertificates:
    """See `ports.Certificates`.

    Attributes:
        issued: name, key and end of each certificate, in order.
    """

    def __init__(self) -> None:
        self.certificate = "authority"
        self.issued: list[tuple[str, str, datetime]] = []

    def issue(self, name: str, public: str, *, now: datetime, valid: timedelta) -> Certificate:
        self.issued.append((name, public, now + valid))
        number = len(self.issued)
        return Certificate(pem=f"certificate {number}", serial=f"{number:02x}", expires=now + valid)
