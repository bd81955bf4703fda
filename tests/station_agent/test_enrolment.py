"""A device that becomes a loudspeaker's: what it draws, what it believes, and what it keeps when it does not."""

import io
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.errors import WireError
from schedules.wire.enrolment import Enrolled, proof
from schedules.wire.enrolment_code import EnrolmentCode
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.possession import enrolment_requested
from schedules.wire.seal import SigningKey, sealed
from server.certificates import make_authority, new_key
from station_agent import main
from station_agent.config import load_config
from station_agent.disk import only_one
from station_agent.enrolment import Code, enrol
from station_agent.errors import AgentError, DoorError
from station_agent.held import HeldMessages
from station_agent.identity import begin, certificate_expires, place, read_identity, settings
from tests.station_agent.centre import Centre
from tests.station_agent.door import (
    NOW,
    OTHER_ROOT,
    ROOT,
    SECRET,
    STATE,
    THIEF,
    FakeDoor,
    refusal,
    trust_list,
)

CLOCKLESS = datetime(1970, 1, 1, tzinfo=UTC)
WAITING = (202, {"code": "enrolment.waiting", "vi": "đợi", "en": "wait"})


@pytest.fixture
def door() -> Iterator[FakeDoor]:
    opened = FakeDoor()
    yield opened
    opened.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def enrols(state: Path, code: Code, *, now: datetime = CLOCKLESS) -> Enrolled:
    return enrol(code, state, now=now, is_meant=lambda found: found == code.roots)


def refused(state: Path, code: Code, *, now: datetime = CLOCKLESS) -> str:
    with pytest.raises((DoorError, WireError)) as error:
        enrols(state, code, now=now)
    assert isinstance(error.value, DoorError | WireError)
    return error.value.code


def test_a_new_device_knows_afterwards_who_it_is(state: Path, door: FakeDoor) -> None:
    enrolled = enrols(state, door.code())

    known = read_identity(state)
    assert known is not None
    assert (known.loudspeaker, known.server, known.audio_url) == ("loa-1", door.url, f"{door.url}/audio/")
    assert (known.broker_host, known.broker_port, known.roots) == ("broker.example.vn", 8883, (ROOT.public,))
    assert certificate_expires(state) == NOW + timedelta(days=90)
    assert (place(state) / "authority.pem").read_text() == "authority"
    assert HeldMessages(state / "held").everything() == {"trust": door.lists[-1]}
    (body,) = door.bodies
    asked = enrolment_requested(body)
    assert asked.enrolment == "k7m29qxt"
    assert door.proofs == [proof(SECRET, body)]
    assert enrolled.device == place(state).resolve().name.removeprefix("identity-")


def test_its_keys_are_its_own_and_nobody_else_on_it_reads_them(state: Path, tmp_path: Path, door: FakeDoor) -> None:
    enrols(state, door.code())
    enrols(tmp_path / "other", door.code())

    keys = {(place(each) / "device.key").read_bytes() for each in (state, tmp_path / "other")}
    assert len(keys) == 2
    assert all(file.stat().st_mode & 0o077 == 0 for file in place(state).iterdir())
    assert place(state).stat().st_mode & 0o077 == 0
    assert not any(SECRET.hex() in file.read_text(errors="replace") for file in state.rglob("*") if file.is_file())


def test_its_private_key_is_one_that_tls_takes(state: Path, door: FakeDoor, tmp_path: Path) -> None:
    enrols(state, door.code())

    with pytest.raises(ssl.SSLError) as error:  # the key is read, then the made-up certificate is none
        ssl.create_default_context().load_cert_chain(place(state) / "tls.pem")
    text = (place(state) / "tls.pem").read_text()
    key = tmp_path / "key.pem"
    key.write_text(text[text.index("-----BEGIN PRIVATE KEY") : text.index("-----BEGIN CERTIFICATE")])

    assert "KEY" not in str(error.value)
    assert re.fullmatch(
        r"-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=]{64}\n-----END PRIVATE KEY-----\n", key.read_text()
    )


def test_an_enrolled_device_needs_no_settings_and_a_file_may_still_say_otherwise(
    state: Path, door: FakeDoor, tmp_path: Path
) -> None:
    enrols(state, door.code())
    known = read_identity(state)
    assert known is not None
    file = tmp_path / "config.toml"
    file.write_text('sound = "null"\nhas_clock_chip = true\n[broker]\nport = 1884\n', encoding="utf-8")

    plain = load_config(None, under=settings(known, state))
    said = load_config(file, under=settings(known, state))

    assert (plain.loudspeaker, plain.trust_roots, plain.state_directory) == ("loa-1", (ROOT.public,), state.absolute())
    assert (plain.broker.host, plain.broker.port) == ("broker.example.vn", 8883)
    assert (plain.broker.certificate, plain.broker.authority) == (
        place(state).absolute() / "tls.pem",
        place(state).absolute() / "authority.pem",
    )
    assert (said.sound, said.has_clock_chip, said.broker.host, said.broker.port) == (
        "null",
        True,
        "broker.example.vn",
        1884,
    )


def test_a_broker_without_accounts_is_met_without_a_certificate(state: Path, door: FakeDoor) -> None:
    door.certificates = False

    enrols(state, door.code())

    known = read_identity(state)
    assert known is not None
    assert load_config(None, under=settings(known, state)).broker.certificate is None
    assert certificate_expires(state) is None


def test_a_line_that_broke_costs_nothing(state: Path, door: FakeDoor) -> None:
    door.replies = [(0, None)]

    broken = refused(state, door.code())
    enrols(state, door.code())

    assert broken == "enrol.unreachable"
    assert len(set(door.bodies)) == 1
    assert len(door.bodies) == 2


def test_it_asks_again_while_the_centre_has_not_decided(state: Path, door: FakeDoor) -> None:
    door.replies = [WAITING, WAITING]

    enrols(state, door.code())

    assert len(set(door.bodies)) == 1
    assert len(door.bodies) == 3


def test_it_does_not_ask_for_ever_and_may_be_told_to_go_on(state: Path, door: FakeDoor) -> None:
    door.replies = [WAITING] * 6

    given_up = refused(state, door.code())
    enrols(state, door.code())

    assert given_up == "enrol.not_answered"
    assert len(set(door.bodies)) == 1


def test_another_code_is_another_request(state: Path, door: FakeDoor) -> None:
    door.replies = [refusal("enrolment.expired")]
    refused(state, door.code())

    enrols(state, door.code("another0"))

    assert len({enrolment_requested(body).device_key for body in door.bodies}) == 2
    assert not (state / "enrolling").exists()


@pytest.mark.parametrize(
    "reply", [(500, b"<html>"), (200, b"{}"), (200, {"trust": ["?"], "answer": ""}), (404, b"[]"), (302, b"")]
)
def test_what_is_not_the_centre_is_named(state: Path, door: FakeDoor, reply: tuple[int, object]) -> None:
    door.replies = [reply]

    assert refused(state, door.code()) == "enrol.not_the_centre"


def test_a_centre_that_is_not_there_is_named(state: Path, door: FakeDoor) -> None:
    assert refused(state, door.code(server="http://127.0.0.1:9")) == "enrol.unreachable"


def test_nothing_is_believed_that_is_not_under_the_roots_of_the_code(state: Path, door: FakeDoor) -> None:
    genuine, first = door.lists, door.lists[0]
    stolen = trust_list(1, root=OTHER_ROOT)
    cases = {
        "trust.none": [],
        "trust.other_roots": [sealed(stolen, OTHER_ROOT)],
        "trust.not_signed": [sealed(trust_list(), THIEF)],
        "trust.not_next": [first, sealed(trust_list(3), ROOT)],
        "wire.unreadable": [b"nonsense"],
    }

    found = {}
    for code, lists in cases.items():
        door.lists = lists
        found[code] = refused(state, door.code())
    door.lists = genuine

    assert found == {code: code for code in cases}
    assert read_identity(state) is None
    assert not (state / "held").exists()
    enrols(state, door.code())


def test_an_answer_by_another_key_or_for_another_is_not_believed(state: Path, door: FakeDoor) -> None:
    by = {"wire.unknown_key": THIEF, "wire.wrong_role": ROOT, "wire.bad_signature": SigningKey(STATE.key, bytes(32))}
    signed = {}
    for code, door.signer in by.items():
        signed[code] = refused(state, door.code())
    door.signer = STATE
    cases: dict[str, dict[str, object]] = {
        "nonce": {"nonce": "another"},
        "device": {"device": "f" * 16},
        "audience": {"audience": "all"},
        "epoch": {"epoch": 2},
    }
    found = {}
    for name, door.says in cases.items():
        found[name] = refused(state, door.code())

    assert signed == {code: code for code in by}
    assert found == {
        "nonce": "wire.wrong_audience",
        "device": "wire.wrong_audience",
        "audience": "wire.wrong_audience",
        "epoch": "wire.wrong_epoch",
    }
    assert read_identity(state) is None


def test_nobody_begins_with_roots_that_have_run_out(state: Path, door: FakeDoor) -> None:
    old = trust_list(expires=NOW - timedelta(seconds=1))
    door.lists, door.roots = [sealed(old, ROOT)], roots_fingerprint(old)

    by_the_answer = refused(state, door.code(), now=CLOCKLESS)
    door.says = {"issued": NOW - timedelta(days=1)}
    by_its_own_clock = refused(state, door.code(), now=NOW)

    assert by_the_answer == by_its_own_clock == "trust.root_expired"
    enrols(state, door.code(), now=NOW - timedelta(days=1))


def test_lists_that_lead_to_the_roots_of_the_code_are_walked(state: Path, door: FakeDoor) -> None:
    turned = trust_list(2, root=OTHER_ROOT)
    door.lists = [sealed(trust_list(), ROOT), sealed(turned, ROOT, OTHER_ROOT)]
    door.roots = roots_fingerprint(turned)

    enrols(state, door.code())

    known = read_identity(state)
    assert known is not None
    assert known.roots == (OTHER_ROOT.public,)


def test_enrolled_again_at_its_place_it_keeps_what_it_holds_and_brings_new_keys(state: Path, door: FakeDoor) -> None:
    first = enrols(state, door.code())
    (state / "journal.db").write_bytes(b"evidence")

    second = enrols(state, door.code("another0"))

    assert first.device != second.device
    assert (state / "journal.db").read_bytes() == b"evidence"
    assert (state / f"identity-{first.device}" / "device.key").exists()


def test_enrolled_for_another_place_what_it_held_is_set_aside_and_kept(state: Path, door: FakeDoor) -> None:
    centre = Centre(NOW)
    enrols(state, door.code())
    _, assignment = centre.assignment()
    HeldMessages(state / "held").keep("assignment", assignment)
    (state / "journal.db").write_bytes(b"evidence")

    enrolled = enrols(state, door.code("another0"))

    aside = state / f"before-{enrolled.device}"
    assert (aside / "journal.db").read_bytes() == b"evidence"
    assert (aside / "held" / "assignment").read_bytes() == assignment
    assert HeldMessages(state / "held").everything() == {"trust": door.lists[-1]}
    assert not (state / "journal.db").exists()


def test_a_device_that_lost_what_it_held_begins_with_the_list_it_was_enrolled_under(
    state: Path, door: FakeDoor
) -> None:
    enrols(state, door.code())
    held = HeldMessages(state / "held")
    held.keep("trust", later := sealed(trust_list(2), ROOT))

    begin(state, held)
    kept = held.everything()
    held.drop("trust")
    begin(state, held)

    assert kept == {"trust": later}
    assert held.everything() == {"trust": door.lists[-1]}
    begin(state / "never enrolled", held)


def test_an_identity_that_cannot_be_read_is_said_so(state: Path, door: FakeDoor) -> None:
    enrols(state, door.code())
    (place(state) / "identity.json").write_text("{}")

    with pytest.raises(AgentError, match=r"identity\.unreadable"):
        read_identity(state)


def scanned(door: FakeDoor) -> str:
    code = door.code()
    return EnrolmentCode(server=code.server, enrolment=code.enrolment, roots=code.roots, secret=code.secret).text


def test_the_technician_pastes_the_code_and_reads_how_it_ended(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    done = main.main(["enrol", scanned(door), "--state", str(state)])
    again = main.main(["enrol", scanned(door), "--state", str(state)])
    said = capsys.readouterr()
    told = main.main(["enrol", scanned(door), "--state", str(state), "--again"])

    assert (done, again, told) == (0, 1, 0)
    assert "cụm loa loa-1" in said.out
    assert "--again" in said.err
    assert main.main(["status", "--state", str(state)]) == 0
    assert "loudspeaker=loa-1" in capsys.readouterr().out


def test_who_types_the_code_compares_the_roots_by_eye(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ["enrol", "--server", f"{door.url}/", "--id", "K7M29QXT", "--state", str(state)]
    answers = iter(["0000 0000 0000 0001", "k", "0000-0000-0000-0001", "C"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))

    unlike = main.main(typed)
    alike = main.main(typed)

    said = capsys.readouterr()
    shown = " ".join(door.roots[start : start + 4] for start in range(0, 64, 4))
    assert (unlike, alike) == (1, 0)
    assert said.out.count(f"Khoá gốc: {shown}") == 2
    assert "Khoá gốc" in said.err
    assert door.proofs[0] == proof(bytes(9) + b"\x01", door.bodies[0])


def test_a_script_that_types_says_the_roots_too(state: Path, door: FakeDoor) -> None:
    typed = ["enrol", "--server", door.url, "--id", "k7m29qxt", "--secret", "0" * 16, "--state", str(state)]

    wrong = main.main([*typed, "--roots", "0" * 64])
    right = main.main([*typed, "--roots", door.roots.upper()])

    assert (wrong, right) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "Đây không phải mã khai báo"),
        ([], "Đây không phải mã khai báo"),
        (["--server", "radio.example.vn", "--id", "k7m29qxt"], "Địa chỉ trung tâm phải bắt đầu bằng"),
        (["--server", "http://127.0.0.1:9", "--id", "../../etc"], "số mã gồm 8 chữ và số"),
        (["--server", "http://127.0.0.1:9"], "số mã gồm 8 chữ và số"),
        (["--server", "http://127.0.0.1:9", "--id", "k7m29qxt", "--secret", "123"], "Mã gõ tay phải đủ 16"),
        (["--server", "http://127.0.0.1:9", "--id", "k7m29qxt", "--secret", "0" * 16], "Không kết nối được"),
    ],
)
def test_every_refusal_is_said_in_words(
    state: Path,
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code = main.main(["enrol", *arguments, "--state", str(state)])

    assert code == 1
    assert said in capsys.readouterr().err


def test_the_centres_own_words_are_handed_on(state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str]) -> None:
    door.replies = [refusal("enrolment.burnt")]

    code = main.main(["enrol", scanned(door), "--state", str(state)])

    assert code == 1
    assert capsys.readouterr().err == "không: enrolment.burnt\nno: enrolment.burnt\n"


def test_an_answer_that_is_not_believed_is_said_so_with_its_code(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    door.signer = THIEF

    main.main(["enrol", scanned(door), "--state", str(state)])

    assert "không đáng tin" in (said := capsys.readouterr().err)
    assert "wire.unknown_key" in said


def test_a_directory_of_another_user_is_named_before_anything_is_asked(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 12_345)

    code = main.main(["enrol", scanned(door), "--state", str(state)])

    assert code == 2
    assert "runuser" in capsys.readouterr().err
    assert door.bodies == []


def test_a_disk_that_takes_nothing_is_said_so(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("station_agent.enrolment.put", full)
        broken = main.main(["enrol", scanned(door), "--state", str(state)])
    said = capsys.readouterr().err
    again = main.main(["enrol", scanned(door), "--state", str(state)])

    assert (broken, again) == (1, 0)
    assert "No space left on device" in said
    assert len(set(door.bodies)) == 1


def test_over_https_nothing_is_believed_but_what_is_signed(state: Path, tmp_path: Path) -> None:
    """A device that does not know the time, or whose centre made its own certificate, can check none."""
    authority = make_authority(tmp_path, now=NOW)
    own = new_key()
    file = tmp_path / "server.pem"
    file.write_text(
        own.private + authority.issue_server(["elsewhere"], own.public, now=NOW, valid=timedelta(days=1)).pem
    )
    door = FakeDoor(certificate=file)

    enrols(state, door.code())
    door.signer = THIEF
    forged = refused(tmp_path / "other", door.code())
    door.close()

    known = read_identity(state)
    assert known is not None
    assert known.server.startswith("https://")
    assert forged == "wire.unknown_key"


def test_a_running_agent_is_not_enrolled_under_its_feet(
    state: Path, door: FakeDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    state.mkdir()
    with only_one(state):
        code = main.main(["enrol", scanned(door), "--state", str(state)])

    assert code == 2
    assert "systemctl stop" in capsys.readouterr().err
