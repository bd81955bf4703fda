"""Writes by an API, each once: under a key that is kept until the answer came, from a version named or read."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from server.calling.description import Description
from server.calling.errors import CallFailed
from server.calling.kept_keys import Kept, KeptKeys
from server.calling.line import Answer, Line
from server.calling.wording import Asked, reading_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How somebody writes.

    Attributes:
        who: stands for the token, without its secret.
        version: that edits go on from; empty: the one that is there now.
        key: of the write; empty: the one that is kept, or a new one.
    """

    api: Description
    line: Line
    keys: KeptKeys
    who: str
    version: str = ""
    key: str = ""

    def write(self, wanted: Asked, now: datetime, *, sound: Path | None = None, anew: bool = False) -> Answer:
        """Send a write, as often as it takes.

        Args:
            wanted: what is sent.
            now: dates the key.
            sound: the body, where the call hears one.
            anew: what was sent before and never answered does not count.

        Raises:
            CallFailed: `call.no_answer`, `call.no_version`, `call.too_old`.
            CallRefused: where the version cannot be read.
        """
        body = None if wanted.body is None else json.dumps(wanted.body, ensure_ascii=False).encode()
        what = self._named(wanted, body, sound)
        if anew:
            self.keys.forget(what)
        kept = Kept(self.key, self._version(wanted)) if self.key else self.keys.find(what, now)
        kept = kept or self.keys.keep(what, self._version(wanted), now)
        headers = {"Idempotency-Key": kept.key, "Content-Type": "application/json"}
        if kept.version:
            headers["If-Match"] = kept.version
        if sound is not None:
            headers["Content-Type"] = "application/octet-stream"
        answer = self.line.ask(wanted.call.method, wanted.path, headers=headers, body=sound or body)
        if answer.status < 500 and answer.status != 409:
            self.keys.forget(what)
        return answer

    def _named(self, wanted: Asked, body: bytes | None, sound: Path | None) -> str:
        """Give what tells one write from another; a version that was read is not part of it."""
        if sound is None:
            content = sha256(body or b"").hexdigest()
        else:
            with sound.open("rb") as file:
                content = file_digest(file, "sha256").hexdigest()
        return f"{self.line.server}\n{self.who}\n{wanted.call.method}\n{wanted.path}\n{self.version}\n{content}"

    def _version(self, wanted: Asked) -> str:
        if not wanted.call.edits:
            return ""
        if self.version:
            return self.version if self.version.startswith('"') else f'"{self.version}"'
        reading = reading_of(self.api, wanted)
        if reading is None:
            raise CallFailed("call.no_version", call=wanted.call.name)
        answer = self.line.ask("GET", reading.path)
        answer.require_done()
        return answer.etag
