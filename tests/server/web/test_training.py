"""Every page of a training says that it is one; no page of a station does."""

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from server.app import create_app
from server.config import Config
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.store import FakeStore
from tests.server.web.commune import OFFICER
from tests.server.web.conftest import AtOnce, OneSound, Visitor

STRIP = "TẬP HUẤN · không loa nào phát, không có gì gửi đi"


@pytest.fixture
def training(
    compiled: FileSystemBytecodeCache, tmp_path: Path, store: FakeStore, clock: FakeClock, sound: OneSound
) -> Visitor:
    """The officer in front of a training."""
    app = create_app(
        Config(state_directory=tmp_path / "training", demo=True, training=True),
        store=store,
        clock=clock,
        hashing=FakeHashing(),
        preparation=sound,
        work=AtOnce(),
    )
    app.jinja_env.bytecode_cache = compiled
    visitor = Visitor(app)
    visitor.begins_as(OFFICER)
    return visitor


@pytest.mark.parametrize("page", ["/first-day", "today", "emergency", "silence", "card", "diary", "nowhere"])
def test_every_page_says_so(training: Visitor, page: str) -> None:
    shown = training.opens(page).text

    assert '<body class="training">' in shown
    assert 'class="training__strip"' in shown
    assert "Dữ liệu minh hoạ" not in shown


def test_the_page_before_signing_in_says_so_too(training: Visitor) -> None:
    assert STRIP in Visitor(training.app).reads("/sign-in")


def test_the_pages_of_emergencies_do_not_claim_to_be_real(training: Visitor) -> None:
    read = training.reads("emergency")

    assert "Tập huấn: làm đủ các bước như thật, không loa nào phát." in read
    assert "Đây là trang phát thật" not in read


@pytest.mark.parametrize("page", ["log", "coverage"])
def test_log_and_results_say_that_a_training_has_no_evidence(training: Visitor, app: Flask, page: str) -> None:
    of_a_station = Visitor(app)
    of_a_station.begins_as(OFFICER)

    assert "Tập huấn không có bằng chứng" in training.reads(page)
    assert "Tập huấn không có bằng chứng" not in of_a_station.reads(page)


def test_a_station_is_no_training(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.begins_as(OFFICER)

    assert "TẬP HUẤN" not in visitor.reads("today")
    assert "Đây là trang phát thật" in visitor.reads("emergency")
