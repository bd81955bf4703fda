"""What was approved is what sounds, by the pages: every one that writes is classed here, and does what its class says.

A new page that writes has to be given its class before anything else: may it touch what was approved, and what then?
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask

from schedules.ids import ProgrammeId, SlotId, ZoneId
from schedules.slot import Slot
from server.services import issuing
from server.values import StoredApproval
from server.web.filled import fields_of_slot
from server.web.template_form import fields_of
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MORNING,
    MORNING_NOTICES,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor
from tests.server.web.morning import TITLE, a_notice, approves, brings_a_sound, submits, the_programme, version_of

Visit = Callable[[Account], Visitor]

VOIDS = {
    "notices.change",
    "parts.add",
    "parts.change",
    "parts.move",
    "parts.remove",
    "slots.change",
    "week.move",
    "takes.add",
    "takes.remove",
    "templates.change",
}
"""Change what was approved: it leaves the rundown at once, and waits for an approver."""

TAKES_AWAY = {"outside_approvals.refuse", "programmes.withdraw", "slots.remove", "slots.cancel"}
"""Only take away of what was approved; nothing comes of it that was not approved."""

MAKES_ANEW = {"contribution_desk.accept", "notices.create", "slots.add", "templates.new", "week.copy"}
"""Make something beside it, which needs an approval of its own."""

RELEASES = {"approvals.approve", "approvals.approve_session", "phone_approval.approve"}
"""An approver's, and nobody else's: signed in, or with a token and a PIN."""

CLAIMS = {"outside_approvals.enter", "outside_approvals.enter_for_session"}
"""Releases in the name of an approver who confirms it later, where the regulation has an article for it: not here."""

CHOOSES_AMONG_APPROVED = {
    "inbox.accept": "a station says yes to exactly the record that was approved",
    "inbox.refuse": "and no",
    "substitutions.choose": "another language of those that were approved",
    "templates.drop": "only what nobody ever approved",
    "ordering.order": "which of two that were approved goes first",
    "place_order.order": "which of those that were approved for a place comes first: no part of what is released",
    "campaigns.put_in": "which programmes, released for places themselves, a rule that was approved takes",
    "campaigns.take_out": "the same",
    "campaigns.edit": "when the rule takes them",
    "campaigns.start": "the same",
    "campaigns.end": "the same",
    "units.change_group": "what a target means: it may grow, and then waits for a supplementary approval",
    "units.remove_group": "a group in use is not removed",
    "units.merge": "where zones belong from a day on; templates made of it wait for approval",
    "units.split": "the same",
    "units.agree": "the same, by a second person",
    "units.refuse": "the same",
    "regulation.propose": "hours only: what lies outside is not planned",
    "regulation.open_session": "the same",
    "regulation.suspend": "the same",
    "regulation.ask": "an override names the record",
    "regulation.accept": "the same, by a second person",
    "regulation.refuse": "the same",
    "silence.order": "nothing sounds",
    "silence.lift": "what was approved sounds again",
    "programmes.machine_voice": "what may be submitted and approved, not what was",
    "programmes.submit": "hands over to the approver",
    "approvals.send_back": "hands back to the author",
    "approvals.send_back_session": "the same of a session template that sounds nowhere",
    "approval_links.make": "asks an approver, who approves what waits or nothing",
    "approval_links.make_for_session": "the same",
    "phone_approval.send_back": "hands back to the author, with a token and a PIN",
    "takes.cancel": "ends a sound that is not part of anything yet",
}
"""May decide when or where something approved is heard, and never what."""

TOUCHES_NO_RECORD = {
    "account.approver_pin",
    "outside_approvals.confirm",
    "account.choose_contrast",
    "account.choose_language",
    "account.new_password",
    "account.news_read",
    "account.sign_in",
    "account.sign_out",
    "accounts.add",
    "api_tokens.make",
    "api_tokens.revoke",
    "accounts.agree",
    "accounts.call_off",
    "accounts.change",
    "accounts.factor",
    "accounts.password",
    "accounts.sign_out",
    "break_glass.begin",
    "browsers.end",
    "browsers.end_all",
    "causes.seen",
    "break_glass.review",
    "break_glass.stop",
    "campaigns.new",
    "contribution_desk.decline",
    "contributions.mine",
    "delegations.end",
    "delegations.give",
    "emergencies.ask",
    "emergencies.before_the_click",
    "emergencies.cancel",
    "emergencies.confirm",
    "emergencies.refuse",
    "emergency_settings.approve",
    "emergency_settings.end",
    "emergency_settings.give",
    "emergency_settings.texts",
    "emergency_settings.watch",
    "exercises.approve",
    "exercises.before_the_click",
    "exercises.end",
    "exercises.order",
    "exercises.words",
    "first_day.end",
    "inspection.save",
    "languages.keep",
    "languages.remove",
    "notices.foresee",
    "outages.end",
    "outages.plan",
    "regulation.foresee",
    "second_factor.ask",
    "second_factor.confirm",
    "second_factor.draw",
    "second_factor.remove",
    "second_factor.renew",
    "templates.foresee",
    "units.make_group",
    "week.foresee",
}
"""Have nothing to do with programmes, slots and templates: accounts, emergencies in their own lane, previews,
power cuts that explain a silence."""

OTHER_BUSINESS = {"agent_door", "commands", "enrolment", "fleet_import", "faults", "positions", "upkeep", "zones"}
"""Screens with no business among programmes: devices that enrol, loudspeakers, their faults, commands to them, zones. A
zone that is new in a target waits for a supplementary approval."""

CLASSES = (VOIDS, TAKES_AWAY, MAKES_ANEW, RELEASES, CLAIMS, set(CHOOSES_AMONG_APPROVED), TOUCHES_NO_RECORD)
HARMLESS = sorted({*CLAIMS, *CHOOSES_AMONG_APPROVED, *TOUCHES_NO_RECORD})


def writing(app: Flask) -> set[str]:
    """Give every endpoint of the application that may write."""
    harmless = {"GET", "HEAD", "OPTIONS"}
    return {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - harmless}


def test_every_page_that_writes_has_its_class(app: Flask) -> None:
    classed = [endpoint for each in CLASSES for endpoint in each]

    assert sorted(classed) == sorted(each for each in writing(app) if each.partition(".")[0] not in OTHER_BUSINESS)


@dataclass
class Morning:
    """An approved notice in the morning's and evening's notices of two zones, and everybody's browser."""

    store: FakeStore
    clock: FakeClock
    visit: Visit
    programme: ProgrammeId

    def heard(self) -> set[ZoneId]:
        """Give where it is planned, planning what is wanted."""
        issuing.issue_wanted(self.store, self.clock, FakeSealing())
        with self.store.reading() as uow:
            issued = [uow.issue.issued(zone.id) for zone in uow.places.zones()]
        return {
            each.rundown.zone
            for each in issued
            if each is not None and any(item.programme == self.programme for item in each.rundown.items)
        }

    def everything(self) -> set[str]:
        """Give the titles of all that is planned at its zones."""
        self.heard()
        with self.store.reading() as uow:
            issued = [uow.issue.issued(zone) for zone in (LANG_MOI, GO_SIM)]
        return {item.title for each in issued if each is not None for item in each.rundown.items}

    def slot(self) -> Slot:
        """Give its slot."""
        with self.store.reading() as uow:
            return next(each.slot for each in uow.programmes.slots_of(self.programme))

    def approvals(self) -> list[StoredApproval]:
        """Give every approval there is."""
        with self.store.reading() as uow:
            return list(uow.programmes.approvals())

    def version(self) -> int:
        """Give the version the form of the programme holds."""
        return version_of(self.store, self.programme)


@pytest.fixture
def morning(visit: Visit, store: FakeStore, clock: FakeClock) -> Morning:
    programme = submits(visit(OFFICER), store)
    approves(visit(APPROVER), programme)
    made = Morning(store, clock, visit, programme)
    assert made.heard() == {LANG_MOI, GO_SIM}
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Tên khác"},
        {"text": "Lời khác"},
        {"kind": "feature"},
        {"level": "2"},
        {"times_read": "3"},
        {"requested_by": "UBND xã"},
        {"document": "Thông báo số 219"},
        {"topic": "Điện"},
        {"valid_day": "30/11/2026"},
        {"for_places": "1"},
        {"language": "hre", "text": "Hrê", "text_vi": "Lời"},
        {"places": [MORNING_NOTICES]},
        {"first_day": "24/11/2026"},
        {"last_day": "25/11/2026"},
        {"again": "1", "places": [MORNING_NOTICES], "last_day": "23/11/2026"},
        {"place_repeat": "weekly", "place_weekdays": ["0", "1"]},
        {"place_holidays": "not"},
        {"catch_up": "skip"},
        {"interrupted": "resume"},
    ],
    ids=str,
)
def test_a_field_of_the_notices_form_that_is_changed_voids_it(morning: Morning, changes: dict[str, object]) -> None:
    answer = morning.visit(OFFICER).sends(
        f"notices/{morning.programme}", act="keep", **a_notice(**{"version": morning.version(), **changes})
    )

    assert answer.status_code == 200
    assert morning.heard() == set()


def test_what_was_changed_waits_on_the_approvers_page_once_it_is_submitted(morning: Morning) -> None:
    form = a_notice(version=morning.version(), title="Tên khác")

    morning.visit(OFFICER).sends(f"notices/{morning.programme}", act="submit", **form)

    assert "Tên khác" in morning.visit(APPROVER).reads("approvals")
    approves(morning.visit(APPROVER), morning.programme)
    assert morning.heard() == {LANG_MOI, GO_SIM}


def test_a_form_sent_back_unchanged_leaves_it_approved(morning: Morning) -> None:
    form = a_notice(version=morning.version())

    morning.visit(OFFICER).sends(f"notices/{morning.programme}", act="keep", **form)

    assert morning.heard() == {LANG_MOI, GO_SIM}
    assert TITLE not in morning.visit(APPROVER).reads("approvals")


def form_of_slot(morning: Morning, **changes: object) -> dict[str, object]:
    slot = morning.slot()
    fields = fields_of_slot(slot)
    return {**{name: fields.getlist(name) for name in fields}, "version": str(slot.version), **changes}


def test_another_time_voids_it_waits_at_once_and_the_old_time_is_approved_still(morning: Morning) -> None:
    officer = morning.visit(OFFICER)
    address = f"programmes/{morning.programme}/slots/{morning.slot().id}"
    before = form_of_slot(morning)

    officer.sends(address, **form_of_slot(morning, last_day="26/11/2026"))
    changed, waiting = morning.heard(), morning.visit(APPROVER).reads("approvals")
    officer.sends(address, **{**before, "version": str(morning.slot().version)})

    assert changed == set()
    assert TITLE in waiting
    assert morning.heard() == {LANG_MOI, GO_SIM}
    assert TITLE not in morning.visit(APPROVER).reads("approvals")


def test_an_item_moved_on_the_week_is_void_and_moved_back_is_approved_still(morning: Morning) -> None:
    officer = morning.visit(OFFICER)
    address = f"programmes/{morning.programme}/slots/{morning.slot().id}"
    officer.sends(address, **form_of_slot(morning, last_day="23/11/2026"))
    approves(morning.visit(APPROVER), morning.programme)
    kept, slot = morning.heard(), morning.slot()

    officer.sends("week/move", slot=slot.id, version=slot.version, of="23/11/2026", to="25/11/2026")
    moved = morning.heard()
    officer.sends("week/move", slot=slot.id, version=slot.version + 1, of="25/11/2026", to="23/11/2026")

    assert (kept, moved) == ({LANG_MOI, GO_SIM}, set())
    assert morning.heard() == {LANG_MOI, GO_SIM}


def test_another_sound_voids_it(morning: Morning) -> None:
    brings_a_sound(morning.visit(OFFICER), morning.programme)

    assert morning.heard() == set()


def test_a_sound_taken_out_voids_it(morning: Morning) -> None:
    morning.visit(OFFICER).sends(f"programmes/{morning.programme}/sounds/vi/remove", version=morning.version())

    assert morning.heard() == set()


def test_a_changed_template_voids_all_that_stands_in_it(morning: Morning) -> None:
    with morning.store.reading() as uow:
        template = next(each.template for each in uow.programmes.templates() if each.template.id == MORNING)
    fields = fields_of(template)
    form = {**{name: fields.getlist(name) for name in fields}, "version": template.version, "act": "save"}

    morning.visit(OFFICER).sends(f"templates/{MORNING}", **{**form, "name": "Buổi sớm"})

    assert "Thời sự VOV1" not in morning.everything()
    assert "Buổi sớm" in morning.visit(APPROVER).reads("approvals")


def test_what_takes_away_leaves_nothing_new(morning: Morning) -> None:
    officer, slot = morning.visit(OFFICER), morning.slot()
    address = f"programmes/{morning.programme}/slots/{slot.id}"

    officer.sends(f"{address}/cancel", version=str(slot.version), day="24/11/2026")
    left = morning.heard()
    officer.sends(f"{address}/remove", version=str(morning.slot().version))
    removed = morning.heard()
    officer.sends(f"programmes/{morning.programme}/withdraw", version=morning.version())

    assert left == {LANG_MOI, GO_SIM}
    assert removed == morning.heard() == set()


def test_what_is_made_beside_it_needs_an_approval_of_its_own(morning: Morning) -> None:
    officer = morning.visit(OFFICER)
    before = morning.everything()

    officer.sends("notices/new", act="keep", **a_notice(title="Mời họp thôn"))
    brings_a_sound(officer, the_programme(morning.store, "Mời họp thôn"))
    officer.sends(f"programmes/{morning.programme}/slots/new", **form_of_slot(morning, last_day="26/11/2026"))
    with morning.store.reading() as uow:
        template = next(each.template for each in uow.programmes.templates() if each.template.id == MORNING)
    fields = fields_of(template)
    form = {**{name: fields.getlist(name) for name in fields}, "act": "save", "name": "Buổi sớm nữa"}
    officer.sends("templates/new", **form)
    officer.sends("week/copy", day="2026-11-23", to="2026-11-30", slot=[morning.slot().id])

    assert morning.everything() == before
    assert TITLE in morning.visit(APPROVER).reads("approvals")


def addresses(app: Flask, morning: Morning, endpoint: str) -> list[str]:
    """Give the addresses of an endpoint, with the ids of what was approved wherever one is asked for."""
    ids = {
        "station_id": SON_HA,
        "unit_id": "quang-ngai",
        "old": SON_HA,
        "programme": morning.programme,
        "slot": morning.slot().id,
        "template": MORNING,
        "language": "vi",
        "tag": "vi",
        "kind": "csv",
    }
    with app.test_request_context():
        found = []
        for rule in app.url_map.iter_rules(endpoint):
            values = {name: ids.get(name, morning.programme) for name in rule.arguments}
            built = rule.build(values)
            assert built is not None
            found.append(built[1])
    return found


@pytest.mark.parametrize("account", [OFFICER, APPROVER, BOTH, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_no_other_page_changes_what_was_approved_whoever_sends_it_whatever(
    app: Flask, morning: Morning, account: Account
) -> None:
    """Each gets the forms of the notice, of its slot and of an approver at once, and minds its own business."""
    everything = {
        **form_of_slot(morning),
        **a_notice(title="Tên khác", text="Lời khác", version=morning.version()),
        "seen": [each.approval.record for each in morning.approvals()],
        "programme": morning.programme,
        "reason": "thử",
        "act": "save",
    }
    before = morning.approvals()
    with morning.store.reading() as uow:
        content, slot = uow.programmes.get(morning.programme), uow.programmes.slot(SlotId(morning.slot().id))
        templates = [each.template for each in uow.programmes.templates()]

    for endpoint in HARMLESS:
        if endpoint in ("account.sign_out", "account.sign_in", "account.new_password", "browsers.end_all"):
            continue
        for address in addresses(app, morning, endpoint):
            visitor = morning.visit(account)
            data = {**everything, "sound": (BytesIO(b"another"), "khac.wav")}
            assert visitor.sends(address, **data).status_code < 500, endpoint

    assert morning.approvals() == before
    with morning.store.reading() as uow:
        after = uow.programmes.get(morning.programme)
        assert content is not None
        assert after is not None
        assert after.programme.variants == content.programme.variants
        assert (after.programme.version, after.programme.title) == (content.programme.version, content.programme.title)
        assert uow.programmes.slot(SlotId(morning.slot().id)) == slot
        assert [each.template for each in uow.programmes.templates()] == templates


@pytest.mark.parametrize("account", [OFFICER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_an_approver_releases(app: Flask, morning: Morning, account: Account) -> None:
    officer = morning.visit(OFFICER)
    officer.sends(f"notices/{morning.programme}", act="submit", **a_notice(version=morning.version(), title="Tên khác"))
    before = morning.approvals()

    for endpoint in RELEASES:
        for address in addresses(app, morning, endpoint):
            answer = morning.visit(account).sends(address, seen=["0" * 64])
            assert answer.status_code in (403, 404)

    assert morning.approvals() == before
    assert morning.heard() == set()
