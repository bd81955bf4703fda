"""Puts a digest into the words of a mail, in Vietnamese. It must not send anything, nor decide what is said."""

from zoneinfo import ZoneInfo

from server.readiness_records import Colour, Digest, DigestLine
from server.web import formats
from server.web.sentences import sentence
from server.web.words import word


def words_of(digest: Digest, unit: str, zone: ZoneInfo) -> tuple[str, str]:
    """Give subject and text."""
    when = formats.instant_text(digest.starts, zone)
    counts = (
        ", ".join(f"{count} {word('colour', colour, 'vi')}" for colour, count in digest.counts.items() if count)
        or "chưa có cụm loa nào"
    )
    subject = f"Bản tin sẵn sàng – {unit} – {digest.session or 'các đài'} {when}"
    lines = [
        f"{unit}: {digest.session or 'các buổi phát'}, {when}.",
        f"{counts}.",
        *([f"{digest.clusters} cụm FM/có dây không tự báo về, chưa tính trong số trên."] if digest.clusters else []),
        *([f"Chờ lãnh đạo xác nhận đã duyệt: {'; '.join(digest.unconfirmed)}."] if digest.unconfirmed else []),
        "",
        *(line for each in digest.lines if each.colour is not Colour.GREEN for line in _of_one(each, zone)),
        *(
            f"- {each.name}: "
            + ", ".join(f"{count} {word('colour', colour, 'vi')}" for colour, count in each.counts.items() if count)
            + (f"; {each.unconfirmed} bài chờ lãnh đạo xác nhận" if each.unconfirmed else "")
            for each in digest.stations
        ),
        "",
        f"Lập lúc {formats.instant_text(digest.made_at, zone)}, theo lời cụm loa tự báo.",
    ]
    return subject, "\n".join(lines)


def _of_one(line: DigestLine, zone: ZoneInfo) -> list[str]:
    def say(code: str, values: dict[str, object]) -> str:
        return sentence(code, values, language="vi", zone=zone)

    told = [f"- {line.name} ({line.zone}): {word('colour', line.colour, 'vi')}"]
    for reason in line.reasons:
        told.append(f"    {say(reason.code, dict(reason.values))}")
        told.append(f"    → {say(reason.remedy, {})}")
    return told
