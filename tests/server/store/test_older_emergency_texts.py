"""Texts for emergencies stored by an earlier release: who wrote them last is known to have written them."""

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from schedules.wire.codec import written
from server.store import open_store
from server.store.engine import open_engine, writing
from tests.contracts.test_emergencies import TEMPLATE
from tests.server.store.test_older_regulations import MIGRATIONS, UNIT

OLDER = """
    INSERT INTO emergency_templates (id, unit, content, changed_by, changed_at)
    VALUES (:id, 'son-ha', :content, 'officer', '2026-11-23 04:00:00.000000+00:00')
"""


def test_who_wrote_a_text_last_is_kept_as_its_writer(bare_url: str) -> None:
    engine = open_engine(bare_url)
    with writing(engine).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0015")
        connection.execute(text(UNIT))
        connection.execute(text(OLDER), {"id": TEMPLATE.template.id, "content": written(TEMPLATE.template)})
    engine.dispose()

    store = open_store(bare_url)
    with store.reading() as uow:
        (known,) = uow.emergencies.templates()
    store.close()

    assert known.template == TEMPLATE.template
    assert known.written_by == {"officer"}
