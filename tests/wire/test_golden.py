"""What was once written is readable for as long as this major version lives, and written the same today."""

import json
import zlib
from hashlib import sha256

import pytest

from schedules.wire.enrolment import CertificateRequested, EnrolmentRequested
from schedules.wire.kinds import TYPES
from schedules.wire.messages import Message, RundownIssued, TrustList
from schedules.wire.possession import certificate_requested, enrolment_requested
from schedules.wire.seal import envelope_of, sealed, unsealed
from schedules.wire.trust import accepted
from tests.schedules.wire.samples import DEVICE, ROOTS, AnyKey, signers_of
from tests.wire.golden import DIRECTORY, SAMPLES, in_words

NAMES = sorted(path.stem for path in DIRECTORY.glob("*.envelope"))
SUMS = DIRECTORY / "SHA256SUMS"


def envelope(name: str) -> bytes:
    return (DIRECTORY / f"{name}.envelope").read_bytes()


def test_there_are_golden_files_of_every_type() -> None:
    assert {name.split("-")[0] for name in NAMES} == set(TYPES)
    assert set(SAMPLES) <= set(NAMES)


def test_golden_files_are_only_ever_added() -> None:
    """The sums were written when the files were; a file that is changed or taken away shows here."""
    lines = (line.split("  ") for line in SUMS.read_text(encoding="utf-8").splitlines())
    noted = {name: digest for digest, name in lines}
    here = {path.name: sha256(path.read_bytes()).hexdigest() for path in DIRECTORY.iterdir() if path.name != SUMS.name}

    assert here == noted


def verified(name: str, data: bytes) -> Message:
    kind = TYPES[name.split("-", maxsplit=1)[0]]
    if kind is TrustList:
        return accepted(data, held=None, roots=ROOTS).list
    if kind is EnrolmentRequested:
        return enrolment_requested(data)
    if kind is CertificateRequested:
        return certificate_requested(data, lambda _: DEVICE.public)
    return unsealed(data, AnyKey())[0]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_written_once_is_still_read(name: str) -> None:
    assert verified(name, envelope(name)) == SAMPLES[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_those_of_the_bytes(name: str) -> None:
    assert in_words(envelope(name)) == json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_todays_writer_writes_the_same(name: str) -> None:
    """A signature is over exact bytes; only a rundown's compression may differ between builds of zlib."""
    message = SAMPLES[name]
    today = sealed(message, *signers_of(message))

    if isinstance(message, RundownIssued):
        then = zlib.decompress(envelope_of(envelope(name)).payload)
        assert zlib.decompress(envelope_of(today).payload) == then
    else:
        assert today == envelope(name)
    assert verified(name, today) == message
