"""The API over the morning of the use cases' tests: programs of its people, each with a token for all they may."""

from datetime import timedelta
from functools import partial

from server.api.application import create_api
from server.api.centre import Centre
from server.services import api_tokens
from server.services.api_tokens import NewToken
from server.services.schedule import CIVIL_TIME
from server.values import Person
from server.web.sentences import sentence
from tests.server.api.conftest import Program, under_api
from tests.server.services.radio import Radio


def program_of(radio: Radio, person: Person) -> Program:
    """Give a person's program."""
    centre = Centre(
        store=radio.store,
        clock=radio.clock,
        preparation=radio.preparation,
        behind=lambda _: None,
        uploads=radio.uploads,
        longest_sound=timedelta(hours=1),
        largest_sound=5_000_000,
        say=partial(sentence, zone=CIVIL_TIME),
    )
    new = NewToken(name="Thử", unit=person.unit, scopes=api_tokens.scopes_of(person), days=30)
    return Program(under_api(create_api(centre)), api_tokens.make(radio.store, radio.clock, person, new=new)[1])
