"""What is pictured of the demonstration's morning: who looks, at which page, after doing what.

What is done is found by its place in the page and never by its words, for it is done in every language.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page

from schedules.programme import State
from server.demo import content, emergencies, stations
from server.services import attainments, exercise_words, issuing, programmes
from server.services.exercise_words import USUAL, WordsWanted
from server.values import Person
from tests.browser.evidence import speak_up
from tests.browser.site import Site
from tests.fakes.sealing import FakeSealing

THE_DAY_BEFORE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 22, 22, 44, 20, tzinfo=UTC)
"""Monday, 23 November 2026, 05:44:20 in Vietnam: the notices are on the air."""

Then = Callable[[Page], None]
Scene = tuple[str, str, Then | None]
"""Who looks (nobody is ""), at which address, after doing what."""


def furnish(site: Site) -> dict[str, str]:
    """Make the demonstration's week the day before, then let the morning come; give the passwords."""
    centre = content.Centre(site.store, site.clock, site.preparation, site.hashing, site.uploads)
    accounts = content.people(centre)
    zones = (stations.LANG_MOI, stations.GO_SIM, stations.DONG_BANG, stations.TRIAL_ZONE)
    content.places(centre, public_keys={zone: f"{n + 1:064x}" for n, zone in enumerate(zones)})
    content.channels(centre, radio_url="http://127.0.0.1:9/")
    content.timetable(centre, tell=lambda title: print(title, flush=True))  # noqa: T201 -- tells how far it is
    emergencies.prepare(centre)
    _say_what_is_an_exercise(site)
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    with site.store.writing() as uow:
        for mark in uow.issue.marks():
            uow.issue.published(mark.zone, mark.issued_revision)
        uow.commit()
    site.clock.advance(MORNING - site.clock.now())
    gone = frozenset({stations.loudspeaker_of(stations.LANG_MOI)})
    speak_up(
        site.store,
        site.clock.now(),
        away=gone,
        ill={stations.loudspeaker_of(zone): codes[0] for zone, codes in stations.FAULTS.items()},
    )
    return {account.login: account.password for account in accounts}


def scenes(site: Site) -> dict[str, Scene]:
    """Give each picture's name its scene, in the order in which they are taken: what is done stays done."""
    here = f"/stations/{stations.SON_HA}"
    officer = _person(site, "canbo")
    listed = programmes.listed(site.store, officer)
    power_cut = next(each.programme.id for each in listed if "cấp điện" in each.programme.title)
    waiting = next(
        each.programme.id
        for each in listed
        if each.programme.state is State.SUBMITTED and each.programme.owner == stations.SON_HA
    )
    campaign = attainments.listed(site.store, officer, stations.SON_HA)[0].campaign.id
    return {
        "sign-in": ("", "/sign-in", None),
        "today": ("canbo", f"{here}/today", None),
        "programmes": ("canbo", f"{here}/programmes", None),
        "programme": ("canbo", f"{here}/programmes/{power_cut}", None),
        "notice": ("canbo", f"{here}/notices/{power_cut}", _wait_for_preview),
        "notice-new": ("canbo", f"{here}/notices/new", None),
        "slot": ("canbo", f"{here}/programmes/{power_cut}/slots/new", _exact),
        "approvals": ("lanhdao", f"{here}/approvals", None),
        "approval": ("lanhdao", f"{here}/approvals/{waiting}", None),
        "inbox": ("canbo", f"{here}/inbox", None),
        "week": ("canbo", f"{here}/week", None),
        "week-copy": ("canbo", f"{here}/week/copy", None),
        "why": ("canbo", f"{here}/today", _ask_why),
        "simulate": ("canbo", f"{here}/simulate", _try_approval),
        "priorities": ("canbo", f"{here}/priorities", None),
        "place-order": ("canbo", f"{here}/places/{stations.place('morning', 'notices')}/order", None),
        "template": ("canbo", f"{here}/templates/{stations.SON_HA}-morning", _wait_for_forecast),
        "regulation": ("canbo", f"{here}/regulation", None),
        "more": ("canbo", f"{here}/more", None),
        "loudspeakers": ("canbo", f"{here}/loudspeakers", None),
        "loudspeaker": ("canbo", f"{here}/loudspeakers/{stations.loudspeaker_of(stations.LANG_MOI)}", None),
        "log": ("canbo", f"{here}/log", None),
        "results": ("canbo", f"{here}/coverage?by=language", None),
        "campaign": ("canbo", f"{here}/campaigns/{campaign}", None),
        "diary": ("canbo", f"{here}/diary", None),
        "styleguide": ("canbo", "/styleguide", None),
        "problem": ("canbo", f"{here}/nowhere", None),
        "exercise": ("canbo", f"{here}/exercise", None),
        "exercise-summary": ("canbo", f"{here}/exercise", _write_exercise),
        "exercise-begun": ("canbo", f"{here}/exercise", _begin_exercise),
        "emergency": ("canbo", f"{here}/emergency", None),
        "emergency-own": ("canbo", f"{here}/emergency/new", None),
        "emergency-summary": ("canbo", f"{here}/emergency/new", _write_own),
        "emergency-asked": ("canbo", f"{here}/emergency", _ask_for_own),
        "emergency-second": ("lanhdao", f"{here}/emergency", None),
        "emergency-issued": ("canbo", f"{here}/emergency", _issue_text),
        "emergency-correction": ("canbo", f"{here}/emergency", _correct),
        "silence-button": ("canbo", f"{here}/today", _press_red),
        "silence": ("canbo", f"{here}/silence", _order_silence),
    }


def _say_what_is_an_exercise(site: Site) -> None:
    """Let the words that call an exercise one be spoken and approved, and the machine speak."""
    with site.store.writing() as uow:
        uow.places.allow_machine_voice(stations.SON_HA, allowed=True)
        uow.commit()
    wanted = WordsWanted(unit=stations.SON_HA, language="vi", text=USUAL, is_machine=True)
    exercise_words.make(
        site.store, site.clock, site.preparation, _person(site, "canbo"), wanted, sound=site.uploads / "none"
    )
    (made,) = exercise_words.words_at(site.store, _person(site, "lanhdao"), stations.SON_HA)
    exercise_words.approve(site.store, site.clock, _person(site, "lanhdao"), made.id)


def _person(site: Site, login: str) -> Person:
    with site.store.reading() as uow:
        found = uow.people.by_login(login)
    assert found
    return found


def _wait_for_preview(page: Page) -> None:
    page.wait_for_selector("#preview .figures")


def _wait_for_forecast(page: Page) -> None:
    page.locator("#forecast h2").wait_for()
    page.wait_for_timeout(1200)


def _ask_why(page: Page) -> None:
    page.locator("#page a[href*='/why?']:visible").first.click()
    page.wait_for_load_state()


def _try_approval(page: Page) -> None:
    page.locator("form.card .choice").first.click()
    page.locator("form.card .button--main").first.click()
    page.wait_for_load_state()


def _exact(page: Page) -> None:
    page.locator("[name='when'][value='exact']").check()
    page.fill("#at", "05:50:00")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1200)


def _write_exercise(page: Page) -> None:
    page.locator("#event").select_option("flood")
    page.fill("#headline", "Diễn tập sơ tán vùng trũng")
    page.fill("#text_vi", "Bà con thôn Gò Sim tập sơ tán về nhà văn hóa thôn.")
    page.locator(".button--drill").click()
    page.wait_for_selector(".card--drill dl")


def _begin_exercise(page: Page) -> None:
    if page.locator("form[action$='/end']").count():  # an earlier picture began it
        return
    _write_exercise(page)
    page.locator(".button--drill").click()
    page.wait_for_selector("form[action$='/end']")


def _write_own(page: Page) -> None:
    page.locator("#event").select_option("landslide")
    page.fill("#headline", "Sạt lở đường lên Gò Sim")
    page.fill("#text_vi", "Đường lên Gò Sim đang sạt lở. Bà con không đi qua, đợi thông báo của xã.")
    page.locator(".button--alarm").click()
    page.wait_for_selector(".card--alarm-real dl")


def _ask_for_own(page: Page) -> None:
    if page.locator(".card--alarm-real").count():
        return
    page.goto(f"{page.url}/new")
    _write_own(page)
    page.locator(".button--alarm").click()
    page.wait_for_selector(".card--alarm-real")


def _issue_text(page: Page) -> None:
    if page.locator("a[href*='update=']").count():
        return
    page.locator("a[href*='template=']").first.click()
    page.locator(".button--alarm").click()
    page.locator(".button--alarm").click()
    page.wait_for_selector("a[href*='update=']")


def _correct(page: Page) -> None:
    page.locator("a[href*='update=']").first.click()
    page.wait_for_load_state()


def _press_red(page: Page) -> None:
    page.locator("details.hush > summary").click()


def _order_silence(page: Page) -> None:
    page.locator("details.hush > summary").click()
    page.locator(".hush__sheet .button--grave").click()
    page.wait_for_selector(".card--alarm")
