"""Views that people save for themselves."""

import pytest

from server.errors import Unacceptable
from server.services import views
from tests.server.services.radio import INSPECTOR, OFFICER, Radio


def test_a_view_is_there_under_its_name_for_who_saved_it(radio: Radio) -> None:
    views.save(radio.store, INSPECTOR, name="  Hôm qua  lỗi ", query="inspection.lines?verdict=missed")

    (view,) = views.saved(radio.store, INSPECTOR)

    assert (view.name, view.query) == ("Hôm qua lỗi", "inspection.lines?verdict=missed")
    assert not views.saved(radio.store, OFFICER)


def test_nobody_can_remove_another_s_view(radio: Radio) -> None:
    views.save(radio.store, INSPECTOR, name="A", query="x")

    views.remove(radio.store, OFFICER, "A")
    assert len(views.saved(radio.store, INSPECTOR)) == 1

    views.remove(radio.store, INSPECTOR, "A")
    assert not views.saved(radio.store, INSPECTOR)


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        (" ", "x", "view.no_name"),
        ("a" * (views.LONGEST_NAME + 1), "x", "view.name_too_long"),
        ("a", "x" * (views.LONGEST_QUERY + 1), "view.too_long"),
    ],
)
def test_what_cannot_be_saved_says_why(radio: Radio, name: str, query: str, code: str) -> None:
    with pytest.raises(Unacceptable, match=code):
        views.save(radio.store, INSPECTOR, name=name, query=query)

    assert not views.saved(radio.store, INSPECTOR)


def test_one_too_many_is_refused_and_one_of_a_known_name_is_not(radio: Radio) -> None:
    for number in range(views.MOST):
        views.save(radio.store, INSPECTOR, name=str(number), query="x")

    with pytest.raises(Unacceptable, match=r"view.too_many"):
        views.save(radio.store, INSPECTOR, name="another", query="x")
    views.save(radio.store, INSPECTOR, name="0", query="y")

    assert len(views.saved(radio.store, INSPECTOR)) == views.MOST
