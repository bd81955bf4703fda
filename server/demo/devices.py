"""The demonstration's agents become its loudspeakers' as on a pole: by a technician's code each, through the door.

It must not draw a key: every agent draws its own.
"""

from collections.abc import Mapping

from schedules.ids import LoudspeakerId, PersonId, ZoneId
from schedules.wire.enrolment_code import EnrolmentCode
from server.demo import stations
from server.demo.content import Centre, DemonstrationFailed
from server.local import AgentSettings, enrolling
from server.services import enrolment

TECHNICIAN = PersonId("kythuat")


def enrol_new(centre: Centre, agents: Mapping[ZoneId, AgentSettings], *, server: str) -> None:
    """Enrol every agent whose loudspeaker has no device yet, all at once, and wait until they are.

    Raises:
        DemonstrationFailed: one could not be enrolled.
    """
    with centre.store.reading() as uow:
        known = {each.id: each for each in uow.places.loudspeakers()}
    of_zone = {zone: stations.loudspeaker_of(zone) for zone in agents}
    running = {
        zone: enrolling(agents[zone], _code(centre, speaker, server))
        for zone, speaker in of_zone.items()
        if not known[speaker].public_key
    }
    failed = [zone for zone, process in running.items() if process.wait() != 0]
    if failed:
        raise DemonstrationFailed(f"enrolment of {', '.join(failed)}")


def _code(centre: Centre, speaker: LoudspeakerId, server: str) -> str:
    with centre.store.reading() as uow:
        technician = uow.people.get(TECHNICIAN)
    if technician is None:
        raise DemonstrationFailed(TECHNICIAN)
    opened = enrolment.open_code(centre.store, centre.clock, technician, speaker)
    roots = enrolment.shown(centre.store, centre.clock, technician, speaker).roots
    return EnrolmentCode(server=server, enrolment=opened.id, roots=roots, secret=opened.secret).text
