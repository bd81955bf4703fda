"""What every store promises about planned outages, alarms and digests."""

from dataclasses import replace
from datetime import timedelta

from schedules.ids import ProgrammeId
from schedules.times import Span
from server.ports import Store
from server.readiness_records import Alarm, Colour, Digest, DigestCount, DigestKind, DigestLine, Outage, Reason
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, OTHER_POLE, OTHER_ZONE, POLE, PROVINCE, ZONE

HOUR = timedelta(hours=1)
OUTAGE = Outage(
    id="outage-1",
    station=COMMUNE,
    zones=(ZONE,),
    since=NOW,
    until=NOW + 8 * HOUR,
    by=OFFICER,
    at=NOW - HOUR,
    programme=ProgrammeId("notice-1"),
    reason="Thay máy biến áp",
)
ALARM = Alarm(
    id="alarm-1",
    code="alarm.power",
    unit=COMMUNE,
    subjects=(POLE, OTHER_POLE),
    values=(("zones", "Làng Mới"), ("count", 2), ("since", NOW)),
    remedy="remedy.ask_power",
    began=NOW,
    most=2,
)
DIGEST = Digest(
    unit=COMMUNE,
    kind=DigestKind.EVENING,
    key="evening-2026-11-24",
    session="Buổi sáng",
    starts=NOW + 10 * HOUR,
    made_at=NOW,
    lines=(
        DigestLine(
            loudspeaker=POLE,
            name="Cổng thôn",
            zone="Làng Mới",
            colour=Colour.RED,
            reasons=(Reason("disk.low", Colour.RED, "remedy.free_disk", (("since", NOW), ("bytes", 12))),),
            clusters=3,
        ),
    ),
    unconfirmed=("Tạm ngừng cấp điện",),
)
SUMMARY = replace(
    DIGEST,
    unit=PROVINCE,
    session="",
    lines=(),
    stations=(DigestCount(station=COMMUNE, name="Xã Sơn Hà", counts={Colour.RED: 2, Colour.GREEN: 5}, clusters=3),),
    unconfirmed=(),
)


def test_an_outage_is_found_by_its_zone_and_time_until_it_was_ended(store: Store) -> None:
    later = replace(OUTAGE, id="outage-2", zones=(ZONE, OTHER_ZONE), since=NOW + HOUR)
    with store.writing() as uow:
        uow.outages.put(OUTAGE)
        uow.outages.put(later)
        uow.commit()

    with store.reading() as uow:
        assert uow.outages.get("outage-1") == OUTAGE
        assert uow.outages.get("outage-9") is None
        assert list(uow.outages.inside(Span(NOW, NOW + 2 * HOUR), [ZONE])) == [OUTAGE, later]
        assert list(uow.outages.inside(Span(NOW, NOW + 2 * HOUR), [OTHER_ZONE])) == [later]
        assert list(uow.outages.inside(Span(NOW - HOUR, NOW), [ZONE])) == []
        assert list(uow.outages.of_station(COMMUNE, limit=1)) == [later]

    with store.writing() as uow:
        uow.outages.put(replace(OUTAGE, ended_at=NOW + MINUTE, ended_by=OFFICER))
        uow.commit()

    with store.reading() as uow:
        assert list(uow.outages.inside(Span(NOW + 2 * MINUTE, NOW + 3 * MINUTE), [ZONE])) == []


def test_alarms_are_open_until_they_ended(store: Store) -> None:
    first = replace(ALARM, id="alarm-0", unit=None, subjects=(), began=NOW - HOUR)
    with store.writing() as uow:
        uow.alarms.put(ALARM)
        uow.alarms.put(first)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.alarms.open()) == [first, ALARM]
        assert uow.alarms.get("alarm-9") is None

    over = replace(ALARM, ended=NOW + HOUR, well_since=NOW + HOUR, seen_by=OFFICER, seen_at=NOW)
    with store.writing() as uow:
        uow.alarms.put(over)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.alarms.open()) == [first]
        assert uow.alarms.get(ALARM.id) == over
        assert list(uow.alarms.ended(since=NOW + HOUR)) == [over]
        assert list(uow.alarms.ended(since=NOW + 2 * HOUR)) == []


def test_a_digest_is_kept_once_for_each_unit_and_session_as_it_was_made_first(store: Store) -> None:
    with store.writing() as uow:
        assert uow.digests.add(DIGEST)
        assert uow.digests.add(SUMMARY)
        assert not uow.digests.add(replace(DIGEST, made_at=NOW + HOUR, lines=()))
        uow.commit()

    with store.reading() as uow:
        assert uow.digests.get(COMMUNE, DIGEST.key) == DIGEST
        assert uow.digests.get(COMMUNE, "before-1") is None
        assert list(uow.digests.of_unit(PROVINCE, limit=10)) == [SUMMARY]
        assert uow.digests.keys(since=NOW) == {(COMMUNE, DIGEST.key), (PROVINCE, DIGEST.key)}
        assert uow.digests.keys(since=NOW + 11 * HOUR) == frozenset()


def test_a_digest_waits_for_its_mail(store: Store) -> None:
    with store.writing() as uow:
        uow.digests.add(DIGEST)
        uow.commit()
    with store.reading() as uow:
        assert list(uow.digests.unmailed([COMMUNE], since=NOW)) == [DIGEST]
        assert list(uow.digests.unmailed([PROVINCE], since=NOW)) == []
        assert list(uow.digests.unmailed([COMMUNE], since=NOW + MINUTE)) == []

    with store.writing() as uow:
        uow.digests.mailed(COMMUNE, DIGEST.key, NOW + MINUTE)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.digests.unmailed([COMMUNE], since=NOW)) == []
        assert uow.digests.get(COMMUNE, DIGEST.key) == replace(DIGEST, mailed_at=NOW + MINUTE)


def test_digests_of_sessions_long_past_are_forgotten(store: Store) -> None:
    later = replace(DIGEST, key="evening-2026-11-25", starts=DIGEST.starts + 24 * HOUR)
    with store.writing() as uow:
        uow.digests.add(DIGEST)
        uow.digests.add(later)
        uow.digests.forget(before=later.starts)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.digests.of_unit(COMMUNE, limit=10)) == [later]
