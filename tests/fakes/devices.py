"""Devices, their codes and their requests for certificates, in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId, ZoneId
from server.device_records import Device, Enrolment, Renewal
from server.values import Loudspeaker


@dataclass
class KeptDevices:
    """Everything there is of devices."""

    devices: dict[DeviceId, Device] = field(default_factory=dict)
    enrolments: dict[EnrolmentId, Enrolment] = field(default_factory=dict)
    renewals: dict[DeviceId, Renewal] = field(default_factory=dict)

    def __copy__(self) -> "KeptDevices":
        return KeptDevices(dict(self.devices), dict(self.enrolments), dict(self.renewals))


class FakeDevices:
    def __init__(self, kept: KeptDevices, loudspeakers: Mapping[LoudspeakerId, Loudspeaker]) -> None:
        self._kept = kept
        self._loudspeakers = loudspeakers

    def of(self, loudspeaker: LoudspeakerId) -> Sequence[Device]:
        own = (each for each in self._kept.devices.values() if each.loudspeaker == loudspeaker)
        return sorted(own, key=lambda each: (each.enrolled_at, each.id))

    def of_each(self, loudspeakers: Iterable[LoudspeakerId]) -> Mapping[LoudspeakerId, Sequence[Device]]:
        return {each: had for each in loudspeakers if (had := self.of(each))}

    def get(self, device: DeviceId) -> Device | None:
        return self._kept.devices.get(device)

    def all(self) -> Sequence[Device]:
        return sorted(self._kept.devices.values(), key=lambda each: each.id)

    def standing(self) -> Sequence[tuple[DeviceId, LoudspeakerId, ZoneId]]:
        here = {each.id: each.zone for each in self._loudspeakers.values() if each.retired_at is None}
        return [
            (each.id, each.loudspeaker, here[each.loudspeaker])
            for each in self.all()
            if each.retired_at is None and each.loudspeaker in here
        ]

    def retired_after(self, instant: datetime) -> Sequence[Device]:
        return [each for each in self.all() if each.retired_at is not None and each.retired_at > instant]

    def put(self, device: Device) -> None:
        self._kept.devices[device.id] = device


class FakeEnrolments:
    def __init__(self, kept: KeptDevices) -> None:
        self._kept = kept

    def get(self, enrolment: EnrolmentId) -> Enrolment | None:
        return self._kept.enrolments.get(enrolment)

    def newest(self, loudspeaker: LoudspeakerId) -> Enrolment | None:
        own = (each for each in self._kept.enrolments.values() if each.loudspeaker == loudspeaker)
        return max(own, key=lambda each: (each.opened_at, each.id), default=None)

    def asked(self) -> Sequence[Enrolment]:
        waiting = ((each.asked_at, each) for each in self._kept.enrolments.values() if each.answered_at is None)
        dated = [(at, each) for at, each in waiting if at is not None]
        return [each for _, each in sorted(dated, key=lambda pair: (pair[0], pair[1].id))]

    def put(self, enrolment: Enrolment) -> None:
        self._kept.enrolments[enrolment.id] = enrolment

    def renewal(self, device: DeviceId) -> Renewal | None:
        return self._kept.renewals.get(device)

    def renewals_asked(self) -> Sequence[Renewal]:
        waiting = (each for each in self._kept.renewals.values() if each.waits)
        return sorted(waiting, key=lambda each: (each.asked_at, each.device))

    def put_renewal(self, renewal: Renewal) -> None:
        self._kept.renewals[renewal.device] = renewal
