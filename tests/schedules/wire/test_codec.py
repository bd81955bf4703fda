"""Messages to bytes and back, and every way in which bytes are refused."""

import json
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from schedules.errors import InvalidValue, WireError
from schedules.ids import OccurrenceId
from schedules.programme import Kind
from schedules.times import Span
from schedules.wire import rows
from schedules.wire.codec import INFLATED_LIMIT, PAYLOAD_LIMIT, RUNDOWN_LIMIT, decoded, encoded, entry_of
from schedules.wire.kinds import TYPES
from schedules.wire.messages import (
    AsRunReport,
    Assignment,
    LedgerState,
    Message,
    Presence,
    RundownIssued,
    SilenceOrdered,
    TrustList,
)
from tests.schedules.wire.samples import ADDED, ENTRY, FULL, LEAST, NOW, RUNDOWN, TO_ZONE, TRUST_LIST


def tree_of(message: Message) -> dict[str, Any]:
    payload = encoded(message)
    text = zlib.decompress(payload) if isinstance(message, RundownIssued) else payload
    tree = json.loads(text)
    assert isinstance(tree, dict)
    return tree


def payload_of(kind: type[Message], tree: object) -> bytes:
    text = json.dumps(tree, ensure_ascii=False).encode()
    return zlib.compress(text) if kind is RundownIssued else text


def code_of(kind: type[Message], payload: bytes) -> tuple[str, object]:
    with pytest.raises(WireError) as refused:
        decoded(kind, payload)
    return refused.value.code, refused.value.values.get("cause")


def full(kind: type[Message]) -> Message:
    return next(message for message in FULL if type(message) is kind)


@pytest.mark.parametrize("message", [*FULL, *LEAST], ids=lambda message: type(message).__name__)
def test_every_message_reads_back_as_it_was(message: Message) -> None:
    assert decoded(type(message), encoded(message)) == message


def test_the_samples_are_of_every_type_and_set_every_field() -> None:
    assert {type(message) for message in FULL} == set(TYPES.values()) == {type(message) for message in LEAST}
    for kind in TYPES.values():
        samples = [message for message in (*FULL, *ADDED.values()) if type(message) is kind]
        unset = {each.name for each in fields(kind) if all(getattr(one, each.name) == each.default for one in samples)}
        assert unset <= {"threshold"}


def test_what_is_unset_is_left_out_and_other_defaults_are_written() -> None:
    assert tree_of(LEAST[9]) == {
        "audience": "server",
        "epoch": 0,
        "number": 0,
        "issued": "2026-11-22T17:05:00.250Z",
        "online": False,
        "volume": 0,
    }
    assert tree_of(LEAST[2])["spares_emergencies"] is True
    assert tree_of(LEAST[3])["volume"] == 100
    assert tree_of(LEAST[3])["regulations"][0]["kinds"] == []


def test_a_regulation_names_the_kinds_it_allows() -> None:
    """Else a later release with one kind more would read it into what this one signed."""
    assignment = full(Assignment)
    assert isinstance(assignment, Assignment)
    usual = replace(assignment.regulations[0], kinds=frozenset(Kind) - {Kind.MOURNING})

    tree = tree_of(replace(assignment, regulations=(usual,)))

    assert tree["regulations"][0]["kinds"] == sorted(kind for kind in Kind if kind is not Kind.MOURNING)


def test_a_rundown_is_rows_that_point_into_tables() -> None:
    tables = tree_of(full(RundownIssued))["rundown"]

    assert tables["from"] == "2026-11-22T17:00:00.000Z"
    assert tables["recordings"] == [
        ["a" * 64, 5_760_000, 720_000],
        ["b" * 64, 560_000, 70_000],
        ["c" * 64, 1_920_000, 240_000],
    ]
    assert tables["programmes"][1] == [
        "cat-dien",
        "Tạm ngừng cấp điện thôn Làng Mới, Gò Sim",
        "notice",
        2,
        "vi",
        "d" * 64,
        "wait",
        25_200_000,
    ]
    assert tables["items"][1] == ["2" * 32, 20_580_000, 142_000, 300_000, 1, [0, 0, [1, 1]]]
    assert [row[5] for row in tables["items"][2:]] == [[0, 30_000, [2, 2]], [1, "vov1", 2], [1, "qngtv", None]]


def test_a_reader_ignores_fields_and_columns_it_does_not_know() -> None:
    presence = full(Presence)
    known = full(RundownIssued)
    assert isinstance(known, RundownIssued)
    tree = tree_of(known)
    tree["rundown"]["items"] = [[*row[:5], [*row[5], "mới"], None, "mới"] for row in tree["rundown"]["items"]]
    tree["rundown"]["programmes"] = [[*row, "mới"] for row in tree["rundown"]["programmes"]]
    tree["rundown"]["recordings"] = [[*row, "mới"] for row in tree["rundown"]["recordings"]]
    tree["rundown"]["mới"] = {"a": []}

    assert decoded(Presence, payload_of(Presence, {**tree_of(presence), "mới": [1, {"a": None}]})) == presence
    assert decoded(RundownIssued, payload_of(RundownIssued, tree)) == known


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b'{"audience":"a","audience":"b"}', "duplicate_key"),
        (b'{"number":NaN}', "NaN"),
        (b'{"number":Infinity}', "Infinity"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "depth"),
        (b"[" * 200 + b"]" * 200, "depth"),
        (b"[" * 100_000, "json"),
        (b'{"a":1}{"b":2}', "json"),
        (b'{"a":1', "json"),
        (b"", "json"),
        (b"\xff\xfe{\x00}\x00", "json"),
        ('{"a":1}'.encode("utf-16"), "json"),
        (b'\xef\xbb\xbf{"a":1}', "json"),
        (b'{"a":"\xc3"}', "json"),
        (b'{"a":' + b"9" * 5000 + b"}", "json"),
    ],
    ids=lambda value: None,
)
def test_json_that_two_readers_could_take_differently_is_refused(text: bytes, cause: str) -> None:
    assert code_of(Presence, text) == ("wire.unreadable", cause)
    with pytest.raises(WireError, match=r"wire\.unreadable"):
        entry_of(text)


def test_sixteen_levels_are_read_and_seventeen_are_not() -> None:
    def nested(levels: int) -> list[Any]:
        return [] if levels == 1 else [nested(levels - 1)]

    presence = full(Presence)
    deep = {**tree_of(presence), "sâu": nested(15)}

    assert decoded(Presence, payload_of(Presence, deep)) == presence
    assert code_of(Presence, payload_of(Presence, {**deep, "sâu": nested(16)})) == ("wire.unreadable", "depth")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audience", None),
        ("audience", 5),
        ("audience", "\ud800"),
        ("epoch", True),
        ("epoch", 1.0),
        ("epoch", "1"),
        ("number", 2**53),
        ("number", -(2**53)),
        ("issued", "2026-11-23"),
        ("issued", "2026-11-23T05:30:00"),
        ("issued", 1_795_000_000),
        ("online", 1),
        ("temperature", "48"),
        ("temperature", True),
        ("silences", {}),
        ("silences", [["unit:son-ha", 7]]),
        ("playing", []),
        ("faults", [1]),
    ],
)
def test_a_field_of_another_sort_is_refused(field: str, value: object) -> None:
    tree = {**tree_of(full(Presence)), field: value}

    assert code_of(Presence, json.dumps(tree).encode())[0] in ("wire.unreadable", "wire.malformed")


def test_a_number_beyond_all_bounds_is_refused_where_a_fraction_is_meant() -> None:
    text = json.dumps({**tree_of(full(Presence)), "temperature": 0}).encode()

    assert decoded(Presence, text).temperature == 0.0
    assert code_of(Presence, text.replace(b'"temperature": 0', b'"temperature": 1e999'))[0] == "wire.unreadable"


def test_a_missing_field_is_refused_and_a_missing_optional_one_is_unset() -> None:
    tree = tree_of(full(Presence))
    without = {name: value for name, value in tree.items() if name not in ("playing", "temperature", "faults")}

    assert decoded(Presence, payload_of(Presence, without)).playing is None
    assert decoded(Presence, payload_of(Presence, {**tree, "playing": None})).playing is None
    del without["number"]
    assert code_of(Presence, payload_of(Presence, without))[0] == "wire.unreadable"
    assert code_of(Presence, b"[]")[0] == "wire.unreadable"
    assert code_of(Presence, b"null")[0] == "wire.unreadable"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("earliest", "05:00:00+07:00"),
        ("earliest", "25:00"),
        ("earliest", 5),
        ("weekdays", [0, "1"]),
        ("weekdays", 5),
        ("session", "night"),
    ],
)
def test_a_civil_time_has_no_offset_and_a_session_a_known_name(field: str, value: object) -> None:
    tree = tree_of(full(Assignment))
    tree["regulations"][0]["sessions"][0][field] = value

    assert code_of(Assignment, payload_of(Assignment, tree))[0] == "wire.unreadable"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda tree: tree["regulations"][0].update(time_zone="Sơn Hà"), "regulation.time_zone"),
        (lambda tree: tree["regulations"][0].update(sessions=[]), "regulation.no_window"),
        (lambda tree: tree["channels"][0]["fallback"].update(sha256="../" * 21 + "x"), "recording.malformed"),
    ],
)
def test_a_value_that_breaks_its_own_rule_is_malformed(change: Callable[[dict[str, Any]], None], cause: str) -> None:
    tree = tree_of(full(Assignment))
    change(tree)

    assert code_of(Assignment, payload_of(Assignment, tree)) == ("wire.malformed", cause)


@pytest.mark.parametrize(
    "change",
    [
        lambda tables: tables["items"][0].__setitem__(0, 7),
        lambda tables: tables["items"][0].__setitem__(1, 1.5),
        lambda tables: tables["items"][0].__setitem__(1, 2**52),
        lambda tables: tables["items"][0].__setitem__(4, -1),
        lambda tables: tables["items"][0].__setitem__(4, 99),
        lambda tables: tables["items"][0].__setitem__(5, [2, 0, [0]]),
        lambda tables: tables["items"][0].__setitem__(5, [0, 0, [-1]]),
        lambda tables: tables["items"][0].__setitem__(5, [0, 0, 0]),
        lambda tables: tables["items"][0].__setitem__(5, []),
        lambda tables: tables["items"][0].__delitem__(5),
        lambda tables: tables["items"].__setitem__(0, "123456"),
        lambda tables: tables["programmes"][0].__setitem__(2, "advertisement"),
        lambda tables: tables["programmes"][0].__setitem__(3, True),
        lambda tables: tables["programmes"][0].__setitem__(3, 4),
        lambda tables: tables["programmes"][0].__setitem__(6, "soon"),
        lambda tables: tables["programmes"][0].pop(),
        lambda tables: tables.__setitem__("items", {}),
        lambda tables: tables.__setitem__("from", "9999-12-31T23:59:59Z"),
        lambda tables: tables.pop("zone"),
    ],
)
def test_rows_that_do_not_fit_are_refused(change: Callable[[dict[str, Any]], None]) -> None:
    tree = tree_of(full(RundownIssued))
    change(tree["rundown"])

    assert code_of(RundownIssued, payload_of(RundownIssued, tree))[0] in ("wire.unreadable", "wire.malformed")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda tables: tables["items"][0].__setitem__(2, 0), "rundown.item_without_length"),
        (lambda tables: tables["items"][0].__setitem__(2, 10**9), "rundown.overlap"),
        (lambda tables: tables["items"].append(tables["items"][0]), "rundown.overlap"),
        (lambda tables: tables["items"][0].__setitem__(5, [0, 720_000, [0]]), "rundown.item_without_sound"),
        (lambda tables: tables.__setitem__("zone", "go-sim"), "rundown.says_otherwise"),
        (lambda tables: tables.__setitem__("epoch", 2), "rundown.says_otherwise"),
        (lambda tables: tables.__setitem__("revision", 2), "rundown.says_otherwise"),
    ],
)
def test_a_rundown_that_cannot_be_is_malformed(change: Callable[[dict[str, Any]], None], cause: str) -> None:
    tree = tree_of(full(RundownIssued))
    change(tree["rundown"])

    assert code_of(RundownIssued, payload_of(RundownIssued, tree)) == ("wire.malformed", cause)


def test_a_rundown_message_says_what_its_rundown_says() -> None:
    with pytest.raises(InvalidValue, match=r"rundown\.says_otherwise"):
        RundownIssued(audience=TO_ZONE, epoch=1, number=8, issued=NOW, rundown=RUNDOWN)


def test_a_trust_list_names_each_key_once() -> None:
    tree = tree_of(TRUST_LIST)
    tree["keys"].append(tree["keys"][0])

    assert code_of(TrustList, payload_of(TrustList, tree)) == ("wire.malformed", "trust.key_twice")


def test_ten_megabytes_are_refused_before_they_are_read() -> None:
    huge = b"[" + b" " * 10_000_000 + b"]"

    assert code_of(Presence, huge)[0] == "wire.too_large"
    assert code_of(RundownIssued, huge)[0] == "wire.too_large"


def test_limits_are_met_exactly() -> None:
    tree = tree_of(full(Presence))
    length = len(payload_of(Presence, {**tree, "x": ""}))

    assert decoded(Presence, payload_of(Presence, {**tree, "x": "a" * (PAYLOAD_LIMIT - length)})) == full(Presence)
    assert (
        code_of(Presence, payload_of(Presence, {**tree, "x": "a" * (PAYLOAD_LIMIT - length + 1)}))[0]
        == "wire.too_large"
    )


def test_a_bomb_is_stopped_at_its_limit() -> None:
    bomb = zlib.compress(b" " * 40_000_000, 9)

    assert len(bomb) < RUNDOWN_LIMIT
    assert code_of(RundownIssued, bomb)[0] == "wire.too_large"
    assert code_of(RundownIssued, zlib.compress(b" " * INFLATED_LIMIT))[0] == "wire.unreadable"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda payload: payload[:-1],
        lambda payload: payload + b"x",
        lambda payload: payload + payload,
        zlib.decompress,
        lambda payload: b"",
        lambda payload: payload[:-4] + b"\0\0\0\0",
    ],
)
def test_a_rundown_that_was_cut_or_added_to_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    assert code_of(RundownIssued, spoil(encoded(full(RundownIssued)))) == ("wire.unreadable", "zlib")


def test_nothing_is_written_that_no_reader_would_take() -> None:
    report = full(AsRunReport)
    assert isinstance(report, AsRunReport)
    with pytest.raises(WireError, match=r"wire\.too_large"):
        encoded(replace(report, entries=(ENTRY,) * 400))
    assert len(encoded(replace(report, entries=(ENTRY,) * 200))) < PAYLOAD_LIMIT

    start, length = RUNDOWN.covers.start, timedelta(minutes=1)
    titled = (replace(RUNDOWN.items[0], title=sha256(bytes([n % 256, n // 256])).hexdigest() * 3) for n in range(2_000))
    many = tuple(
        replace(
            each,
            occurrence=OccurrenceId(each.title[:32]),
            starts_at=start + n * length,
            ends_at=start + (n + 1) * length,
        )
        for n, each in enumerate(titled)
    )
    with pytest.raises(WireError, match=r"wire\.too_large"):
        encoded(replace(full(RundownIssued), rundown=replace(RUNDOWN, items=many)))  # type: ignore[call-arg]  # a RundownIssued


def test_rows_lose_nothing_that_is_planned_in_whole_milliseconds() -> None:
    from_an_odd_instant = replace(RUNDOWN, covers=Span(RUNDOWN.items[0].starts_at, RUNDOWN.covers.end))

    for rundown in (RUNDOWN, from_an_odd_instant):
        assert rows.unpacked(rows.packed(rundown)) == rundown


def test_an_order_of_silence_keeps_its_false() -> None:
    order = full(SilenceOrdered)
    assert isinstance(order, SilenceOrdered)

    lifted = decoded(SilenceOrdered, encoded(replace(order, ordered=False)))

    assert lifted.ordered is False
    assert lifted.spares_emergencies is False


@pytest.mark.parametrize(("size", "root"), [(-1, "0" * 64), (1, "0" * 63)])
def test_a_ledger_has_a_size_and_a_whole_root(size: int, root: str) -> None:
    with pytest.raises(InvalidValue, match=r"ledger\.state"):
        LedgerState(size, root)
