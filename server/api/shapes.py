"""Shapes that requests and answers share: what is sent, what is answered, text, days and instants within reason."""

from datetime import UTC, date, datetime, time
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

_YEARS = range(2000, 2200)
"""Of days and instants: further away is a mistake, and the calendar ends somewhere."""

Dated = TypeVar("Dated", bound=date)

_NO_NUL = r"^[^\u0000]*$"  # PostgreSQL keeps none in a text
_WALL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"  # what JSON Schema calls a time has a zone

Text = Annotated[str, StringConstraints(max_length=20_000, pattern=_NO_NUL)]
Line = Annotated[str, StringConstraints(max_length=300, pattern=_NO_NUL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_NO_NUL)]
ShortName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_NO_NUL)]
"""Of what must fit one line of a phone and of the printed diary."""
Names = Annotated[list[Name], Field(max_length=2000)]


class Sent(BaseModel):
    """What a request brings; a field nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


def _within_reason(value: Dated) -> Dated:
    if value.year not in _YEARS:
        raise ValueError("out of reach")
    return value


def _utc(value: datetime) -> datetime:
    return _within_reason(value).astimezone(UTC)


def _of_the_wall(value: time) -> time:
    if value.tzinfo is not None or value.microsecond:
        raise ValueError("a local time, to the second")
    return value


Day = Annotated[date, AfterValidator(_within_reason)]
Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
WallTime = Annotated[time, AfterValidator(_of_the_wall), WithJsonSchema({"type": "string", "pattern": _WALL_TIME})]


class Removed(Answer):
    """What was taken away."""

    id: str
