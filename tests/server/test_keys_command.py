"""The `keys` command: a whole ceremony at a terminal, and how it refuses."""

import json
from pathlib import Path

import pytest

from server import cli, keys_command, locked

WORDS = "bốn từ ghép lại"


class Desk:
    """A centre with its settings, the roots' machine, and what was printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        (folder / "state").mkdir()
        (folder / "centre.toml").write_text('state_directory = "state"\n', encoding="utf-8")
        (folder / "words").write_text(WORDS + "\n", encoding="utf-8")

    def runs(self, *arguments: str) -> tuple[int, str]:
        """Run `keys` and give its exit code and what it printed."""
        code = cli.main(["keys", *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def at_the_centre(self, step: str, *arguments: str) -> tuple[int, str]:
        return self.runs(step, "--config", str(self.folder / "centre.toml"), *arguments)

    def offline(self, step: str, *arguments: str) -> tuple[int, str]:
        return self.runs(step, *arguments, "--passphrase-file", self.at("words"))

    def at(self, name: str) -> str:
        return str(self.folder / name)

    def makes_root(self, name: str) -> str:
        """Draw a root and give its public half."""
        assert self.offline("root", "--out", self.at(name))[0] == 0
        return str(json.loads((self.folder / name).read_text())["public"])

    def begins(self) -> None:
        """Publish a first list under two roots."""
        roots = [self.makes_root(name) for name in ("a.root", "b.root")]
        added = [part for root in roots for part in ("--add-root", root)]
        assert self.at_the_centre("propose", "--out", self.at("1"), *added)[0] == 0
        for name in ("a.root", "b.root"):
            assert self.offline("sign", self.at("1"), "--root", self.at(name), "--yes")[0] == 0
        assert self.at_the_centre("publish", self.at("1"))[0] == 0


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(locked, "OPERATIONS", 1)
    monkeypatch.setattr(locked, "MEMORY", 8192)
    return Desk(tmp_path, capsys)


def test_the_plain_command_draws_everything_for_a_demonstration(desk: Desk) -> None:
    code, printed = desk.runs("--config", desk.at("centre.toml"))

    assert code == 0
    assert [line.split()[0] for line in printed.splitlines()] == [
        *("role=root", "role=issue", "role=state", "role=emergency"),
    ]
    assert desk.at_the_centre("init") == (0, printed)


def test_a_ceremony_from_the_first_root_to_the_rotation(desk: Desk) -> None:
    desk.begins()

    code, told = desk.at_the_centre("propose", "--out", desk.at("2"), "--rotate", "issue,state,emergency")
    assert code == 0
    assert told.count("thêm khoá") == 3
    assert "còn thiếu 2" in desk.at_the_centre("publish", desk.at("2"))[1]
    first = desk.offline("sign", desk.at("2"), "--root", desk.at("a.root"), "--yes")
    assert "Còn thiếu 1 chữ ký của khoá gốc trong danh sách trước" in first[1]
    second = desk.offline("sign", desk.at("2"), "--root", desk.at("b.root"), "--yes", "--language", "en")
    assert "Signed by enough roots" in second[1]
    code, told = desk.at_the_centre("publish", desk.at("2"))

    assert (code, "Danh sách khoá số 2 đã có hiệu lực" in told) == (0, True)
    shown = desk.at_the_centre("show")[1]
    assert (shown.count("đang dùng để ký"), shown.count("khoá gốc)")) == (3, 2)


def test_whoever_signs_sees_the_change_and_may_say_no(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.begins()
    desk.at_the_centre(
        "propose", "--out", desk.at("2"), "--volume-ceiling", "80", "--raise-epoch", "--night", "22:00-05:00"
    )
    before = (desk.folder / "2").read_bytes()
    monkeypatch.setattr("builtins.input", lambda question: "không")

    code, told = desk.offline("sign", desk.at("2"), "--root", desk.at("a.root"))

    assert code == 0
    assert "mức âm lượng tối đa: 100 → 80" in told
    assert "kỷ nguyên: 1 → 2" in told
    assert "giờ im lặng ban đêm: – → 22:00–05:00" in told
    assert (desk.folder / "2").read_bytes() == before
    monkeypatch.setattr("builtins.input", lambda question: " Ký ")
    assert "Đã ký" in desk.offline("sign", desk.at("2"), "--root", desk.at("a.root"))[1]


def test_a_list_that_claims_a_past_this_root_never_signed_is_said_so(desk: Desk) -> None:
    desk.begins()
    stranger = desk.makes_root("c.root")
    desk.at_the_centre("propose", "--out", desk.at("2"), "--add-root", stranger)

    assert (
        "không có chữ ký trên danh sách số 1"
        in desk.offline(
            *("sign", desk.at("2"), "--root", desk.at("c.root"), "--yes"),
        )[1]
    )


def test_the_passphrase_is_asked_for_twice_when_a_root_is_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([WORDS, WORDS + "x", WORDS, WORDS, "something else"])
    monkeypatch.setattr(keys_command, "getpass", lambda question: next(typed))

    assert desk.runs("root", "--out", desk.at("a.root"))[0] == 1
    assert not (desk.folder / "a.root").exists()
    assert desk.runs("root", "--out", desk.at("a.root"))[0] == 0
    public = json.loads((desk.folder / "a.root").read_text())["public"]
    desk.at_the_centre("propose", "--out", desk.at("1"), "--add-root", public)
    assert "không mở được" in desk.runs("sign", desk.at("1"), "--root", desk.at("a.root"), "--yes")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("propose", "--rotate", "root"), "không phải vai trò"),
        (("propose", "--rotate", "x"), "không phải vai trò"),
        (("propose", "--threshold", "3"), "từ 1 đến số khoá gốc (2)"),
        (("propose", "--drop", "x"), "không có khoá x"),
        (("propose", "--night", "22h-5h"), "viết như 22:00-05:00"),
    ],
)
def test_what_cannot_be_is_refused_in_words(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    desk.begins()

    code, told = desk.at_the_centre(arguments[0], "--out", desk.at("2"), *arguments[1:])

    assert code == 1
    assert said in told
    assert not (desk.folder / "2").exists()


def test_files_that_are_not_there_or_are_something_else_are_refused(desk: Desk) -> None:
    desk.begins()
    (desk.folder / "x").write_text("x")

    assert desk.at_the_centre("publish", desk.at("y"))[0] == 1
    assert desk.at_the_centre("publish", desk.at("x"))[0] == 1
    assert desk.offline("sign", desk.at("1"), "--root", desk.at("y"), "--yes")[0] == 1
    assert desk.at_the_centre("propose", "--out", desk.at("1"))[0] == 1


def test_before_the_first_list_there_is_nothing_to_show(desk: Desk) -> None:
    assert desk.at_the_centre("show") == (1, "Máy chủ chưa có danh sách khoá.\n")


def test_a_first_list_lacks_only_its_own_roots(desk: Desk) -> None:
    added = [part for name in ("a.root", "b.root") for part in ("--add-root", desk.makes_root(name))]
    desk.at_the_centre("propose", "--out", desk.at("1"), "--threshold", "2", *added)

    _code, printed = desk.offline("sign", desk.at("1"), "--root", desk.at("a.root"), "--yes")

    assert "Còn thiếu 1 chữ ký của khoá gốc." in printed
    assert "danh sách trước" not in printed
