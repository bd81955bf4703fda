"""Shows that a missing program is named together with its Debian package."""

import pytest

from tests.services.programs import ProgramMissingError, find_program


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(ProgramMissingError, match=r"liquidsoap-no is not installed\..*apt-get install liquidsoap"):
        find_program("liquidsoap-no", package="liquidsoap")


def test_a_daemon_is_found_though_sbin_is_not_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    assert find_program("ldconfig", package="libc-bin").endswith("/ldconfig")
