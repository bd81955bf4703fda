"""After a morning the ledger holds what the database says, on either database; and a row changed by hand is named."""

from zoneinfo import ZoneInfo

from sqlalchemy import text

from server.sealing import OnlineSealing
from server.services.ledger import sign_head
from server.store.engine import open_engine
from server.store.ledger_source import open_ledger
from server.verification import Verdict, verify
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import in_the_morning
from tests.journeys.world import World

pytestmark = on_both_databases


def verified(address: str) -> Verdict:
    with open_ledger(address) as source:
        return verify(source, [], processes=1)


def test_a_morning_verifies_until_a_row_is_changed_by_hand(world: World, address: str) -> None:
    notice = world.airs("Bản tin", in_the_morning())
    world.until("08:00")
    sign_head(world.store, world.clock, OnlineSealing(world.keys, world.store), ZoneInfo("Asia/Ho_Chi_Minh"))
    before = verified(address)

    engine = open_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE programmes SET title = 'Khác' WHERE id = :notice"), {"notice": notice})
    engine.dispose()

    assert before.findings == ()
    assert before.entries > 0
    assert [(each.code, each.values["subject"]) for each in verified(address).findings] == [
        ("verify.row_altered", notice)
    ]
