"""Views that a person saves under a name, to come back to what was chosen. Nobody else sees them."""

from collections.abc import Sequence

from server.errors import Unacceptable
from server.inspection_records import SavedView
from server.ports import Store
from server.values import Person

LONGEST_NAME = 60
LONGEST_QUERY = 2000
MOST = 30


def saved(store: Store, person: Person) -> Sequence[SavedView]:
    """Give a person's views, by name."""
    with store.reading() as uow:
        return uow.views.of(person.id)


def save(store: Store, person: Person, *, name: str, query: str) -> SavedView:
    """Save a view, in the place of the one of its name if there is any.

    Raises:
        Unacceptable: `view.no_name`, `view.name_too_long`, `view.too_long`, `view.too_many` with the field `name`.
    """
    called = " ".join(name.split())
    if not called:
        raise Unacceptable("view.no_name", "name")
    if len(called) > LONGEST_NAME:
        raise Unacceptable("view.name_too_long", "name", most=LONGEST_NAME)
    if len(query) > LONGEST_QUERY:
        raise Unacceptable("view.too_long", "name")
    view = SavedView(person=person.id, name=called, query=query)
    with store.writing() as uow:
        known = {each.name for each in uow.views.of(person.id)}
        if called not in known and len(known) >= MOST:
            raise Unacceptable("view.too_many", "name", most=MOST)
        uow.views.put(view)
        uow.commit()
    return view


def remove(store: Store, person: Person, name: str) -> None:
    """Forget a view; one that is not there stays so."""
    with store.writing() as uow:
        uow.views.remove(person.id, name)
        uow.commit()
