"""The page with the code: who sees it, what stands on it, and what becomes of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from schedules.ids import LoudspeakerId
from schedules.wire.enrolment_code import code_of, grouped, secret_of
from server.device_records import WRONG_CODES, Enrolment, Reach
from server.errors import NotAllowed
from server.services import certifying, enrolment
from server.services.certifying import Desk
from tests.fakes.certificates import FakeCertificates
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.device import NewDevice, by_scanning, trust_list
from tests.server.web.commune import ADMINISTRATOR, APPROVER, INSPECTOR, NEIGHBOUR, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
PAGE = "loudspeakers/loa-2/enrolment"
SPEAKER = LoudspeakerId("loa-2")


@pytest.fixture(autouse=True)
def sealing(store: FakeStore) -> FakeSealing:
    """A centre whose keys are drawn."""
    keys = FakeSealing()
    with store.writing() as uow:
        uow.issue.add_trust_list(1, trust_list(keys))
        uow.commit()
    return keys


def newest(store: FakeStore) -> Enrolment:
    with store.reading() as uow:
        found = uow.enrolments.newest(SPEAKER)
    assert found is not None
    return found


def without_device(store: FakeStore) -> None:
    with store.writing() as uow:
        speaker = uow.places.loudspeaker(SPEAKER)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, public_key=""))
        uow.commit()


def test_a_loudspeaker_without_a_device_leads_its_technician_to_the_code(visit: Visit, store: FakeStore) -> None:
    without_device(store)

    assert "Khai báo thiết bị" in visit(TECHNICIAN).reads("loudspeakers/loa-2")
    assert "Khai báo thiết bị" not in visit(OFFICER).reads("loudspeakers/loa-2")


def test_the_page_has_all_that_is_scanned_and_all_that_is_typed(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)

    technician.sends(f"/stations/son-ha/{PAGE}")
    html = technician.opens(f"/stations/son-ha/{PAGE}").text

    code = newest(store)
    text = re.search(r"commune-radio:enrol\?[^<]+", html)
    assert text is not None
    read = code_of(text[0].replace("&amp;", "&"))
    assert (read.enrolment, read.secret, read.server) == (code.id, code.secret, "http://localhost")
    assert grouped(read.roots) in html
    secret = re.search(r"([0-9A-HJKMNP-TV-Z]{4} ){3}[0-9A-HJKMNP-TV-Z]{4}", html)
    assert secret is not None
    assert secret_of(secret[0]) == code.typed_secret
    assert 'viewBox="' in html[html.index('class="scanned"') :]
    assert "đang chờ thiết bị" in html


def test_devices_reach_the_centre_where_its_settings_say(visit: Visit, app: Flask) -> None:
    centre = app.extensions["centre"]
    app.extensions["centre"] = replace(centre, server="https://radio.example.vn/")
    technician = visit(TECHNICIAN)

    technician.sends(f"/stations/son-ha/{PAGE}")

    assert "server=https://radio.example.vn&" in technician.reads(PAGE).replace("&amp;", "&")


@pytest.mark.parametrize("account", [OFFICER, APPROVER, INSPECTOR])
def test_nobody_else_of_the_station_sees_or_makes_one(visit: Visit, store: FakeStore, account: Account) -> None:
    visitor = visit(account)

    assert visitor.opens(f"/stations/son-ha/{PAGE}").status_code == 403
    assert visitor.opens(f"/stations/son-ha/{PAGE}/live").status_code == 403
    assert visitor.sends(f"/stations/son-ha/{PAGE}").status_code == 403
    assert store.kept.devices.enrolments == {}


def test_a_neighbour_and_a_stranger_do_not_get_there(visit: Visit, stranger: Visitor) -> None:
    assert visit(NEIGHBOUR).opens(f"/stations/son-ha/{PAGE}").status_code == 404
    assert stranger.opens(f"/stations/son-ha/{PAGE}").status_code == 302


def test_an_administrator_may(visit: Visit, store: FakeStore) -> None:
    assert visit(ADMINISTRATOR).sends(f"/stations/son-ha/{PAGE}").status_code in (200, 302)
    assert newest(store).opened_by == ADMINISTRATOR.login


def test_the_page_follows_what_becomes_of_the_code(
    visit: Visit, store: FakeStore, clock: FakeClock, sealing: FakeSealing
) -> None:
    technician = visit(TECHNICIAN)
    technician.sends(f"/stations/son-ha/{PAGE}")
    code, new = newest(store), NewDevice()
    live = f"/stations/son-ha/{PAGE}/live?was=open"
    request = new.asks(code.id)

    clock.advance(timedelta(seconds=90))
    with pytest.raises(NotAllowed):
        enrolment.ask(store, clock, code.id, request, proven="")
    waiting = technician.opens(live)
    enrolment.ask(store, clock, code.id, request, proven=by_scanning(code, request))
    asked = technician.opens(live)
    asked_page = technician.reads(PAGE)
    certifying.answer_due(
        store, clock, Desk(sealing, FakeCertificates(), Reach(broker_host="broker", broker_port=8883))
    )
    done = technician.reads(PAGE)

    assert "HX-Refresh" not in waiting.headers
    assert "13" in waiting.text
    assert "Đã có 1 lần nhập sai mã này." in waiting.text
    assert asked.headers["HX-Refresh"] == "true"
    assert "thiết bị đã gửi yêu cầu" in asked_page
    assert "commune-radio:enrol" not in asked_page
    assert "Đã khai báo xong" in done
    assert new.id in done
    assert "Chứng thư đến" in done


def test_a_code_that_serves_nobody_any_more_says_why(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    technician = visit(TECHNICIAN)
    technician.sends(f"/stations/son-ha/{PAGE}")
    code = newest(store)
    for _ in range(WRONG_CODES):
        with pytest.raises(NotAllowed):
            enrolment.ask(store, clock, code.id, b"", proven="")
    burnt = technician.reads(PAGE)
    clock.advance(timedelta(minutes=1))
    technician.sends(f"/stations/son-ha/{PAGE}")
    clock.advance(timedelta(minutes=15))
    expired = technician.reads(PAGE)

    assert "bị huỷ vì sai quá nhiều lần" in burnt
    assert "đã hết hạn" in expired
    assert "commune-radio:enrol" not in burnt + expired
