"""Hands out TCP ports for servers that a test starts; must not listen itself."""

import itertools
import os
import socket

# Below the range from which Linux takes the near end of outgoing connections (32768 and up), so that none of those can
# steal the port before the server listens. Starting at the process id keeps two test runs apart.
_FIRST, _COUNT = 20_000, 12_000
_offsets = itertools.count(os.getpid() * 37)


def find_free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on and that this run has not handed out lately."""
    while True:
        port = _FIRST + next(_offsets) % _COUNT
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
