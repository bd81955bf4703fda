"""Runs Debian's PostgreSQL 15 from a directory of its own; must not know what is stored in it."""

import itertools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import chown

import psycopg

from tests.services.programs import find_program

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_STARTS_WITHIN_S = 20.0
# As on a machine of a province: words in Vietnamese order, instants shown in local time. What relies on neither passes.
_CLUSTER = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
_COLLATION = ("--locale-provider=icu", "--icu-locale=vi-VN")
# Nothing here outlives the tests, so nothing waits for the disk. No port: the socket's directory lets nobody else in.
_SETTINGS = {
    "listen_addresses": "",
    "timezone": "Asia/Ho_Chi_Minh",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


class PostgreSQLNotStartedError(AssertionError):
    """The server ended or stayed deaf; the message carries its log."""


class PostgreSQL:
    """A server that only this user, and the one it runs as, can reach."""

    def __init__(self, directory: Path, *, waits_for_disk: bool = False) -> None:
        """Make a cluster in a directory, without starting it.

        PostgreSQL refuses to run as root; for root it runs as the user of Debian's package, who gets the directory.

        Raises:
            ProgramMissingError: PostgreSQL 15 is not installed.
        """
        self._directory = directory
        self._settings = {**_SETTINGS, **({"fsync": "on", "full_page_writes": "on"} if waits_for_disk else {})}
        self._user = "postgres" if os.geteuid() == 0 else None
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            chown(directory, self._user, self._user)
        made = self._start("initdb", f"--pgdata={directory}/cluster", *_CLUSTER, *_COLLATION)
        if made.wait(timeout=60) != 0:
            raise PostgreSQLNotStartedError(self._log())

    @classmethod
    @contextmanager
    def running(cls, *, waits_for_disk: bool = False) -> Iterator["PostgreSQL"]:
        """Make a cluster and start it; both are gone when the block ends."""
        # Not tmp_path: user postgres may not enter it, and a socket's path has at most 107 characters.
        with tempfile.TemporaryDirectory(prefix="postgresql-") as directory:
            server = cls(Path(directory), waits_for_disk=waits_for_disk)
            server.start()
            try:
                yield server
            finally:
                server._end(signal.SIGINT)

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises:
            PostgreSQLNotStartedError: it did not within 20 s.
        """
        settings = (f"--{name}={value}" for name, value in self._settings.items())
        process = self._process = self._start(
            "postgres", "-D", f"{self._directory}/cluster", "-k", str(self._directory), *settings
        )
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self.command("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.kill()
        raise PostgreSQLNotStartedError(self._log())

    def kill(self) -> None:
        """End the server at once, with whoever is in it; it recovers when it starts again."""
        self._end(signal.SIGQUIT)

    @contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """Make a database, give its name, and drop it when the block ends, whoever is still in it.

        Args:
            template: the database it begins as a copy of; nobody may be in that one.
        """
        name = f"radio_{next(self._numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Give the address of a database as `server.store` takes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._directory}"

    def command(self, command: str) -> None:
        """Have the server carry out one command, as its owner."""
        with psycopg.connect(host=str(self._directory), user="postgres", autocommit=True) as connection:
            connection.execute(command.encode())

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [find_program(f"{PROGRAMS}/{name}", package="postgresql-15"), *arguments]
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                user=self._user,
                group=self._user,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None, "the server is not running"
        self._process.send_signal(number)
        self._process.wait(timeout=20)

    def _log(self) -> str:
        return (self._directory / "log").read_text(encoding="utf-8", errors="replace")
