"""A neighbour agent in hostile hands, with a valid key of its own: it speaks for itself, and for nobody else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from schedules.chain import GENESIS
from schedules.ids import JournalId, OccurrenceId, ProgrammeId, Sha256
from schedules.mark import Mark, MarkKind
from schedules.wire.codec import encoded
from schedules.wire.messages import (
    AsRunAcknowledged,
    Assignment,
    Challenge,
    Current,
    Message,
    RundownIssued,
    SilenceOrdered,
)
from schedules.wire.seal import Seal, SigningKey, assembled, envelope_of, seal_payload, sealed
from tests.contracts import samples
from tests.contracts.samples import NOW, OTHER_POLE, OTHER_ZONE, POLE
from tests.hostile.attempt import kinds
from tests.hostile.ingest_centre import (
    FORMER,
    JOURNALS,
    LATER,
    MINE,
    STRANGER,
    THEIRS,
    Centre,
    chained,
    journal,
    leaf_of,
    report,
    told_to_ingest,
)

Undetected = Sequence[str]


def something(rng: Random) -> Message:
    """Make something any device may say of itself."""
    presence = replace(samples.presence(rng.randint(4, 99)), online=rng.random() < 0.5, faults=("false",))
    receipt = Centre.receipt(OTHER_POLE, rng.randint(4, 99))
    told = report(*journal(OTHER_POLE, rng.randint(1, 6)))
    challenge = Challenge(audience="server", number=9, issued=NOW, nonce=rng.randbytes(16).hex())
    return rng.choice([presence, receipt, told, challenge])


def _must_be_refused(code: str) -> Undetected:
    return () if code else ("it was not refused",)


def _claiming(data: bytes, key: SigningKey) -> bytes:
    """Put another key's id at a seal."""
    envelope = envelope_of(data)
    seals = tuple(Seal(key.key, each.signature) for each in envelope.seals)
    return assembled(type(envelope)(envelope.type, seals, envelope.payload))


def on_the_topic_of_another(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    return _must_be_refused(centre.takes(leaf_of(message), message, on=POLE))


def on_the_topic_of_another_under_its_name(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    return _must_be_refused(centre.takes(leaf_of(message), _claiming(sealed(message, THEIRS), MINE), on=POLE))


def entries_of_another_loudspeaker(centre: Centre, rng: Random) -> Undetected:
    false = journal(POLE, rng.randint(1, 9), title="Chưa từng phát")
    return _must_be_refused(centre.takes("as-run", report(*false)))


def one_entry_of_another_among_its_own(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 6)
    place = rng.randrange(3, 6)
    own[place] = replace(own[place], loudspeaker=POLE)
    return _must_be_refused(centre.takes("as-run", report(*chained(own)[3:])))


def a_mark_of_another_among_its_own(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 4)
    kind = rng.choice([MarkKind.LOST, MarkKind.HOURLY, MarkKind.BOOT])
    told: dict[str, object] = {"lost_from": 1} if kind is MarkKind.LOST else {}
    false = samples.mark(kind, own[-1], loudspeaker=POLE, journal=JOURNALS[POLE], **told)
    return _must_be_refused(centre.takes("as-run", report(own[-1], false)))


def entries_under_the_name_of_anothers_journal(centre: Centre, rng: Random) -> Undetected:
    """Journals are told apart by their loudspeaker too: it may call its own what it likes."""
    false = journal(OTHER_POLE, rng.randint(1, 9), journal=JOURNALS[POLE], title="Chưa từng phát")
    centre.takes("as-run", report(*false, covers_until=LATER + timedelta(days=9)))
    return ()


def entries_of_two_journals_in_one_report(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 5)
    own[4] = replace(own[4], journal=JournalId("another"))
    return _must_be_refused(centre.takes("as-run", report(*own[3:])))


def anothers_report_as_its_own(centre: Centre, rng: Random) -> Undetected:
    """What the victim said was heard at the broker, and comes again from here, as it is or sealed anew."""
    topic, data = rng.choice([each for each in centre.captured if f"/{POLE}/" in each[0]])
    leaf = topic.rpartition("/")[2]
    envelope = envelope_of(data)
    anew = seal_payload(envelope.type, envelope.payload, [THEIRS])
    code = centre.takes(leaf, rng.choice([data, anew] if leaf == "as-run" else [data]))
    return _must_be_refused(code)


def everything_anybody_said_again(centre: Centre, rng: Random) -> Undetected:
    for topic, data in rng.choices(list(centre.captured), k=12):
        centre.takes_on(topic, data)
    centre.broker.published[:] = [each for each in centre.broker.published if f"/{OTHER_POLE}/" in each[0]]
    return ()


def a_fork_of_its_own_journal(centre: Centre, rng: Random) -> Undetected:
    """A copied disk, or a past it would rather have had."""
    since = rng.randrange(3)
    other = journal(OTHER_POLE, 3)
    other = chained([replace(each, title="Khác") if place >= since else each for place, each in enumerate(other)])
    centre.takes("as-run", report(*other))
    flags = centre.flags()
    whole = len(flags) == 3 + (3 - since)
    return () if whole and sum("fork" in each for each in flags) == 3 - since else (f"{flags}",)


def a_copied_disk_that_goes_on(centre: Centre, rng: Random) -> Undetected:
    """Two agents with one identity, in turn: of every number they share, both entries are kept and one is flagged."""
    here, there = journal(OTHER_POLE, 6), journal(OTHER_POLE, 6)
    there = chained([*there[:3], *(replace(each, title="Khác") for each in there[3:])])
    told = [(branch, place) for branch in (here, there) for place in (3, 4, 5)]
    for branch, place in rng.sample(told, k=6):
        centre.takes("as-run", report(branch[place], number=6 + place))
    flags = centre.flags()
    heads = {each.head for _, each in centre.answers() if isinstance(each, AsRunAcknowledged)}
    known = {each.hash for each in (*here, *there)}
    found = [] if len(flags) == 9 and sum("fork" in each for each in flags) == 3 else [f"{flags}"]
    return [*found, *(["acknowledged what nobody sent"] if not heads <= known else [])]


def entries_that_are_not_chained(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 5)
    false = replace(own[3], previous=rng.choice([GENESIS, "f" * 64, own[1].hash, ""]))
    centre.takes("as-run", report(false))
    return () if "chain_broken" in centre.flags()[-1] else (f"{centre.flags()}",)


def entries_with_a_gap_before_them(centre: Centre, rng: Random) -> Undetected:
    """It says to have told all; something is missing, so nothing more is taken for told."""
    own = journal(OTHER_POLE, 9)
    place = rng.randrange(4, 9)
    until = LATER + timedelta(hours=rng.randint(1, 99))
    centre.takes("as-run", report(own[place], covers_until=until))
    (answer,) = [each for _, each in centre.answers() if isinstance(each, AsRunAcknowledged)]
    with centre.store.reading() as uow:
        covers = uow.evidence.covers_until([OTHER_POLE])[OTHER_POLE]
    found = [] if answer.through == 3 else [f"acknowledged through {answer.through}"]
    return [*found, *([f"covers until {covers}"] if covers >= until else [])]


def entries_from_the_future(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 4)
    at = LATER + timedelta(minutes=rng.choice([6, 60, 10**6]))
    centre.takes("as-run", report(replace(own[3], recorded_at=at, started_at=at, ended_at=at)))
    return () if "clock_doubtful" in centre.flags()[-1] else (f"{centre.flags()}",)


def entries_by_a_clock_nobody_vouches_for(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 4)
    centre.takes("as-run", report(replace(own[3], clock_error_ms=rng.randint(300_001, 2**40))))
    return () if "clock_doubtful" in centre.flags()[-1] else (f"{centre.flags()}",)


def entries_of_what_was_never_planned(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 4)
    centre.takes("as-run", report(replace(own[3], occurrence=OccurrenceId(rng.choice(["x", "o99", "", "o1 "])))))
    return () if "unknown_occurrence" in centre.flags()[-1] else (f"{centre.flags()}",)


def entries_of_other_than_was_approved(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 4)
    other: dict[str, object] = rng.choice(
        [
            {"title": "Nội dung khác"},
            {"approval": rng.randbytes(32).hex()},
            {"sha256": (Sha256(rng.randbytes(32).hex()),)},
            {"programme": ProgrammeId("another")},
        ]
    )
    centre.takes("as-run", report(replace(own[3], **other)))  # type: ignore[arg-type]  # by name
    return () if "other_than_planned" in centre.flags()[-1] else (f"{centre.flags()}",)


def numbers_that_are_none(centre: Centre, rng: Random) -> Undetected:
    """Zero, below zero, or so great that what lies between could never be told."""
    own = journal(OTHER_POLE, 4)
    tree = json.loads(encoded(report(own[3])))
    tree["entries"][0]["sequence"] = rng.choice([0, -1, -(2**53) + 1, 2**53 - 1, 2**31, 2**63, 4.0, "4", True])
    centre.takes("as-run", seal_payload("AsRunReport", json.dumps(tree).encode(), [THEIRS]))
    answers = [each for _, each in centre.answers() if isinstance(each, AsRunAcknowledged)]
    return [f"acknowledged through {each.through}" for each in answers if each.through != 3]


def a_report_many_times(centre: Centre, rng: Random) -> Undetected:
    own = journal(OTHER_POLE, 6)
    for _ in range(rng.randint(2, 9)):
        centre.takes("as-run", report(*own[rng.randrange(3) :]))
    return () if centre.flags() == [frozenset()] * 6 else (f"{centre.flags()}",)


def an_older_word_again(centre: Centre, rng: Random) -> Undetected:
    """Its own presence or receipt of before, told anew."""
    leaf, message = rng.choice([("presence", samples.presence(2)), ("receipt", Centre.receipt(OTHER_POLE, 2))])
    return _must_be_refused(centre.takes(leaf, message))


def a_receipt_for_a_revision_of_the_far_future(centre: Centre, rng: Random) -> Undetected:
    """One stolen loudspeaker must not drive the numbers of a zone up, nor stop what is issued."""
    far = rng.choice([2**53 - 1, 10**15, 9 * 10**12])
    false = replace(Centre.receipt(OTHER_POLE, 9), revision=far, held=far, zone=rng.choice([OTHER_ZONE, samples.ZONE]))
    with centre.store.reading() as uow:
        before = [uow.issue.mark(zone) for zone in (OTHER_ZONE, samples.ZONE)]
    centre.takes("receipt", false)
    with centre.store.reading() as uow:
        after = [uow.issue.mark(zone) for zone in (OTHER_ZONE, samples.ZONE)]
    return () if before == after else ("the numbers of a zone went up",)


def a_flood_of_questions(centre: Centre, rng: Random) -> Undetected:
    """Each is answered to whom it asked, and none leaves anything behind."""
    with centre.store.reading() as uow:
        size = uow.ledger.size()
    for number in range(60):
        centre.takes(
            "challenge", Challenge(audience="server", number=number, issued=NOW, nonce=rng.randbytes(16).hex())
        )
    with centre.store.reading() as uow:
        return () if uow.ledger.size() == size else ("questions filled the ledger",)


def orders_of_a_centre(centre: Centre, rng: Random) -> Undetected:
    """It plays the centre to the centre: acknowledgements, answers, orders."""
    about = {"number": 9, "issued": NOW, "epoch": 1}
    server = rng.choice(["server", f"loudspeaker:{POLE}"])
    head = journal(POLE, 3)[-1].hash
    order = samples.issued(99, zone=samples.ZONE)
    false: list[Message] = [
        AsRunAcknowledged(audience=server, journal=JOURNALS[POLE], through=3, head=head, **about),  # type: ignore[arg-type]
        Current(audience=server, nonce="0", time=NOW, trust=9, rundown=9, assignment=9, **about),  # type: ignore[arg-type]
        SilenceOrdered(audience=rng.choice([server, "zone:zone-lang-moi"]), ordered=True, **about),  # type: ignore[arg-type]
        RundownIssued(audience="zone:zone-lang-moi", epoch=1, number=99, issued=NOW, rundown=order.rundown),
        Assignment(
            audience=server,
            loudspeaker=POLE,
            name="",
            zone=OTHER_ZONE,
            units=(),
            regulations=(),
            **about,  # type: ignore[arg-type]
        ),
    ]
    leaf = rng.choice(["acknowledged", "current", "assignment", "as-run", "presence", "receipt"])
    on = rng.choice([POLE, OTHER_POLE])
    return _must_be_refused(centre.takes(leaf, rng.choice(false), on=on, key=rng.choice([THEIRS, STRANGER])))


def on_another_of_its_own_topics(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    others = [leaf for leaf in ("presence", "receipt", "as-run", "challenge") if leaf != leaf_of(message)]
    return _must_be_refused(centre.takes(rng.choice(others), message))


def on_a_topic_of_nobody(centre: Centre, rng: Random) -> Undetected:
    message = sealed(something(rng), THEIRS)
    odd = [
        "radio/v1/loudspeakers//presence",
        f"radio/v1/loudspeakers/{POLE}",
        f"radio/v1/loudspeakers/{POLE}/presence/x",
    ]
    odd += [
        "radio/v1/marker",
        "",
        "#",
        "radio/v1/loudspeakers/+/as-run",
        f"radio/v2/loudspeakers/{OTHER_POLE}/presence",
    ]
    odd += [f"radio/v1/loudspeakers/{'x' * 60_000}/presence", f"radio/v1/loudspeakers/{POLE}\0/presence"]
    return _must_be_refused(centre.takes_on(rng.choice(odd), message))


def for_another_audience(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    false = replace(message, audience=rng.choice(["all", f"loudspeaker:{POLE}", "outside", "", "SERVER"]))
    return _must_be_refused(centre.takes(leaf_of(message), false))


def sealed_by_nobody_or_two(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    keys = rng.choice([(), (THEIRS, MINE), (MINE, THEIRS), (THEIRS, THEIRS), (STRANGER,)])
    on = rng.choice([POLE, OTHER_POLE])
    return _must_be_refused(centre.takes(leaf_of(message), sealed(message, *keys), on=on))


def changed_on_the_way(centre: Centre, rng: Random) -> Undetected:
    topic, data = rng.choice(centre.captured)
    size = len(envelope_of(data).payload)
    turned = bytearray(data)
    turned[rng.randrange(len(data) - size, len(data))] ^= 1 << rng.randrange(8)
    return _must_be_refused(centre.takes_on(topic, rng.choice([bytes(turned), data[:-3], data + b" ", data[:9]])))


def payloads_that_two_would_read_differently(centre: Centre, rng: Random) -> Undetected:
    message = something(rng)
    text = encoded(message)
    tree = json.loads(text)
    odd = rng.choice(
        [
            b'{"number":7,' + text[1:],
            json.dumps({**tree, "number": 1.0}).encode(),
            json.dumps({**tree, "number": True}).encode(),
            json.dumps({**tree, "number": 2**53}).encode(),
            json.dumps({**tree, "number": float("nan")}).encode(),
            text[:-1] + b',"later":' + b"[" * 200 + b"]" * 200 + b"}",
            text[:-1] + b',"later":"' + b"x" * 10_000_000 + b'"}',
            text + b"{}",
            b"\xef\xbb\xbf" + text,
            text.replace(b'"server"', b'"\\ud800"'),
            text.replace(b'"2026', b'"20x6', 1),
        ]
    )
    return _must_be_refused(centre.takes(leaf_of(message), seal_payload(type(message).__name__, odd, [THEIRS])))


def after_it_was_replaced(centre: Centre, rng: Random) -> Undetected:
    """The device before it still has its key: what it heard is kept and flagged, and nothing else is believed."""
    message = something(rng)
    if leaf_of(message) != "as-run":
        return _must_be_refused(centre.takes(leaf_of(message), message, key=FORMER))
    own = journal(OTHER_POLE, rng.randint(1, 4), journal=JournalId("former"))
    centre.takes("as-run", report(*own, covers_until=LATER + timedelta(days=1)), key=FORMER)
    flags = centre.flags(journal="former")
    with centre.store.reading() as uow:
        covers = uow.evidence.covers([OTHER_POLE])[OTHER_POLE].get(JournalId("former"))
    found = [] if all("after_retirement" in each for each in flags) and flags else [f"{flags}"]
    return [*found, *([f"covers until {covers}"] if covers is not None and covers > NOW else [])]


def after_its_loudspeaker_was_retired(centre: Centre, rng: Random) -> Undetected:
    with centre.store.writing() as uow:
        speaker = uow.places.loudspeaker(OTHER_POLE)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, retired_at=NOW))
        uow.commit()
    message = something(rng)
    if leaf_of(message) != "as-run":
        return _must_be_refused(centre.takes(leaf_of(message), message))
    centre.takes("as-run", report(*journal(OTHER_POLE, 6)[3:]))
    return () if all("after_retirement" in each for each in centre.flags()[3:]) else (f"{centre.flags()}",)


def with_the_key_of_a_device_elsewhere(centre: Centre, rng: Random) -> Undetected:
    """A former device of the neighbour's place speaks on the victim's."""
    message = something(rng)
    return _must_be_refused(
        centre.takes(leaf_of(message), message, on=POLE, key=rng.choice([FORMER, THEIRS, STRANGER]))
    )


def a_loss_that_would_excuse_another(centre: Centre, rng: Random) -> Undetected:
    """It says that a journal was lost, by the victim's name for it, so that nobody would miss its entries."""
    own = journal(OTHER_POLE, 3)
    told = {"after_journal": JOURNALS[POLE], "after_sequence": 1, "after_head": journal(POLE, 1)[0].hash}
    lost = samples.mark(MarkKind.LOST, own[-1], lost_from=1, lost_to=99, **told)
    assert isinstance(lost, Mark)
    centre.takes("as-run", report(lost))
    return ()


ATTACKS = (
    on_the_topic_of_another,
    on_the_topic_of_another_under_its_name,
    entries_of_another_loudspeaker,
    one_entry_of_another_among_its_own,
    a_mark_of_another_among_its_own,
    entries_under_the_name_of_anothers_journal,
    entries_of_two_journals_in_one_report,
    anothers_report_as_its_own,
    everything_anybody_said_again,
    a_fork_of_its_own_journal,
    a_copied_disk_that_goes_on,
    entries_that_are_not_chained,
    entries_with_a_gap_before_them,
    entries_from_the_future,
    entries_by_a_clock_nobody_vouches_for,
    entries_of_what_was_never_planned,
    entries_of_other_than_was_approved,
    numbers_that_are_none,
    a_report_many_times,
    an_older_word_again,
    a_receipt_for_a_revision_of_the_far_future,
    a_flood_of_questions,
    orders_of_a_centre,
    on_another_of_its_own_topics,
    on_a_topic_of_nobody,
    for_another_audience,
    sealed_by_nobody_or_two,
    changed_on_the_way,
    payloads_that_two_would_read_differently,
    after_it_was_replaced,
    after_its_loudspeaker_was_retired,
    with_the_key_of_a_device_elsewhere,
    a_loss_that_would_excuse_another,
)
KINDS = kinds("neighbour", ATTACKS, told_to_ingest)
