"""The PostgreSQL database, by its own programs pg_dump and pg_restore. It must not know its tables.

A password goes to them by the environment: on a command line every user of the machine could read it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from server.backup.files import flush
from server.backup.progress import Progress
from server.errors import BackupUnusable
from server.store.snapshots import DatabaseState, held_on_postgresql

_ASIDE = "before_restore_"
_LOOK_EVERY_S = 0.1
_OTHERS = """\
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


class PostgresqlDatabase:
    """See `databases.Database`."""

    engine = "postgresql"
    file = "radio-pgdump"

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url.replace("postgresql+psycopg://", "postgresql://", 1))
        host = parts.netloc.rpartition("@")[2]
        user = parts.netloc.rpartition("@")[0].partition(":")[0]
        self._address = urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host))
        self._environment = {**os.environ, "LC_ALL": "C"}
        if parts.password:
            self._environment["PGPASSWORD"] = unquote(parts.password)

    def dump(self, into: Path, progress: Progress) -> DatabaseState:
        """Copy one state of the database, whoever writes meanwhile.

        Raises:
            BackupUnusable: `backup.no_program`, `backup.program_too_old`, `backup.program_failed`.
        """
        program = self._program("pg_dump")
        with held_on_postgresql(self._url) as (state, snapshot):
            given = ("--format=custom", f"--snapshot={snapshot}", f"--exclude-schema={_ASIDE}*", f"--file={into}")
            self._run(program, *given, into=into, progress=progress, code="backup.database_written")
        flush(into)
        return state

    def is_empty(self) -> bool:
        """Tell whether the database has no table yet."""
        return self._number(_TABLES) == 0

    def is_in_use(self) -> bool:
        """Tell whether another process is connected to the database."""
        return self._number(_OTHERS) > 0

    def load(self, file: Path, prepare: Callable[[str], None], aside: str) -> None:
        """Put the database of a backup in place, prepared; what was there is set aside as another schema.

        Raises:
            BackupUnusable: as `dump`; what was there is there again.
        """
        program = self._program("pg_restore")
        if self.is_empty():
            self._fill(program, file, prepare)
            return
        old = f"{_ASIDE}{re.sub('[^0-9a-z]', '_', aside.lower())}"
        self._execute(f"ALTER SCHEMA public RENAME TO {old}", "CREATE SCHEMA public")
        try:
            self._fill(program, file, prepare)
        except BaseException:
            self._execute("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {old} RENAME TO public")
            raise

    def _fill(self, program: str, file: Path, prepare: Callable[[str], None]) -> None:
        self._run(program, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file))
        prepare(self._url)

    def _program(self, name: str) -> str:
        """Give the path of a program that speaks to this server.

        Raises:
            BackupUnusable: `backup.no_program`, `backup.program_too_old`.
        """
        path = shutil.which(name)
        if path is None:
            raise BackupUnusable("backup.no_program", program=name)
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        own = next(iter(re.findall(r"\d+", said)), "0")
        server = self._number("SELECT current_setting('server_version_num')::int / 10000")
        if int(own) < server:
            raise BackupUnusable("backup.program_too_old", program=name, version=own, server=server)
        return path

    def _run(
        self, program: str, *given: str, into: Path | None = None, progress: Progress | None = None, code: str = ""
    ) -> None:
        with TemporaryFile() as said:
            command = [program, *given, f"--dbname={self._address}", "--no-password"]
            process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL, stderr=said)
            while process.poll() is None:
                if progress is not None and into is not None and into.exists():
                    progress.at(code, megabytes=into.stat().st_size // 1_000_000)
                try:
                    process.wait(_LOOK_EVERY_S)
                except subprocess.TimeoutExpired:
                    continue
            if process.returncode != 0:
                said.seek(0)
                cause = said.read().decode(errors="replace").strip()
                raise BackupUnusable("backup.program_failed", program=Path(program).name, cause=cause)

    def _number(self, query: str) -> int:
        with self._connected() as connection:
            row = connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def _execute(self, *statements: str) -> None:
        with self._connected() as connection, connection.transaction():
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def _connected(self) -> Iterator["psycopg.Connection[tuple[int]]"]:
        """Connect; that the server does not answer, or refuses, is put into our words."""
        try:
            password = self._environment.get("PGPASSWORD")
            with psycopg.connect(self._address, password=password, autocommit=True) as connection:
                yield connection
        except psycopg.Error as error:
            raise BackupUnusable("backup.program_failed", program="PostgreSQL", cause=str(error).strip()) from error
