"""The token: from a file only its owner may read, or from the environment.

Never from the command line, which everybody on the machine sees.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from server.calling.errors import CallFailed, Ending

IN_FILE, IN_WORDS = "COMMUNE_RADIO_TOKEN_FILE", "COMMUNE_RADIO_TOKEN"


def token_of(file: Path | None, environment: Mapping[str, str]) -> str:
    """Give the token; empty where there is none.

    Raises:
        CallFailed: `call.no_token_file`, `call.open_token_file`, `call.not_a_token`.
    """
    named = file or (Path(environment[IN_FILE]) if environment.get(IN_FILE) else None)
    token = environment.get(IN_WORDS, "") if named is None else _read(named)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CallFailed("call.not_a_token")
    return token


def required(token: str) -> str:
    """Refuse to go on without a token.

    Raises:
        CallFailed: `call.no_token`.
    """
    if not token:
        raise CallFailed("call.no_token", Ending.NOT_ALLOWED, file=IN_FILE, words=IN_WORDS)
    return token


def _read(file: Path) -> str:
    try:
        with file.open(encoding="ascii", errors="replace") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise CallFailed("call.open_token_file", file=str(file))
            return opened.read(1000).strip()
    except OSError as error:
        raise CallFailed("call.no_token_file", file=str(file), reason=error.strerror or "") from None
