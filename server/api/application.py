"""Makes the API: an application of its own that is put under `/api` of the pages."""

from apiflask import APIBlueprint, APIFlask
from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import NotFound

from server.api.asking import recognise, token_or_none
from server.api.audit import audit
from server.api.campaigns import campaigns
from server.api.centre import Centre
from server.api.commands import commands
from server.api.contributions import contributions
from server.api.document import SCHEMES, TITLE, VERSION, describe
from server.api.emergencies import emergencies
from server.api.faults import faults
from server.api.groups import groups
from server.api.inspection import inspection
from server.api.log import log
from server.api.loudspeakers import loudspeakers
from server.api.offers import offers
from server.api.outages import outages
from server.api.people import people
from server.api.place_order import place_order
from server.api.plan import plan
from server.api.priorities import priorities
from server.api.problems import answer_problems
from server.api.programmes import programmes
from server.api.regulation import regulation
from server.api.royalties import royalties
from server.api.session_templates import templates
from server.api.slots import slots
from server.api.sounds import sounds
from server.api.substitutions import substitutions
from server.api.units import units
from server.api.upkeep import upkeep
from server.api.watch import watch
from server.api.week import week
from server.api.zones import zones

SUBJECTS: tuple[APIBlueprint, ...] = (
    units,
    zones,
    loudspeakers,
    upkeep,
    faults,
    commands,
    programmes,
    sounds,
    substitutions,
    slots,
    week,
    priorities,
    place_order,
    templates,
    contributions,
    campaigns,
    offers,
    groups,
    plan,
    log,
    inspection,
    royalties,
    watch,
    emergencies,
    outages,
    regulation,
    people,
    audit,
)

OFTEN = "600 per minute"
"""Of one token, or without one of one address: ten a second is more than any program of an office asks."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Authorization, Accept-Language",
}


def create_api(centre: Centre, *, often: str = OFTEN) -> APIFlask:
    """Make the API.

    Args:
        centre: what it works with.
        often: how often one token, or address, may ask.
    """
    app = APIFlask(
        __name__,
        title=TITLE,
        version=VERSION,
        docs_path=None,
        spec_path="/v1/openapi.json",
        static_folder=None,  # type: ignore[arg-type]  # Flask takes it
    )
    app.config.update(
        MAX_CONTENT_LENGTH=centre.largest_sound,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        SECURITY_SCHEMES=SCHEMES,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # what tells most stands first, for who looks at it
    app.extensions.update(centre.kept())
    app.before_request(_require_readable)
    recognise(app)
    Limiter(_who, app=app, default_limits=[often], storage_uri="memory://")
    answer_problems(app)
    for subject in SUBJECTS:
        app.register_blueprint(subject, url_prefix="/v1")
    describe(app)
    app.after_request(_with_headers)
    return app


def _require_readable() -> None:
    if "\0" in request.path:  # PostgreSQL keeps none in a text, so nothing is named so
        raise NotFound


def _who() -> str:
    token = token_or_none()
    return get_remote_address() if token is None else f"token:{token.id}"


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
