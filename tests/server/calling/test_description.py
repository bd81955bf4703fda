"""What the API says of itself, read without knowing any call by name."""

import pytest

from server.calling.description import Description
from server.calling.errors import CallFailed, Ending


def test_every_call_has_a_name_of_its_own_and_a_sentence(api: Description) -> None:
    assert len(api.calls) > 60
    assert all(call.says.endswith((".", ";")) or call.says for call in api.calls.values())
    assert all(name.count(".") == 1 for name in api.calls)


def test_no_call_takes_one_name_twice(api: Description) -> None:
    """A name on the command line must mean one thing: in the path, in the query or in what is sent."""
    for call in api.calls.values():
        names = {part.name for part in call.parts}
        sent = {name for way in api.ways(call.body or {}) for name in way.get("properties", {})}

        assert len(names) == len(call.parts), call.name
        assert not names & sent, call.name


def test_every_edit_has_a_call_that_reads_its_version(api: Description) -> None:
    for call in api.calls.values():
        if call.edits:
            reading = api.reading(call)
            assert reading is not None, call.name
            assert call.path.startswith(reading.path)


@pytest.mark.parametrize(
    ("name", "entries"), [("programmes.list", "programmes"), ("log.rows", "rows"), ("programmes.get", "")]
)
def test_what_lists_things_is_told_from_what_gives_one(api: Description, name: str, entries: str) -> None:
    assert api.entries(api.find(name)) == entries


def test_a_call_nobody_knows_is_refused(api: Description) -> None:
    with pytest.raises(CallFailed, match=r"call\.unknown"):
        api.find("programmes.approve")


@pytest.mark.parametrize("document", [[], {}, {"components": {"schemas": {}}, "paths": {"/": {"get": {}}}}, "no"])
def test_what_describes_no_api_is_refused(document: object) -> None:
    with pytest.raises(CallFailed, match=r"call\.not_an_api") as refused:
        Description(document)

    assert refused.value.ending is Ending.UNKNOWN
