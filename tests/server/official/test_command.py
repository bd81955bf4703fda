"""The command that takes in the official list."""

from pathlib import Path

import pytest

from server.cli import main


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "radio.toml"
    file.write_text(f'state_directory = "{tmp_path}"\n', encoding="utf-8")
    return file


def test_a_list_is_taken_in_and_a_unit_is_found(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "units.csv"
    short.write_text(
        "code,name,level,parent,lat,lon,valid_from,valid_to,successors\n"
        "51,Tỉnh Quảng Ngãi,province,,14.7,108.1,,,\n"
        "21289,Thị trấn Di Lăng,commune,51,,,,2025-07-01,21290\n"
        "21290,Xã Sơn Hà,commune,51,,,2025-07-01,,\n",
        encoding="utf-8",
    )

    assert main(["units", "import", str(short), "--config", str(settings)]) == 0
    assert main(["units", "import", str(short), "--config", str(settings)]) == 0
    assert main(["units", "find", "di lang", "--config", str(settings)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "added=3 changed=0 unchanged=0",
        "added=0 changed=0 unchanged=3",
        "21289\tcommune\tThị trấn Di Lăng\t..2025-07-01\t21290@2025-07-01",
    ]


def test_a_list_that_cannot_be_taken_is_refused_in_words(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "units.csv"
    broken.write_text("code,name\n51,Tỉnh Quảng Ngãi\n", encoding="utf-8")

    assert main(["units", "import", str(broken), "--config", str(settings)]) == 1
    assert main(["units", "import", str(tmp_path / "gone.csv"), "--config", str(settings)]) == 1

    assert "Không đọc được dòng 2 của danh mục đơn vị." in capsys.readouterr().err


@pytest.mark.slow
def test_the_whole_official_list_is_taken_in(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["units", "import", "--config", str(settings)]) == 0
    assert main(["units", "find", "son ha", "--config", str(settings)]) == 0

    out = capsys.readouterr().out
    assert out.startswith("added=14149 changed=0 unchanged=0\n")
    assert "21289@2025-07-01\tcommune\tXã Sơn Hà\t2025-07-01..\t\n" in out
