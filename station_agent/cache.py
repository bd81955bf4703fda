"""Keeps audio files on the disk by their SHA-256: fetches what is wanted, resumes, verifies, makes room.

It must not play anything, and no file enters under its final name before its length and hash are verified.
When a file may be fetched is the `Pace`'s to say.
"""

import errno
import hashlib
import http.client
import logging
import os
import random
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from station_agent.disk import sync
from station_agent.errors import CacheError
from station_agent.pace import Pace
from station_agent.ports import Wanted

log = logging.getLogger(__name__)

PIECE = 64 * 1024
TIMEOUT = 15.0
BACKOFF = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)  # seconds after 1, 2, ... rounds with a failure; half of it is chance
URGENT_BACKOFF = 15.0  # seconds at most while something is missing that sounds soon: the centre may be back by then
RESERVE = 64 * 1024 * 1024  # bytes always left to the journal and the system
_CODES = {
    errno.ENOSPC: "audio.disk_full",
    errno.EDQUOT: "audio.disk_full",
    errno.EFBIG: "audio.disk_full",
    errno.EROFS: "disk.read_only",
    errno.EIO: "disk.unreadable",
}
"""By what the system refused; everything else is the line's."""


class AudioCache:
    """Audio files in one directory, filled by one thread.

    Args:
        directory: Where the files live; made when missing.
        url: Address below which the server offers files by their SHA-256.
        changed: Called from the cache's thread when a file has come or could not be had.
        pace: Says when a file may be fetched, and counts what came.
        tls: Gives how to trust an HTTPS server, None for the system's way. Asked for each connection: kept, all the
            authorities a system trusts are megabytes.
    """

    def __init__(
        self,
        directory: Path,
        url: str,
        changed: Callable[[], None],
        *,
        pace: Pace,
        tls: Callable[[], ssl.SSLContext | None] = lambda: None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._url = urlsplit(url.rstrip("/"))
        self._changed = changed
        self._pace = pace
        self._tls = tls
        self._wanted: tuple[Wanted, ...] = ()
        self._begins_at: dict[str, float] = {}
        self._verified: frozenset[str] = frozenset()
        self._faults: dict[str, str] = {}
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cache", daemon=True)
        self._thread.start()

    @property
    def present(self) -> frozenset[str]:
        """Hashes of files that were verified since this process began."""
        return self._verified

    @property
    def faults(self) -> dict[str, str]:
        """Code of the last failure, by hash of the file that is still missing; "" names them all."""
        return {**self._faults, **({"": "audio.budget_spent"} if self._pace.is_spent else {})}

    @property
    def bytes_today(self) -> int:
        """Downloaded since the day began."""
        return self._pace.bytes_today

    def path(self, sha256: str) -> Path:
        """Return where a file is, or will be."""
        return self._directory / sha256

    def want(self, files: Iterable[Wanted]) -> None:
        """Set what is to be here, most urgent first; the thread sees to it."""
        wanted = tuple(dict.fromkeys(files))
        known = self._begins_at
        self._begins_at = {
            each.sha256: known[each.sha256] if each.sha256 in known else self._pace.begins_at(each) for each in wanted
        }
        self._wanted = wanted
        self._faults = {}
        self._wake.set()

    def limit(self, daily_bytes: int | None, zone: tzinfo | None) -> None:
        """Go by a budget of the day, or none, and by the day of a time zone."""
        self._pace.limit(daily_bytes, zone)
        self._wake.set()

    def give_way(self, *, line_is_needed: bool) -> None:
        """Download nothing while something else needs the line."""
        self._pace.line_is_needed = line_is_needed

    def doubt(self, files: Iterable[str]) -> None:
        """Look again at files that could not be played: what a card has torn is fetched anew."""
        self._verified = self._verified - {*files}
        self._wake.set()

    def retry(self) -> None:
        """Try again now what failed, for instance because the line is back."""
        self._wake.set()

    def close(self) -> None:
        """Let the thread end; a file half fetched is kept and resumed."""
        self._closed.set()
        self._wake.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        failures = 0
        while not self._closed.is_set():
            self._wake.clear()
            failed, pause = self._round()
            failures = failures + 1 if failed else 0
            if failures:
                again = self._backoff(failures) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load
                pause = again if pause is None else min(pause, again)
            self._wake.wait(pause)

    def _backoff(self, failures: int) -> float:
        longest = BACKOFF[min(failures, len(BACKOFF)) - 1]
        missing = (each for each in self._wanted if each.sha256 not in self._verified)
        return min(longest, URGENT_BACKOFF) if any(map(self._pace.is_urgent, missing)) else longest

    def _round(self) -> tuple[bool, float | None]:
        """Go through the list once; return whether something failed, and after how many seconds something may go on."""
        failed, pauses = False, list[float]()
        wanted = self._wanted
        for file in wanted:
            if self._closed.is_set() or wanted is not self._wanted:
                break
            if file.sha256 in self._verified:
                continue
            try:
                if not self._is_here(file):
                    pause = self._held_back(file)
                    if pause > 0 or not self._is_fetched(file, wanted):
                        pauses.append(pause)
                        continue
            except (CacheError, OSError) as error:
                failed = True
                code = (
                    error.code if isinstance(error, CacheError) else _CODES.get(error.errno or 0, "audio.unreachable")
                )
                self._faults[file.sha256] = code
                log.warning("audio_failed sha256=%s code=%s error=%s", file.sha256[:12], code, error)
            else:
                self._verified = self._verified | {file.sha256}
                self._faults.pop(file.sha256, None)
            self._changed()
        return failed, min(pauses, default=None)

    def _held_back(self, file: Wanted) -> float:
        return self._pace.holds_back(file, self._begins_at.get(file.sha256, 0.0))

    def _is_here(self, file: Wanted) -> bool:
        """Tell whether a file is here and whole; one that is torn, or cannot be read any more, is deleted."""
        path = self.path(file.sha256)
        if not path.is_file():
            return False
        try:
            if path.stat().st_size == file.size and _hash_of(path) == file.sha256:
                return True
        except OSError as error:
            log.warning("audio_unreadable sha256=%s error=%s", file.sha256[:12], error.errno)
        log.warning("audio_damaged sha256=%s", file.sha256[:12])
        path.unlink()
        return False

    def _is_fetched(self, file: Wanted, wanted: tuple[Wanted, ...]) -> bool:
        """Fetch a file; False when it gives way before it is whole: it is resumed."""
        path = self.path(file.sha256)
        part = path.with_name(f"{file.sha256}.part")
        have = part.stat().st_size if part.is_file() else 0
        if have > file.size:
            part.unlink()
            have = 0
        self._make_room(file.size - have)
        try:
            if have < file.size:
                with closing(self._connection()) as connection:
                    self._download(connection, file, part, have, wanted)
        except http.client.HTTPException as error:
            raise CacheError("audio.unreachable", cause=type(error).__name__) from error
        finally:
            self._pace.keep()
        size = part.stat().st_size
        if size < file.size:
            if self._gives_way(file, wanted):
                return False
            raise CacheError("audio.cut", received=size, size=file.size)
        try:
            is_whole = size == file.size and _hash_of(part) == file.sha256
        except OSError:
            part.unlink()  # torn by the card: to be fetched to another place of it
            raise
        if not is_whole:
            part.unlink()
            raise CacheError("audio.wrong_hash", size=size)
        part.rename(path)
        sync(self._directory)
        log.info("audio_fetched sha256=%s size=%d", file.sha256[:12], file.size)
        return True

    def _gives_way(self, file: Wanted, wanted: tuple[Wanted, ...]) -> bool:
        """Tell whether something else comes first now: a new list, which may be more urgent, or what the pace says."""
        return self._closed.is_set() or wanted is not self._wanted or self._held_back(file) > 0

    def _make_room(self, size: int) -> None:
        """Delete what no list asks for, oldest first, until a file fits; see that the reserve stays."""
        wanted = {file.sha256 for file in self._wanted}
        unneeded = [path for path in self._directory.iterdir() if path.name.removesuffix(".part") not in wanted]
        unneeded.sort(key=lambda path: path.stat().st_mtime)
        while free_bytes(self._directory) < size + RESERVE:
            if not unneeded:
                raise CacheError("audio.disk_full", size=size)
            gone = unneeded.pop(0)
            gone.unlink()
            self._verified = self._verified - {gone.name}
            log.info("audio_evicted sha256=%s", gone.name[:12])

    def _download(
        self,
        connection: http.client.HTTPConnection,
        file: Wanted,
        part: Path,
        have: int,
        wanted: tuple[Wanted, ...],
    ) -> None:
        headers = {"Range": f"bytes={have}-"} if have else {}
        connection.request("GET", f"{self._url.path}/{file.sha256}", headers=headers)
        with closing(connection.getresponse()) as response:
            resumed = response.status == http.client.PARTIAL_CONTENT
            if resumed and not (response.getheader("Content-Range") or "").startswith(f"bytes {have}-"):
                raise CacheError("audio.refused", status=response.status)
            if not resumed and response.status != http.client.OK:
                raise CacheError("audio.refused", status=response.status)
            with part.open("ab" if resumed else "wb") as out:
                room = file.size - (have if resumed else 0) + 1  # one byte too many shows a wrong length, and is enough
                while room > 0 and not self._gives_way(file, wanted) and (piece := response.read1(min(PIECE, room))):
                    out.write(piece)
                    room -= len(piece)
                    self._pace.count(len(piece))
                out.flush()
                os.fsync(out.fileno())

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=self._tls())
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def free_bytes(directory: Path) -> int:
    """Return how many bytes the disk of a directory still takes."""
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
