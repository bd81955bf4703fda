"""The list of languages that programmes are made in and zones speak; the administrator of the centre keeps it."""

from collections.abc import Sequence

from schedules.language import Language
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import as_input
from server.services.rights import may, require
from server.services.trail import note
from server.values import Person, Role

_FIELDS = {"language.tag": "tag", "language.name": "name"}


def listed(store: Store) -> Sequence[Language]:
    """Give every language, in the order of the list."""
    with store.reading() as uow:
        return uow.languages.all()


def may_keep(store: Store, person: Person) -> bool:
    """Tell whether a person may change the list."""
    with store.reading() as uow:
        units = uow.places.units()
    return may(units, person, units.above(person.unit)[-1], Role.ADMINISTRATOR)


def put(store: Store, clock: Clock, person: Person, *, tag: str, name: str, group: str, english: str) -> Language:
    """Add a language to the end of the list, or give a known tag other names.

    Raises:
        NotAllowed: `rights.missing` unless the person administers the whole centre.
        Unacceptable: `language.tag`, `language.name` with the field.
    """
    with store.writing() as uow:
        _require_keeper(uow, person)
        with as_input(_FIELDS):
            language = Language(*(" ".join(text.split()) for text in (tag.lower(), name, group, english)))
        uow.languages.put(language)
        note(uow, clock.now(), person, "language.kept", subject=language.tag, unit=person.unit, name=language.name)
        uow.commit()
    return language


def remove(store: Store, clock: Clock, person: Person, *, tag: str) -> None:
    """Take a language off the list.

    Raises:
        NotAllowed: `rights.missing` unless the person administers the whole centre.
        Unacceptable: `language.in_use`: a zone speaks it, or a programme is made in it.
    """
    with store.writing() as uow:
        _require_keeper(uow, person)
        spoken = {language for zone in uow.places.zones() for language in zone.languages}
        made = {variant.language for stored in uow.programmes.all() for variant in stored.programme.variants}
        if tag in spoken | made:
            raise Unacceptable("language.in_use", language=tag)
        uow.languages.remove(tag)
        note(uow, clock.now(), person, "language.removed", subject=tag, unit=person.unit)
        uow.commit()


def _require_keeper(uow: UnitOfWork, person: Person) -> None:
    units = uow.places.units()
    require(units, person, units.above(person.unit)[-1], Role.ADMINISTRATOR)
