"""Shows that the browser fixture is a real browser with a microphone, on Vietnam's time."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.services.chromium import PHONE, open_context

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

_PAGE = "<!doctype html><meta charset=utf-8><title>Lịch phát</title><button onclick='this.textContent=1'>Duyệt</button>"


class _OnePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer every address with the same page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(_PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def address(free_port: int) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", free_port), _OnePage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{free_port}/"
        server.shutdown()
        thread.join()


def test_a_button_is_pressed_on_a_real_page(chromium_page: Page, address: str) -> None:
    chromium_page.goto(address)

    chromium_page.get_by_role("button", name="Duyệt").click()

    assert chromium_page.title() == "Lịch phát"
    assert chromium_page.get_by_role("button").text_content() == "1"


def test_the_page_is_on_vietnams_time(chromium_page: Page, address: str) -> None:
    chromium_page.goto(address)

    assert chromium_page.evaluate("new Date('2026-01-01T00:00:00Z').getHours()") == 7
    assert chromium_page.evaluate("navigator.language") == "vi-VN"


def test_the_microphone_gives_sound_without_asking(chromium_page: Page, address: str) -> None:
    chromium_page.goto(address)

    loudest = chromium_page.evaluate(
        """async () => {
            const stream = await navigator.mediaDevices.getUserMedia({audio: true});
            const context = new AudioContext();
            const meter = context.createAnalyser();
            context.createMediaStreamSource(stream).connect(meter);
            const samples = new Float32Array(meter.fftSize);
            for (let tries = 0; tries < 100; tries++) {
                await new Promise(done => setTimeout(done, 50));
                meter.getFloatTimeDomainData(samples);
                const peak = Math.max(...samples.map(Math.abs));
                if (peak > 0.01) return peak;
            }
            return 0;
        }"""
    )

    assert loudest > 0.01


def test_each_person_has_cookies_of_their_own(chromium: Browser, address: str) -> None:
    with open_context(chromium) as editor, open_context(chromium, viewport=PHONE) as approver:
        editor.add_cookies([{"name": "who", "value": "editor", "url": address}])
        page = approver.new_page()
        page.goto(address)

        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("window.innerWidth") == PHONE["width"]
