"""`commune-radio verify`, on the database and on an exported file alone, in words a person understands."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from server import cli
from tests.insider import attacks
from tests.insider.conftest import Centre


@dataclass
class Office:
    """Somebody at a terminal with yesterday's file."""

    centre: Centre
    folder: Path

    def __post_init__(self) -> None:
        self.settings = self.folder / "centre.toml"
        self.settings.write_text(f'database_url = "sqlite:///{self.centre.file}"\n', encoding="utf-8")
        self.head = self.folder / "yesterday.json"
        self.head.write_text(self.centre.head, encoding="utf-8")

    def asks(self, *more: str | Path) -> int:
        return cli.main(["verify", "--config", str(self.settings), *map(str, more)])


@pytest.fixture
def office(centre: Centre, tmp_path: Path) -> Office:
    return Office(centre, tmp_path)


def test_nothing_found_is_said_with_what_is_proven(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    code = office.asks("--head", office.head)

    said = capsys.readouterr().out.splitlines()
    assert code == 0
    assert said[1] == "Không thấy gì bị thêm, xoá, sửa hay tách đôi."
    assert said[2].startswith("Tệp yesterday.json chứng minh: từ mục 1 đến mục")
    assert "…" not in "".join(said)


def test_what_is_found_first_is_said_first(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.centre.suffers(attacks.alter_a_title, seed=7, key=office.centre.key)

    code = office.asks("--head", office.head, "--language", "en")

    said = capsys.readouterr().out.splitlines()
    assert code == 1
    assert said[1] == "What is wrong: 1. The first:"
    assert "(report of loudspeaker" in said[2]
    assert "in the database is not what the device signed." in said[2]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("attack", attacks.ATTACKS[::4], ids=lambda attack: attack.name)
def test_no_finding_leaves_a_gap_in_its_sentence(
    office: Office, capsys: pytest.CaptureFixture[str], attack: attacks.Attack, language: str
) -> None:
    office.centre.suffers(attack.run, seed=7, key=None)

    assert office.asks("--head", office.head, "--language", language) == 1

    said = capsys.readouterr().out
    assert "…" not in said
    assert "verify." not in said
    assert "ledger." not in said


def test_without_a_head_it_says_what_cannot_be_excluded(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.asks() == 0

    assert "không loại trừ được" in capsys.readouterr().out


def test_an_exported_file_says_the_same_alone(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.centre.suffers(attacks.delete_an_audit_line, seed=7, key=office.centre.key)
    file = office.folder / "export.gz"

    assert office.asks("--export", file) == 0
    told = office.asks("--head", office.head)
    by_database = capsys.readouterr().out
    office.centre.file.unlink()
    alone = office.asks("--head", office.head, "--file", file)

    assert told == alone == 1
    assert capsys.readouterr().out == by_database


def test_everything_is_there_as_json(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.centre.suffers(attacks.change_roles_silently, seed=7, key=office.centre.key)

    office.asks("--json")

    tree = json.loads(capsys.readouterr().out)
    (found,) = tree["findings"]
    assert (found["code"], found["kind"], found["subject"]) == ("verify.row_altered", "person", "officer")
    assert {"code": "verify.no_outside"} in tree["statements"]


@pytest.mark.parametrize("text", ["", "{}", "no head"])
def test_a_head_that_is_none_cannot_be_used(office: Office, capsys: pytest.CaptureFixture[str], text: str) -> None:
    office.head.write_text(text)

    assert office.asks("--head", office.head) == 2

    assert "không phải tệp niêm phong" in capsys.readouterr().err


def test_a_head_somebody_else_signed_cannot_be_used(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    tree = json.loads(office.centre.head)
    office.head.write_text(json.dumps({**tree, "trust_lists": []}))

    assert office.asks("--head", office.head) == 2

    assert "không có chữ ký đúng" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"", b"no export", gzip.compress(b""), gzip.compress(b'{"format": "other"}\n')])
def test_a_file_that_is_no_export_cannot_be_read(
    office: Office, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    (office.folder / "export.gz").write_bytes(data)

    assert office.asks("--file", office.folder / "export.gz") == 2

    assert "Không đọc được tệp" in capsys.readouterr().err


def test_a_damaged_export_cannot_be_read(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    file = office.folder / "export.gz"
    office.asks("--export", file)
    file.write_bytes(file.read_bytes()[:-2000])

    assert office.asks("--file", file) == 2

    assert "export.gz" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["7", '{"n": 1}', '{"n": 1, "k": "x", "s": "x", "a": "yesterday", "d": ""}', "{"])
def test_an_export_with_a_strange_line_cannot_be_read(
    office: Office, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    file = office.folder / "export.gz"
    office.asks("--export", file)
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    file.write_bytes(gzip.compress("\n".join([lines[0], line, *lines[1:]]).encode()))

    assert office.asks("--file", file) == 2

    assert "export.gz" in capsys.readouterr().err


def test_a_database_without_a_ledger_is_said_to_have_none(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.centre.file.unlink()

    assert office.asks() == 2

    assert "chưa có sổ bằng chứng" in capsys.readouterr().err


def test_a_damaged_database_cannot_be_read(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.centre.file.write_bytes(b"no database" * 1000)

    assert office.asks() == 2

    assert "Không đọc được cơ sở dữ liệu" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.asks("--head", "nowhere.json") == 2

    assert "nowhere.json" in capsys.readouterr().err
