"""Texts as they are looked for: people type names without tone marks, and write them in either Unicode form."""

import unicodedata


def folded(text: str) -> str:
    """Give a text for searching: without tone marks and other accents, in small letters, đ as d."""
    bare = (sign for sign in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(bare).replace("đ", "d").split())
