"""The morning of Sơn Hà as a session template that waits for its approver."""

from dataclasses import replace

from schedules.session import SessionTemplate
from server.approving_records import Matter
from server.services import (
    issuing,
    template_returns,
    templates,
)
from server.values import Person
from tests.fakes.sealing import FakeSealing
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    MORNING,
    NEIGHBOUR,
    OFFICER,
    SIGNAL,
    SON_HA,
    TECHNICIAN,
    Radio,
)

SESSION = Matter(MORNING, is_template=True)
WRONG_PEOPLE = [TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR]


def morning(radio: Radio) -> SessionTemplate:
    return templates.get(radio.store, OFFICER, MORNING).stored.template


def saves(radio: Radio, **changes: object) -> None:
    """Save the form of the morning, changed or not."""
    old = morning(radio)
    to = replace(old, **changes)  # type: ignore[arg-type]  # fields by name
    templates.change(radio.store, radio.clock, OFFICER, MORNING, to=to, version=old.version)


def is_released(radio: Radio) -> bool:
    return templates.get(radio.store, OFFICER, MORNING).released


def is_heard(radio: Radio) -> bool:
    """Tell whether the morning's signal is planned anywhere at the station."""
    issuing.issue_wanted(radio.store, radio.clock, FakeSealing())
    with radio.store.reading() as uow:
        issued = [uow.issue.issued(zone.id) for zone in uow.places.zones() if zone.station == SON_HA]
    return any(item.programme == SIGNAL for each in issued if each is not None for item in each.rundown.items)


def waits_for(radio: Radio, person: Person = APPROVER) -> bool:
    return MORNING in {each.stored.template.id for each in radio.queue(person).templates}


def goes_back(radio: Radio) -> None:
    version = morning(radio).version
    template_returns.send_back(radio.store, radio.clock, APPROVER, MORNING, version=version, reason="Sai giờ")
