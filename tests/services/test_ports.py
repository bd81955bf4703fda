"""Shows that the ports handed out can be listened on."""

import socket

from tests.services.ports import find_free_port


def test_a_port_in_use_is_not_handed_out() -> None:
    with socket.create_server(("127.0.0.1", find_free_port())) as taken:
        ports = {find_free_port() for _ in range(50)}

        assert taken.getsockname()[1] not in ports


def test_a_port_handed_out_can_be_listened_on_and_is_not_given_twice(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)):
        assert find_free_port() != free_port
