"""Every row of evidence becomes a leaf, whoever writes it; and what was there before is counted."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from schedules.chain import canonical_bytes
from schedules.ledger import ENTRY, IN_FORCE, Leaf, LeafKind, StoredRow, row_bytes, sum_of
from schedules.mark import MarkKind
from schedules.times import instant_of
from server.store import SqlStore, open_store
from server.store.covered import BY_ROW, every_table
from server.store.engine import open_engine, writing
from server.store.ledger_rows import stored_rows
from server.store.rows import (
    AlarmRow,
    AnyRow,
    ApiTokenRow,
    ApiWriteRow,
    ApprovalLinkRow,
    ApproverPinRow,
    AssignmentMarkRow,
    CampaignRow,
    ContributionRow,
    CoversRow,
    DiagnosticsRow,
    DigestRow,
    FactorRow,
    FaultRow,
    GroupRow,
    HeardRow,
    InForceRecordingRow,
    IssuedRow,
    JournalRow,
    LanguageRow,
    LeaseRow,
    LedgerHeadRow,
    LedgerRow,
    MarkRow,
    OutageRow,
    PresenceRow,
    RenewalRow,
    SeenRow,
    SignedPaperRow,
    SignInRow,
    SlotTargetRow,
    TakeRow,
    TallyRow,
    TreeMarkRow,
    TrustFollowedRow,
    ViewRow,
    ZoneMarkRow,
)
from server.values import ApprovalWay, AuditLine, Role
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, POLE, SLOT, ZONE
from tests.server.store.test_older_regulations import MIGRATIONS, UNIT

OTHERWISE = {HeardRow, IssuedRow, MarkRow, PresenceRow, SeenRow}
"""Made from what a device signed or from a rundown's leaf: those leaves say more than the row."""
NO_EVIDENCE = {
    AlarmRow,  # made from presences; who took note of it is in the audit trail
    ApprovalLinkRow,  # who asked, who entered what and what came of it is in the audit trail
    ApproverPinRow,  # a secret; when it was set is in the audit trail
    ApiTokenRow,  # who made and revoked it is in the audit trail
    ApiWriteRow,  # an answer, kept for a day
    AssignmentMarkRow,  # a counter; what a loudspeaker is told has leaves of its own
    CampaignRow,  # a purpose; what is heard for it are programmes and slots
    ContributionRow,  # no way to the air; who sent and who answered is in the audit trail
    CoversRow,  # how far a report covers, which its leaf says
    DiagnosticsRow,  # what a fault is found by; thrown away when it is old
    DigestRow,  # made from presences
    FaultRow,  # what people note; who opened and ended it is in the audit trail
    FactorRow,  # a secret; when it was set, refused and taken away is in the audit trail
    GroupRow,  # a name for zones; an approval names the zones themselves
    InForceRecordingRow,  # a count over rundowns
    JournalRow,  # how far a journal has no gap, which its entries say
    LanguageRow,
    LeaseRow,  # which process works
    LedgerHeadRow,
    LedgerRow,
    OutageRow,  # explains and judges nothing; who planned and ended it is in the audit trail
    SignedPaperRow,  # named by its sum in the approval it proves
    RenewalRow,  # of a certificate, which is no evidence of a sound
    SignInRow,  # a browser; who signed in when is in the audit trail
    SlotTargetRow,  # an index over slots
    TakeRow,  # a sound on its way; the one that is approved is in the programme
    TallyRow,  # counted from entries and rundowns, and at any time again
    TreeMarkRow,
    TrustFollowedRow,
    ViewRow,  # what somebody likes to look at
    ZoneMarkRow,
}


@pytest.fixture
def store(database: SqlStore) -> SqlStore:
    samples.founded(database)
    return database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


def leaves(store: SqlStore, after: int = 0) -> list[Leaf]:
    with store.reading() as uow:
        return list(uow.ledger.leaves(after=after, limit=1000))


def rows(engine: Engine) -> list[StoredRow]:
    with engine.connect() as connection:
        return list(stored_rows(connection))


def test_every_table_is_evidence_or_said_not_to_be() -> None:
    known = {each.row for each in every_table()} | OTHERWISE | NO_EVIDENCE

    assert {mapper.class_ for mapper in AnyRow.registry.mappers} == known


def test_every_kind_of_row_has_one_table() -> None:
    kinds = [each.kind for each in every_table()]

    assert len(kinds) == len(set(kinds))
    assert set(BY_ROW) == {each.row for each in every_table() if each.kind not in ("rundown", "planned")}


def test_each_row_written_is_a_leaf_with_the_time_of_its_transaction(store: SqlStore) -> None:
    before = len(leaves(store))

    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.audit.add(AuditLine(at=NOW, by=OFFICER, action="person.added", subject="x", unit=COMMUNE))
        uow.commit()

    person, line = leaves(store, before)
    assert (person.kind, person.subject, person.at) == ("person", OFFICER, NOW)
    assert (line.kind, line.at) == ("audit", NOW)
    assert json.loads(person.data)["roles"] == ["editor", "officer"]
    assert "argon2id" not in person.data.decode()


def test_an_approvals_leaf_says_by_which_way_it_came_and_an_earlier_ones_is_as_it_was(store: SqlStore) -> None:
    with store.writing() as uow:
        uow.programmes.add_approval(samples.RELEASE)
        uow.programmes.add_approval(replace(samples.RELEASE, way=ApprovalWay.LINK))
        uow.commit()

    desk, by_link = (leaf.data for leaf in leaves(store) if leaf.kind == LeafKind.APPROVAL)
    assert b'"way"' not in desk
    assert b'"way":"link"' in by_link


def test_a_change_is_a_leaf_and_no_change_is_none(store: SqlStore) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.commit()
    before = len(leaves(store))

    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.people.put(replace(samples.PEOPLE, roles=frozenset({Role.ADMINISTRATOR})))
        uow.people.put(replace(samples.PEOPLE, roles=frozenset({Role.ADMINISTRATOR}), password_hash="another"))
        uow.commit()

    roles, password = leaves(store, before)
    assert json.loads(roles.data)["roles"] == ["administrator"]
    assert roles.data != password.data


def test_a_rundown_leaves_what_is_kept_of_it_and_what_it_no_longer_holds(store: SqlStore, engine: Engine) -> None:
    first, second = samples.item("first", NOW + MINUTE), samples.item("second", NOW + 2 * MINUTE)
    before = len(leaves(store))

    with store.writing() as uow:
        samples.settle(uow, samples.issued(7, first))
        uow.commit()
    with store.writing() as uow:
        samples.settle(uow, samples.issued(8, second))
        uow.commit()

    earlier, later = leaves(store, before)
    kept, gone = later.data.split(b"\n")
    assert earlier.subject == f"{ZONE}/7"
    assert json.loads(kept)["withdrawn"] == [first.occurrence]
    assert json.loads(gone)["title"] == first.title
    here = {(row.kind, row.subject): row.data for row in rows(engine)}
    assert here["rundown", f"{ZONE}/8"] == kept
    assert here["planned", f"{ZONE}/{first.occurrence}"] == gone
    assert here[IN_FORCE, ZONE] == samples.issued(8, second).envelope


def test_every_row_reads_back_as_its_leaf_says(store: SqlStore, engine: Engine) -> None:
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.programmes.put_slot(samples.SLOTTED, expected_version=0)
        uow.programmes.put_template(samples.MORNING, expected_version=0)
        uow.programmes.add_approval(samples.RELEASE)
        uow.people.put(samples.PEOPLE)
        uow.issue.put_silence(samples.order(3))
        uow.places.put_succession(samples.SUCCESSION)
        uow.issue.add_trust_list(1, b"list")
        uow.audit.add(AuditLine(at=NOW, by=None, action="a", subject=SLOT, unit=None, details={"at": NOW, "n": 1.5}))
        uow.commit()

    said = {(leaf.kind, leaf.subject): leaf.data for leaf in leaves(store)}
    here = {(row.kind, row.subject): row.data for row in rows(engine)}
    assert here.keys() == said.keys() - {("begun", "")}
    assert all(said[key] == data for key, data in here.items())


def test_what_loudspeakers_said_is_a_row_by_what_names_it(store: SqlStore, engine: Engine) -> None:
    (entry,) = samples.chain(1)
    mark = samples.mark(MarkKind.HOURLY, entry)
    with store.writing() as uow:
        uow.evidence.insert_heard([samples.heard(entry)])
        uow.evidence.insert_marks([samples.kept_mark(mark)])
        uow.evidence.put_presence(POLE, samples.presence(1), NOW)
        uow.evidence.put_receipt(POLE, samples.receipt(7), NOW)
        uow.commit()

    here = {(row.kind, row.subject): row.data for row in rows(engine)}
    received = f"\n{NOW.isoformat()}".encode()
    assert here[ENTRY, f"{POLE}/{entry.journal}/1/{entry.hash}"] == canonical_bytes(entry) + received
    assert here[ENTRY, f"{POLE}/{entry.journal}/2/{mark.hash}"] == canonical_bytes(mark) + received
    assert next(subject for kind, subject in here if kind == "presence").startswith(f"{POLE}/{NOW.isoformat()}/")
    assert ("receipt", POLE) in here


def test_an_older_database_begins_its_ledger_with_what_it_has(bare_url: str) -> None:
    engine = open_engine(bare_url)
    with writing(engine).begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0019")
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO audit (id, at, action, subject, details) "
                    "VALUES (:id, '2026-11-23 01:02:03.456000+00:00', 'a', 'b', '{}')"
                ),
                {"id": number},
            )
        connection.execute(text(UNIT))
    engine.dispose()

    store = open_store(bare_url)
    begun, unit = leaves(store)
    open_store(bare_url).close()

    line = {"at": instant_of("2026-11-23T01:02:03.456Z"), "action": "a", "subject": "b"}
    summed = ""
    for number in (1, 2):
        summed = sum_of(summed, StoredRow("audit", str(number), row_bytes({"id": number, **line})))
    assert (begun.number, begun.kind, begun.at) == (1, LeafKind.BEGUN, None)
    assert json.loads(begun.data) == {"audit": [2, summed]}
    assert (unit.kind, unit.subject) == ("unit", "son-ha")
    assert leaves(store) == [begun, unit]
    store.close()
