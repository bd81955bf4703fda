"""Every part the pages are made of, on one page, so that a change of design is seen at once. It shows no content."""

from flask import Blueprint, render_template

styleguide = Blueprint("styleguide", __name__)


@styleguide.get("/styleguide")
def parts() -> str:
    """Show every part."""
    return render_template("styleguide.html")
