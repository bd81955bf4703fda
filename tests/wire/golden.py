"""The golden files of the wire: one sealed message each, as bytes and in words. They are only ever added.

Run it to add what is missing: `python -m tests.wire.golden NAME...`; what is there already is never written again.
"""

import json
import sys
import zlib
from pathlib import Path
from typing import Any

from schedules.wire.emergency import Announced
from schedules.wire.kinds import TYPES
from schedules.wire.messages import Message
from schedules.wire.seal import envelope_of, sealed
from tests.schedules.wire.samples import ADDED, FULL, LEAST, signers_of

DIRECTORY = Path(__file__).parent / "golden"
SAMPLES = {
    f"{type(message).__name__}-{label}": message
    for label, messages in (("full", FULL), ("least", LEAST))
    for message in messages
}
"""What the files of this major version's first release hold, by name."""
SAMPLES |= ADDED


def in_words(envelope: bytes) -> dict[str, Any]:
    """Give an envelope's header and payload as JSON."""
    size = int.from_bytes(envelope[4:6], "big")
    inner = envelope_of(envelope)
    payload = zlib.decompress(inner.payload) if inner.type == "RundownIssued" else inner.payload
    if issubclass(TYPES[inner.type], Announced):
        end = 4 + int.from_bytes(payload[:4], "big")
        said = {**json.loads(payload[4:end]), "sound": payload[end:].hex()}
        return {"header": json.loads(envelope[6 : 6 + size]), "payload": said}
    return {"header": json.loads(envelope[6 : 6 + size]), "payload": json.loads(payload)}


def add(name: str, message: Message) -> None:
    """Write the two files of a message.

    Raises:
        FileExistsError: golden files are only ever added.
    """
    envelope = sealed(message, *signers_of(message))
    text = json.dumps(in_words(envelope), ensure_ascii=False, indent=2) + "\n"
    with (DIRECTORY / f"{name}.envelope").open("xb") as file:
        file.write(envelope)
    with (DIRECTORY / f"{name}.json").open("x", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        add(chosen, SAMPLES[chosen])
