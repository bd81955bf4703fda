"""What every store promises of PINs, one-time links and approvals outside the system."""

from dataclasses import replace
from datetime import timedelta

from schedules.ids import PersonId, Sha256
from schedules.times import DAY
from server.approving_records import ApprovalLink, ApproverPin, LinkState, Matter, Means, OutsideApproval, OutsideState
from server.ports import Store
from server.values import ApprovalWay
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOTICE, NOW, OFFICER, SLOT

LINK = ApprovalLink(
    id="link-1",
    token_sha256="a" * 64,
    matter=Matter(NOTICE),
    seen=frozenset({"b" * 64, "c" * 64}),
    approver=OFFICER,
    asked_by=OFFICER,
    asked_at=NOW,
    expires_at=NOW + timedelta(hours=24),
)
PIN = ApproverPin(person=OFFICER, pin_hash="hash", set_at=NOW)


def test_a_pin_is_kept_and_replaced(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.approving.put_pin(PIN)
        uow.approving.put_pin(replace(PIN, wrong=3))
        uow.commit()

    with store.reading() as uow:
        assert uow.approving.pin(OFFICER) == replace(PIN, wrong=3)


def test_a_link_is_found_by_its_token_and_by_its_matter(store: Store) -> None:
    used = replace(LINK, id="link-0", token_sha256="d" * 64, state=LinkState.USED, tries=1, settled_at=NOW)
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.approving.put_link(replace(used, state=LinkState.OPEN, settled_at=None))
        uow.approving.put_link(used)
        uow.approving.put_link(LINK)
        uow.commit()

    with store.reading() as uow:
        assert uow.approving.link("a" * 64) == LINK
        assert uow.approving.link("0" * 64) is None
        assert list(uow.approving.links_of(Matter(NOTICE))) == [LINK, used]
        assert list(uow.approving.links_of(Matter(NOTICE, is_template=True))) == []
        assert list(uow.approving.links_between(OFFICER, OFFICER)) == [LINK, used]
        assert list(uow.approving.links_between(OFFICER, PersonId("another"))) == []
        assert list(uow.approving.links_between(PersonId("another"), OFFICER)) == []
        assert uow.approving.links_asked(OFFICER, since=NOW) == 2
        assert uow.approving.links_asked(OFFICER, since=NOW + timedelta(seconds=1)) == 0


def test_an_approval_keeps_its_way_and_the_words_that_were_read(store: Store) -> None:
    by_link = replace(samples.RELEASE, way=ApprovalWay.LINK, texts={"vi": "Kính thưa bà con"})
    with store.writing() as uow:
        uow.programmes.add_approval(by_link)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.programmes.approvals_of(SLOT)) == [by_link]


CLAIM = OutsideApproval(
    id="claim-1",
    matter=Matter(NOTICE),
    unit=COMMUNE,
    title="Tạm ngừng cấp điện",
    version=3,
    records=("a" * 64, "b" * 64),
    approver=OFFICER,
    approved_at=NOW - timedelta(hours=2),
    means=Means.PAPER,
    document="15/UBND",
    paper=Sha256("c" * 64),
    entered_by=OFFICER,
    entered_at=NOW,
)


def test_an_approval_outside_the_system_is_found_while_it_waits_and_after(store: Store) -> None:
    later = replace(CLAIM, id="claim-2", means=Means.PHONE, document="", paper=None, entered_at=NOW + DAY)
    settled = replace(CLAIM, state=OutsideState.REFUSED, settled_at=NOW + DAY, note="Không duyệt")
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.approving.put_outside(later)
        uow.approving.put_outside(CLAIM)
        both = list(uow.approving.outside_waiting())
        uow.approving.put_outside(settled)
        uow.commit()

    with store.reading() as uow:
        assert both == [CLAIM, later]
        assert uow.approving.outside("claim-1") == settled
        assert uow.approving.outside("claim-3") is None
        assert list(uow.approving.outside_waiting()) == [later]
        assert list(uow.approving.outside_of(Matter(NOTICE))) == [later, settled]
        assert list(uow.approving.outside_in([COMMUNE], limit=9)) == [later, settled]
        assert list(uow.approving.outside_in([COMMUNE], limit=1)) == [later]
        assert not uow.approving.outside_in([], limit=9)


def test_what_is_about_a_session_template_is_found_by_it(store: Store) -> None:
    session = Matter(samples.MORNING.template.id, is_template=True)
    link, claim = replace(LINK, matter=session), replace(CLAIM, matter=session)
    with store.writing() as uow:
        uow.programmes.put_template(samples.MORNING, expected_version=0)
        uow.approving.put_link(link)
        uow.approving.put_outside(claim)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.approving.links_of(session)) == [link]
        assert list(uow.approving.outside_of(session)) == [claim]
        assert uow.approving.link(link.token_sha256) == link
        assert list(uow.approving.outside_of(Matter(samples.MORNING.template.id))) == []


def test_a_paper_is_kept_by_its_sum(store: Store) -> None:
    with store.writing() as uow:
        uow.approving.put_paper(Sha256("c" * 64), b"\xff\xd8\xff")
        uow.approving.put_paper(Sha256("c" * 64), b"\xff\xd8\xff")
        uow.commit()

    with store.reading() as uow:
        assert uow.approving.paper(Sha256("c" * 64)) == b"\xff\xd8\xff"
        assert uow.approving.paper(Sha256("d" * 64)) is None
