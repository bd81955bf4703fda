"""Runs Debian's Chromium under Playwright; must not know any page of the product."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from tests.services.programs import find_program

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

_FLAGS = [
    "--no-sandbox",  # the sandbox refuses root, and tests run as root in a container
    "--disable-gpu",
    "--disable-quic",
    # A test's browser talks to the test's server and to nobody else.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps once a second, and nobody to ask for permission.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start one headless browser; it ends with the block.

    Raises:
        ProgramMissingError: Chromium is not installed.
    """
    executable = find_program("chromium", package="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_context(browser: Browser, *, viewport: ViewportSize = DESKTOP) -> Iterator[BrowserContext]:
    """Open a window as one person has it: own cookies, Vietnamese, Vietnam's time, the microphone allowed."""
    context = browser.new_context(
        viewport=viewport,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        permissions=["microphone"],
    )
    try:
        yield context
    finally:
        context.close()
