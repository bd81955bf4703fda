"""What came back, as lines."""

from server.calling.printing import as_json, as_list, as_table


def test_a_table_stands_in_columns_whatever_the_letters() -> None:
    entries = [
        {"id": "a", "title": "Cắt điện", "zones": ["x", "y"], "texts": {"vi": "…"}},
        {"id": "bcd", "title": "Hop", "zones": [], "texts": {}},
    ]

    assert list(as_table(entries)) == ["id   title     zones", "a    Cắt điện  x, y", "bcd  Hop"]


def test_no_entries_are_no_table() -> None:
    assert list(as_table([])) == []


def test_one_thing_is_a_list_of_its_fields() -> None:
    assert list(as_list({"id": "a", "valid_until": None, "level": 2, "texts": {"vi": "Hôm nay"}})) == [
        "id           a",
        "valid_until",
        "level        2",
        'texts        {"vi": "Hôm nay"}',
    ]


def test_nobody_s_words_steer_the_terminal() -> None:
    (_, line) = as_table([{"title": "a\x1b[2Jb\nc\u202e"}])

    assert line == "a�[2Jb c�"
    assert "\x1b" not in as_json({"title": "\x1b"})


def test_a_mark_of_its_own_takes_no_column() -> None:
    assert list(as_table([{"a": "e\u0302\u0301", "b": "x"}, {"a": "中", "b": "y"}])) == ["a   b", "ế   x", "中  y"]
