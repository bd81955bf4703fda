"""Finds the real programs that tests start; must not install anything."""

import os
import shutil


class ProgramMissingError(AssertionError):
    """A program that a test starts is not on this machine."""


def find_program(name: str, *, package: str) -> str:
    """Return the path of a program.

    Debian keeps some daemons in /usr/sbin, which is not on everybody's PATH.

    Raises:
        ProgramMissingError: it is not installed; the sentence names the Debian package.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        raise ProgramMissingError(f"{name} is not installed. Install it: apt-get install {package} (make test does)")
    return found
