"""Devices in the database. It must not decide which one speaks for a loudspeaker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import DeviceId, JournalId, LoudspeakerId, PersonId, ZoneId
from server.device_records import Device
from server.store.rows import DeviceRow, LoudspeakerRow


class SqlDevices:
    """See `repositories.Devices`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, loudspeaker: LoudspeakerId) -> Sequence[Device]:
        """Give the devices a loudspeaker has had, the earliest first."""
        query = select(DeviceRow).where(DeviceRow.loudspeaker == loudspeaker)
        return [_device(row) for row in self._session.scalars(query.order_by(DeviceRow.enrolled_at, DeviceRow.id))]

    def of_each(self, loudspeakers: Iterable[LoudspeakerId]) -> Mapping[LoudspeakerId, Sequence[Device]]:
        """Give the devices loudspeakers have had, the earliest first."""
        query = select(DeviceRow).where(DeviceRow.loudspeaker.in_(list(loudspeakers)))
        found: dict[LoudspeakerId, list[Device]] = defaultdict(list)
        for row in self._session.scalars(query.order_by(DeviceRow.enrolled_at, DeviceRow.id)):
            found[LoudspeakerId(row.loudspeaker)].append(_device(row))
        return found

    def get(self, device: DeviceId) -> Device | None:
        """Give one device."""
        row = self._session.get(DeviceRow, device)
        return None if row is None else _device(row)

    def all(self) -> Sequence[Device]:
        """Give every device, in order of id."""
        return [_device(row) for row in self._session.scalars(select(DeviceRow).order_by(DeviceRow.id))]

    def standing(self) -> Sequence[tuple[DeviceId, LoudspeakerId, ZoneId]]:
        """Give the devices in use, in order of id, each with its loudspeaker and that one's zone."""
        query = (
            select(DeviceRow.id, DeviceRow.loudspeaker, LoudspeakerRow.zone)
            .join(LoudspeakerRow, LoudspeakerRow.id == DeviceRow.loudspeaker)
            .where(DeviceRow.retired_at.is_(None), LoudspeakerRow.retired_at.is_(None))
            .order_by(DeviceRow.id)
        )
        return [
            (DeviceId(device), LoudspeakerId(loudspeaker), ZoneId(zone))
            for device, loudspeaker, zone in self._session.execute(query)
        ]

    def retired_after(self, instant: datetime) -> Sequence[Device]:
        """Give the devices that are out of use since after an instant, in order of id."""
        query = select(DeviceRow).where(DeviceRow.retired_at > instant).order_by(DeviceRow.id)
        return [_device(row) for row in self._session.scalars(query)]

    def put(self, device: Device) -> None:
        """Insert or replace a device."""
        self._session.merge(
            DeviceRow(
                id=device.id,
                loudspeaker=device.loudspeaker,
                public_key=device.public_key,
                enrolled_at=device.enrolled_at,
                enrolled_by=device.enrolled_by,
                certificate_serial=device.certificate_serial,
                certificate_expires=device.certificate_expires,
                retired_at=device.retired_at,
                last_heads={journal: list(held) for journal, held in device.last_heads.items()},
            )
        )
        self._session.flush()


def _device(row: DeviceRow) -> Device:
    return Device(
        id=DeviceId(row.id),
        loudspeaker=LoudspeakerId(row.loudspeaker),
        public_key=row.public_key,
        enrolled_at=row.enrolled_at,
        enrolled_by=None if row.enrolled_by is None else PersonId(row.enrolled_by),
        certificate_serial=row.certificate_serial,
        certificate_expires=row.certificate_expires,
        retired_at=row.retired_at,
        last_heads={
            JournalId(journal): (int(through), str(head)) for journal, (through, head) in row.last_heads.items()
        },
    )
