"""A regulation stored by an earlier release: what it permitted then, it permits after the upgrade."""

import json
from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from server.store import open_store
from server.store.engine import open_engine, writing

MIGRATIONS = Path(__file__).parents[3] / "server" / "store" / "migrations"
SESSIONS = [
    {"session": "morning", "earliest": "05:00:00", "latest": "06:30:00", "max_minutes": 60, "weekdays": [0, 1, 2]},
    {"session": "noon", "earliest": "11:00:00", "latest": "11:30:00", "max_minutes": 15, "weekdays": [0]},
]
UNIT = """
    INSERT INTO units (id, code, name, level, successors, machine_voice)
    VALUES ('son-ha', '', 'Xã Sơn Hà', 'commune', '[]', false)
"""
REGULATION = """
    INSERT INTO regulations
        (station, number, signed_on, signer, valid_from, time_zone, sessions, max_minutes_a_day, kinds, volume)
    VALUES ('son-ha', '1', '2026-01-01', '', '2026-01-01', 'Asia/Ho_Chi_Minh', :sessions, 120, :kinds, '[]')
"""
MONDAY = date(2026, 11, 23)


def test_hours_stored_before_there_were_decisions_are_read_as_they_were(bare_url: str) -> None:
    engine = open_engine(bare_url)
    with writing(engine).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0005")
        connection.execute(text(UNIT))
        connection.execute(text(REGULATION), {"sessions": json.dumps(SESSIONS), "kinds": json.dumps(["notice"])})
    engine.dispose()

    store = open_store(bare_url)
    with store.reading() as uow:
        (regulation,) = uow.places.regulations()
    store.close()

    assert len(regulation.windows(MONDAY)) == 2
    assert regulation.sessions[0].min_minutes is None
    assert (regulation.document, regulation.min_minutes_a_day, regulation.sessions_a_day) == ("", None, None)
    assert (regulation.languages, regulation.openings, regulation.suspensions) == ((), (), ())
