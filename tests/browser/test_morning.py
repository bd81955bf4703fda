"""An officer's morning in a real browser: a notice is written, spoken, recorded or uploaded; another approves it."""

import re
import wave
from collections.abc import Callable
from math import pi, sin
from pathlib import Path
from struct import pack

import pytest
from playwright.sync_api import Page, expect

from schedules.ids import UnitId
from tests.browser.site import Site
from tests.server.web.commune import APPROVER, OFFICER
from tests.services.chromium import PHONE

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
TEXT = "Kính thưa bà con. Ngày mai, từ 7 giờ đến 11 giờ, Điện lực tạm ngừng cấp điện. Xin cảm ơn bà con."


def begins_a_notice(page: Page) -> None:
    page.get_by_role("link", name="Viết thông báo").click()
    page.get_by_label("Tên thông báo").fill("Tạm ngừng cấp điện")
    page.get_by_label("Lời đọc").fill(TEXT)


def a_beep(path: Path, seconds: float = 3) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        samples = (int(12_000 * sin(2 * pi * 440 * n / 22_050)) for n in range(int(22_050 * seconds)))
        file.writeframes(b"".join(pack("<h", sample) for sample in samples))
    return path


def test_a_notice_is_written_spoken_submitted_and_approved_on_a_phone(site: Site, visit: Visit) -> None:
    with site.store.writing() as uow:
        uow.places.allow_machine_voice(UnitId("son-ha"), allowed=True)
        uow.commit()
    officer = visit(OFFICER)
    begins_a_notice(officer)
    preview = officer.locator("#preview")
    expect(preview).to_contain_text("thời lượng ước theo lời đọc")
    expect(preview).to_contain_text("05:30:05")

    officer.get_by_role("button", name="Đọc bằng giọng máy").click()
    expect(officer.locator("#takes audio")).to_be_visible(timeout=20_000)
    expect(officer.locator("#takes")).to_contain_text("Giọng máy – nghe thử")
    officer.get_by_role("button", name="Trình duyệt").click()
    expect(officer.locator(".flashes")).to_contain_text("Đã trình duyệt")

    approver = visit(APPROVER, PHONE)
    approver.get_by_role("link", name=re.compile("^Duyệt")).click()
    approver.get_by_role("link", name=re.compile("Tạm ngừng cấp điện")).click()
    expect(approver.get_by_text(TEXT)).to_be_visible()
    heard = approver.locator("audio").evaluate(
        """async (audio) => {
            audio.muted = true;
            await audio.play();
            return audio.duration;
        }"""
    )
    approver.get_by_role("button", name="Phê duyệt").click()
    expect(approver.locator(".flashes")).to_contain_text("Đã duyệt “Tạm ngừng cấp điện”")

    assert heard > 4
    officer.goto(f"{site.address}/stations/son-ha/today")
    expect(officer.get_by_role("listitem").filter(has_text="Tạm ngừng cấp điện").first).to_contain_text("Theo lịch")


def test_the_microphone_is_recorded_heard_taken_again_and_used(visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)

    page.get_by_role("button", name="Bắt đầu thu").click()
    expect(page.get_by_text("Đang thu")).to_be_visible()
    # The pretended microphone beeps once a second; the bar then stands at more than a fifth.
    expect(page.locator(".meter rect")).to_have_attribute("width", re.compile(r"^([2-9]\d|100)\.\d%$"))
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Dừng thu").click()
    player = page.get_by_label("Nghe bản vừa thu")
    expect(player).to_be_visible()
    page.get_by_role("button", name="Thu lại").click()
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Dừng thu").click()
    page.get_by_role("button", name="Dùng bản này").click()

    expect(page.locator("#takes audio")).to_be_visible(timeout=20_000)
    expect(page.locator("#takes")).to_contain_text("Dùng được")
    expect(page).to_have_url(re.compile("/notices/[0-9a-f-]{36}"))
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.locator(".flashes")).to_contain_text("Đã trình duyệt")


def test_a_file_is_uploaded_with_its_progress(visit: Visit, tmp_path: Path) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)

    page.get_by_label("Tệp âm thanh").set_input_files(a_beep(tmp_path / "thong-bao.wav"))

    expect(page.locator("#takes audio")).to_be_visible(timeout=20_000)
    expect(page.locator("#takes")).to_contain_text("Dài 0:03")
    expect(page.locator("#takes")).to_contain_text("LUFS")
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.locator(".flashes")).to_contain_text("Đã trình duyệt")


def test_a_file_that_is_no_sound_is_refused_in_words_and_the_form_stays(visit: Visit, tmp_path: Path) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    renamed = tmp_path / "van-ban.mp3"
    renamed.write_bytes(b"%PDF-1.7\n" + b"0" * 4000)

    page.get_by_label("Tệp âm thanh").set_input_files(renamed)

    expect(page.locator("#takes")).to_contain_text("Đây không phải tệp âm thanh", timeout=20_000)
    expect(page.get_by_label("Lời đọc")).to_have_value(TEXT)


def test_a_notice_is_written_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/notices/new"))

    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Mời họp dân")
    page.keyboard.press("Tab")
    page.keyboard.type("Mời bà con đến nhà văn hoá lúc 19 giờ.")
    seen = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth; }"
    )
    page.get_by_role("button", name="Lưu nháp").focus()
    page.keyboard.press("Enter")

    assert skip == "Đến nội dung chính"
    assert seen == "solid 3px"
    expect(page.locator(".flashes")).to_contain_text("Đã lưu nháp")
    expect(page.get_by_label("Tên thông báo")).to_have_value("Mời họp dân")


def test_the_red_button_silences_with_one_press_and_one_confirmation(site: Site, visit: Visit) -> None:
    page = visit(OFFICER, PHONE)

    page.get_by_text("Im lặng ngay").click()
    sheet = page.locator(".hush__sheet").bounding_box()
    page.get_by_role("button", name="Im lặng toàn xã").click()

    assert sheet
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= PHONE["width"]
    expect(page.get_by_text("Xã Sơn Hà đang im lặng theo lệnh của Đinh Thị Lan")).to_be_visible()
    with site.store.reading() as uow:
        (order,) = uow.issue.silences()
    assert order.ordered
    assert order.audience == "unit:son-ha"

    page.get_by_role("button", name="Cho Xã Sơn Hà phát lại").click()
    expect(page.locator(".flashes")).to_contain_text("Đã cho phát lại")
