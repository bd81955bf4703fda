"""Codes given to devices, and their requests for certificates, in the database. It must not check a code."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId, PersonId
from server.device_records import Enrolment, Renewal
from server.store.rows import EnrolmentRow, RenewalRow


class SqlEnrolments:
    """See `repositories.Enrolments`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, enrolment: EnrolmentId) -> Enrolment | None:
        """Give one enrolment."""
        row = self._session.get(EnrolmentRow, enrolment)
        return None if row is None else _enrolment(row)

    def newest(self, loudspeaker: LoudspeakerId) -> Enrolment | None:
        """Give the newest enrolment of a loudspeaker."""
        query = select(EnrolmentRow).where(EnrolmentRow.loudspeaker == loudspeaker)
        row = self._session.scalar(query.order_by(EnrolmentRow.opened_at.desc(), EnrolmentRow.id.desc()).limit(1))
        return None if row is None else _enrolment(row)

    def asked(self) -> Sequence[Enrolment]:
        """Give those whose device waits for its answer, the earliest first."""
        row = EnrolmentRow
        query = select(row).where(row.asked_at.is_not(None), row.answered_at.is_(None)).order_by(row.asked_at, row.id)
        return [_enrolment(each) for each in self._session.scalars(query)]

    def put(self, enrolment: Enrolment) -> None:
        """Insert or replace an enrolment."""
        self._session.merge(
            EnrolmentRow(
                id=enrolment.id,
                loudspeaker=enrolment.loudspeaker,
                secret=enrolment.secret,
                typed_secret=enrolment.typed_secret,
                opened_at=enrolment.opened_at,
                opened_by=enrolment.opened_by,
                expires=enrolment.expires,
                failures=enrolment.failures,
                replaced_at=enrolment.replaced_at,
                request=enrolment.request,
                asked_at=enrolment.asked_at,
                answer=enrolment.answer,
                answered_at=enrolment.answered_at,
                refused=enrolment.refused,
                device=enrolment.device,
            )
        )
        self._session.flush()

    def renewal(self, device: DeviceId) -> Renewal | None:
        """Give the newest renewal of a device."""
        row = self._session.get(RenewalRow, device)
        return None if row is None else _renewal(row)

    def renewals_asked(self) -> Sequence[Renewal]:
        """Give the renewals that wait for their answer, the earliest first."""
        query = select(RenewalRow).where(RenewalRow.waits).order_by(RenewalRow.asked_at, RenewalRow.device)
        return [_renewal(row) for row in self._session.scalars(query)]

    def put_renewal(self, renewal: Renewal) -> None:
        """Keep a device's newest renewal in place of the one before."""
        self._session.merge(
            RenewalRow(
                device=renewal.device,
                number=renewal.number,
                request=renewal.request,
                asked_at=renewal.asked_at,
                answer=renewal.answer,
                refused=renewal.refused,
                waits=renewal.waits,
            )
        )
        self._session.flush()


def _enrolment(row: EnrolmentRow) -> Enrolment:
    return Enrolment(
        id=EnrolmentId(row.id),
        loudspeaker=LoudspeakerId(row.loudspeaker),
        secret=row.secret,
        typed_secret=row.typed_secret,
        opened_at=row.opened_at,
        opened_by=PersonId(row.opened_by),
        expires=row.expires,
        failures=row.failures,
        replaced_at=row.replaced_at,
        request=row.request,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
        refused=row.refused,
        device=None if row.device is None else DeviceId(row.device),
    )


def _renewal(row: RenewalRow) -> Renewal:
    return Renewal(
        device=DeviceId(row.device),
        number=row.number,
        request=row.request,
        asked_at=row.asked_at,
        answer=row.answer,
        refused=row.refused,
    )
