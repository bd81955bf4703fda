"""Words of the command become what a call sends."""

import pytest

from server.calling.description import Description
from server.calling.errors import CallFailed
from server.calling.wording import asked, on_page, reading_of


def test_names_go_into_path_query_and_body(api: Description) -> None:
    listed = asked(api, api.find("programmes.list"), ["text=cắt điện", "limit=2"])
    made = asked(
        api,
        api.find("programmes.create"),
        ["unit=son-ha", "title=Cắt điện", "kind=notice", "level=2", "texts.vi=Từ 7 giờ"],
    )

    assert listed.path == "/v1/programmes?limit=2&text=c%E1%BA%AFt+%C4%91i%E1%BB%87n"
    assert listed.body is None
    assert made.path == "/v1/units/son-ha/programmes"
    assert made.body == {"title": "Cắt điện", "kind": "notice", "level": 2, "texts": {"vi": "Từ 7 giờ"}}


def test_a_name_given_again_makes_a_list_longer_and_a_dot_goes_inside(api: Description) -> None:
    words = [
        "programme=p",
        "target.zones=a",
        "target.zones=b",
        "timing.kind=at_time",
        "timing.at=17:30",
        "timing.again=true",
    ]

    booked = asked(api, api.find("slots.book"), words)

    assert booked.body == {
        "target": {"zones": ["a", "b"]},
        "timing": {"kind": "at_time", "at": "17:30", "again": True},
    }


def test_words_come_on_top_of_what_was_brought(api: Description) -> None:
    made = asked(api, api.find("programmes.create"), ["unit=x", "title=B"], {"title": "A", "kind": "notice"})

    assert made.body == {"title": "B", "kind": "notice"}


def test_a_name_in_the_path_cannot_lead_elsewhere(api: Description) -> None:
    assert asked(api, api.find("programmes.get"), ["programme=../units?x"]).path == "/v1/programmes/..%2Funits%3Fx"


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("programmes.get", ["nhac"], "call.word"),
        ("programmes.get", [], "call.missing"),
        ("programmes.get", ["programme=x", "colour=red"], "call.no_such_name"),
        ("programmes.create", ["unit=x", "colour=red"], "call.no_such_name"),
        ("programmes.create", ["unit=x", "title.vi=red"], "call.no_such_name"),
        ("programmes.create", ["unit=x", "level=high"], "call.no_number"),
        ("slots.book", ["programme=x", "target.zones=a", "target.zones.b=c"], "call.no_such_name"),
    ],
)
def test_what_makes_no_call_is_refused(api: Description, name: str, words: list[str], code: str) -> None:
    with pytest.raises(CallFailed) as refused:
        asked(api, api.find(name), words)

    assert refused.value.code == code


def test_a_body_nobody_asked_for_is_refused(api: Description) -> None:
    with pytest.raises(CallFailed, match=r"call\.takes_no_body"):
        asked(api, api.find("programmes.get"), ["programme=x"], {"title": "A"})


def test_the_next_page_is_the_same_question(api: Description) -> None:
    first = asked(api, api.find("programmes.list"), ["limit=2"])

    assert on_page(on_page(first, "a="), "b=").path == "/v1/programmes?limit=2&cursor=b%3D"
    assert on_page(asked(api, api.find("programmes.list"), []), "a").path == "/v1/programmes?cursor=a"


def test_what_is_edited_is_read_at_the_same_address(api: Description) -> None:
    submitted = asked(api, api.find("programmes.submit"), ["programme=x y"])
    changed = asked(api, api.find("slots.change"), ["slot=s", "part=all"], {"target": {}})

    read = [reading_of(api, each) for each in (submitted, changed)]

    assert [each and each.path for each in read] == ["/v1/programmes/x%20y", "/v1/slots/s"]
