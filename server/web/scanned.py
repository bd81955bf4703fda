"""Draws a text as a QR code. It must not know what the text opens."""

import segno
from markupsafe import Markup


def picture(text: str) -> Markup:
    """Draw a text as a QR code that is read on any screen: dark on light, whatever the page's colours."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, dark="#000", light="#fff"))  # noqa: S704 -- segno's own drawing
