"""The form of an emergency as people fill it in; that of an exercise has the same fields."""

from schedules.ids import PersonId
from server.values import Person
from tests.fakes.store import FakeStore
from tests.server.web.commune import Account

REAL = "Đây là trang phát thật, không phải diễn tập."
FLOOD = {
    "units": "son-ha",
    "event": "flood",
    "severity": "severe",
    "urgency": "immediate",
    "certainty": "observed",
    "headline": "Nước sông Re dâng nhanh",
    "text_vi": "Bà con ven sông lên chỗ cao ngay.",
    "ends": "04:30",
    "times": "3",
    "pause": "20",
}


def person(store: FakeStore, account: Account) -> Person:
    return store.kept.people[PersonId(account.login)]
