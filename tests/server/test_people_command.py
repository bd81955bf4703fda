"""The `people` command: a centre's first account, a forgotten password, a closed account, and how it refuses."""

from pathlib import Path

import pytest

from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel
from server import cli, people_command
from server.clock import WallClock
from server.errors import NotAllowed
from server.passwords import Argon2Hashing
from server.services import people
from server.store import SqlStore, open_store
from server.values import Person, Role

PASSWORD = "mot hai ba bon"
PROVINCE = UnitId("quang-ngai")


class Centre:
    """A centre with one unit, and what its commands print."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._settings = folder / "centre.toml"
        self._settings.write_text('state_directory = "."\n', encoding="utf-8")
        self._word = folder / "word"
        self.store: SqlStore = open_store(f"sqlite:///{folder}/radio.db")
        with self.store.writing() as uow:
            uow.places.put_units(
                [Unit(id=PROVINCE, code="51", name="Tỉnh Quảng Ngãi", level=UnitLevel.PROVINCE, parent=None)]
            )
            uow.commit()

    def runs(self, step: str, *arguments: str) -> tuple[int, str]:
        """Run `people` and give its exit code and what it printed."""
        code = cli.main(["people", step, "--config", str(self._settings), *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def opens(self, *, unit: str = PROVINCE, password: str = PASSWORD) -> tuple[int, str]:
        return self.runs(
            "add", "Hoa", "--name", "Lê Thị Hoa", "--unit", unit, "--role", "administrator", *self.typed(password)
        )

    def typed(self, password: str) -> tuple[str, str]:
        self._word.write_text(password + "\n", encoding="utf-8")
        return "--password-file", str(self._word)

    def lets_in(self, password: str) -> Person:
        return people.sign_in(self.store, WallClock(), Argon2Hashing(), login="hoa", password=password)


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Centre:
    return Centre(tmp_path, capsys)


def test_the_first_administrator_is_let_in_and_has_to_choose_a_password(centre: Centre) -> None:
    code, printed = centre.opens()

    hoa = centre.lets_in(PASSWORD)
    assert code == 0
    assert PASSWORD not in printed
    assert hoa.must_change_password
    assert (hoa.name, hoa.unit, hoa.roles) == ("Lê Thị Hoa", PROVINCE, frozenset({Role.ADMINISTRATOR}))
    assert centre.runs("list", "--unit", PROVINCE)[1] == "hoa\tLê Thị Hoa\tadministrator\topen\n"


def test_a_password_is_typed_twice(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "mot hai ba nam", PASSWORD, PASSWORD])
    monkeypatch.setattr(people_command, "getpass", lambda _prompt: next(typed))
    hoa = ("add", "hoa", "--name", "Hoa", "--unit", PROVINCE, "--role", "officer")

    refused = centre.runs(*hoa)

    assert refused == (1, "Hai lần nhập mật khẩu không giống nhau.\n")
    assert centre.runs(*hoa)[0] == 0


def test_a_forgotten_password_is_given_anew(centre: Centre) -> None:
    centre.opens()

    code, _printed = centre.runs("password", "hoa", *centre.typed("nam sau bay tam"))

    assert code == 0
    assert centre.lets_in("nam sau bay tam").must_change_password


def test_a_closed_account_is_not_let_in(centre: Centre) -> None:
    centre.opens()

    code, _printed = centre.runs("close", "hoa")

    assert code == 0
    assert "closed" in centre.runs("list", "--unit", PROVINCE)[1]
    with pytest.raises(NotAllowed):
        centre.lets_in(PASSWORD)


def test_what_cannot_be_is_refused_in_a_sentence(centre: Centre) -> None:
    assert centre.opens(unit="nowhere") == (1, "Không có đơn vị này, hoặc đơn vị ngoài phạm vi của tài khoản.\n")
    assert centre.opens(password="ngan")[1] == "Mật khẩu phải có ít nhất 10 ký tự.\n"
    assert centre.runs("close", "hoa", "--language", "en") == (1, "There is no such account.\n")
    assert centre.runs("password", "hoa", "--password-file", "nowhere")[0] == 1
    centre.opens()
    assert centre.runs("password", "hoa", "--password-file", "nowhere")[0] == 1
