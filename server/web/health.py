"""Says to a machine that the web process is alive and reaches its database. It tells nothing about content."""

from flask import Blueprint

from server.web.centre import centre

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> tuple[dict[str, object], int]:
    """Answer 200 as soon as the database answers."""
    with centre().store.reading() as uow:
        units = len(uow.places.units().by_id)
    return {"status": "ok", "units": units}, 200
