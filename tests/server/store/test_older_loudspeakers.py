"""Loudspeakers stored by an earlier release: whose key spoke then speaks after the upgrade."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from schedules.ids import DeviceId, LoudspeakerId
from server.store import open_store
from server.store.engine import open_engine, writing

MIGRATIONS = Path(__file__).parents[3] / "server" / "store" / "migrations"
UNIT = """
    INSERT INTO units (id, code, name, level, successors, machine_voice)
    VALUES ('son-ha', '', 'Xã Sơn Hà', 'commune', '[]', false)
"""
ZONE = """
    INSERT INTO zones (id, station, unit, name, languages, households, residents, tags, stood, moves)
    VALUES ('lang-moi', 'son-ha', 'son-ha', 'Làng Mới', '["vi"]', 0, 0, '[]', '[]', '[]')
"""
LOUDSPEAKER = """
    INSERT INTO loudspeakers (id, zone, name, public_key, kind, clusters, horns, volume, since, retired_at)
    VALUES (:id, 'lang-moi', 'Cổng thôn', :key, 'loudspeaker', 0, 2, 100, '2026-01-02 03:04:05+00:00', :retired)
"""
MARK = "INSERT INTO assignment_marks (loudspeaker, wanted, published) VALUES (:id, 3, 3)"
KEYS = {"a": "11" * 32, "b": "22" * 32, "c": ""}


def test_every_loudspeaker_that_had_a_key_has_the_device_that_holds_it(bare_url: str) -> None:
    engine = open_engine(bare_url)
    with writing(engine).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0017")
        connection.execute(text(UNIT))
        connection.execute(text(ZONE))
        for name, key in KEYS.items():
            retired = "2026-05-06 07:08:09+00:00" if name == "b" else None
            connection.execute(text(LOUDSPEAKER), {"id": name, "key": key, "retired": retired})
            connection.execute(text(MARK), {"id": name})
    engine.dispose()

    store = open_store(bare_url)
    with store.reading() as uow:
        devices = {each.loudspeaker: each for each in uow.devices.all()}
        numbers = list(uow.issue.assignment_numbers())
    store.close()

    assert set(devices) == {"a", "b"}
    kept = devices[LoudspeakerId("a")]
    assert kept.id == DeviceId(sha256(bytes.fromhex(KEYS["a"])).hexdigest()[:16])
    assert (kept.public_key, kept.enrolled_at) == (KEYS["a"], datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert (kept.retired_at, kept.enrolled_by, kept.certificate_serial, kept.last_heads) == (None, None, "", {})
    assert devices[LoudspeakerId("b")].retired_at == datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert numbers == [(LoudspeakerId(name), 4, 3) for name in KEYS]  # each is told anew which device is its
