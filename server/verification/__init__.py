"""Holds the ledger to what was said of it: pure reading of leaves, rows and heads, from a database or a file.

It must not open a database of the centre, nor change anything.
"""

from server.verification.findings import Finding, Verdict
from server.verification.run import verify
from server.verification.source import FileSource, KeptHead, Source, export
from server.verification.witness import Witness

__all__ = ["FileSource", "Finding", "KeptHead", "Source", "Verdict", "Witness", "export", "verify"]
