"""The commands that say what would be heard, and why."""

import json
from datetime import time
from pathlib import Path
from typing import cast

import pytest

from server import cli
from server.clock import WallClock
from server.store import open_store
from tests.fakes.store import FakeStore
from tests.server.services.radio import DAWN, GO_SIM, LANG_MOI, SON_HA, Radio, once

WEEK = ("--from", "2026-11-23", "--to", "2026-11-24")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings of a centre in whose database Sơn Hà has a morning, and a draft that nobody approved."""
    folder = tmp_path_factory.mktemp("centre")
    database = f"sqlite:///{folder / 'radio.db'}"
    store = open_store(database)
    radio = Radio(folder, store=cast("FakeStore", store))  # its verbs use the port only
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    draft = radio.writes("Cắt điện")
    radio.records(draft)
    radio.books(draft, once(time(5, 50)))
    store.close()
    (folder / "draft").write_text(draft)
    settings = folder / "radio.toml"
    offset_s = round((DAWN - WallClock().now()).total_seconds())
    settings.write_text(
        f'state_directory = "{folder}"\ndatabase_url = "{database}"\nclock_offset_seconds = {offset_s}\n'
    )
    return settings


def asked(config: Path, *more: str) -> int:
    return cli.main(["simulate", "--config", str(config), *WEEK, *more])


def test_as_things_are_it_says_what_is_heard(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = asked(config, "--unit", SON_HA)

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith("Mô phỏng 3 nhóm cụm loa, từ 23/11/2026 đến 24/11/2026")
    assert "Nghe khác đi: 0" in said
    assert "Trái quy chế: 0" in said


def test_a_fault_and_an_approval_are_told_with_their_reasons(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = (config.parent / "draft").read_text()

    asked(config, "--zone", LANG_MOI, "--approve", draft, "--fault", "power_cut=2026-11-24T05:00..2026-11-24T06:30")

    said = capsys.readouterr().out
    assert "05:50 ngày 23/11/2026: phát thêm “Cắt điện” đến 05:51:10." in said
    assert "05:30 ngày 24/11/2026: không nghe được “Nhạc hiệu”. Cụm loa không hoạt động vào giờ ấy" in said


def test_json_has_everything_in_english_where_asked(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fault = "clock_wrong:-3600=2026-11-23..2026-11-25"

    asked(config, "--unit", SON_HA, "--fault", fault, "--at", GO_SIM, "--json", "--language", "en")

    told = json.loads(capsys.readouterr().out)
    by_zone = {each["zone"]: each for each in told["zones"]}
    assert by_zone[LANG_MOI]["differences"] == []
    first = by_zone[GO_SIM]["differences"][0]
    assert (first["change"], first["title"]) == ("shifted", "Nhạc hiệu")
    assert by_zone[GO_SIM]["breaches"][0]["sentence"].startswith("Outside the station's permitted hours")


def test_changes_come_from_a_file_too(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = (config.parent / "draft").read_text()
    booking = {"programme": draft, "units": [SON_HA], "day": "2026-11-24", "time": "17:30"}
    change = tmp_path / "change.json"
    change.write_text(json.dumps({"book": [booking]}))

    asked(config, "--unit", SON_HA, "--change", str(change))

    assert "17:30 ngày 24/11/2026: phát thêm “Cắt điện”" in capsys.readouterr().out


def test_why_is_answered_in_both_languages(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["why", LANG_MOI, "2026-11-23T05:43:30", "--config", str(config)])

    said = capsys.readouterr().out
    assert code == 0
    assert "Lúc 05:43:30 ngày 23/11/2026, Làng Mới nghe “Lịch tiêm chủng” (từ 05:43 đến 05:44:10)." in said
    assert "At 05:43:30 on 23/11/2026, Làng Mới hears “Lịch tiêm chủng” (from 05:43 to 05:44:10)." in said


@pytest.mark.parametrize(
    ("zone", "at", "sentence"),
    [("nowhere", "2026-11-23T05:43", "Không có nhóm cụm loa"), (LANG_MOI, "dawn", "Hãy nhập giờ")],
)
def test_why_refuses_what_it_cannot_read(
    config: Path, capsys: pytest.CaptureFixture[str], zone: str, at: str, sentence: str
) -> None:
    assert cli.main(["why", zone, at, "--config", str(config)]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--unit", "nowhere"), "Không có nhóm cụm loa này, hoặc đơn vị này"),
        (("--unit", SON_HA, "--fault", "rain=2026-11-23..2026-11-24"), "Không hiểu sự cố giả định"),
        (("--unit", SON_HA, "--fault", "link_down=today"), "Không hiểu sự cố giả định"),
        (("--unit", SON_HA, "--fault", "clock_off=2026-11-23..2026-11-24"), "Không hiểu sự cố giả định"),
        (("--unit", SON_HA, "--fault", "link_down=2026-11-23..2026-11-23"), "Sự cố giả định lúc"),
        (("--unit", SON_HA, "--approve", "none"), "Không có chương trình này."),
        (("--unit", SON_HA, "--change", "/nowhere.json"), "Không đọc được tệp thay đổi"),
        (("--unit", SON_HA, "--to", "2026-11-01"), "Ngày cuối phải từ ngày đầu trở đi"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(
    config: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    code = asked(config, *arguments)

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert sentence in said.err


@pytest.mark.parametrize(
    "content",
    ["not json", "[]", '{"other": []}', '{"approve": "x"}', '{"approve": [1]}', '{"book": [{}]}', '{"book": [5]}'],
)
def test_a_file_of_changes_that_cannot_be_read_is_refused(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    change = tmp_path / "change.json"
    change.write_text(content)

    assert asked(config, "--unit", SON_HA, "--change", str(change)) == 1
    assert "tệp thay đổi" in capsys.readouterr().err


def test_it_writes_nothing(config: Path) -> None:
    database = config.parent / "radio.db"
    before = database.read_bytes()

    asked(config, "--unit", SON_HA)

    assert database.read_bytes() == before
