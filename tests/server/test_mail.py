"""The file arrives whole at an SMTP server, which a few lines here play."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Thread

import pytest

from server.config import Outside
from server.mail import SmtpMail
from server.ports import NobodyThere


class Server(socketserver.TCPServer):
    """Takes mail, or refuses who sends it."""

    allow_reuse_address = True
    taken: bytes = b""
    refuses = False
    knows_nobody = False


class Talk(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as one mail needs."""

    server: Server

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (part := self.rfile.readline()) != b".\r\n":
                    self.server.taken += part
            if word == b"MAIL" and self.server.refuses:
                self.wfile.write(b"550 not from here\r\n")
            elif word == b"RCPT" and self.server.knows_nobody:
                self.wfile.write(b"550 nobody here\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@contextmanager
def serving(*, refuses: bool = False, knows_nobody: bool = False) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Talk) as server:
        server.refuses, server.knows_nobody = refuses, knows_nobody
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def outside(server: Server, directory: Path) -> Outside:
    return Outside(
        directory=directory, mail_to="thanhtra@tinh.vn", mail_from="dai@xa.vn", smtp_port=server.server_address[1]
    )


def test_the_file_goes_as_an_attachment(tmp_path: Path) -> None:
    file = tmp_path / "ledger.json"
    file.write_text('{"head": "…"}', encoding="utf-8")

    with serving() as server:
        SmtpMail(outside(server, tmp_path)).send("Sổ bằng chứng", "Tệp kèm theo", file)

    message = message_from_bytes(server.taken, EmailMessage, policy=default)
    (attached,) = message.iter_attachments()
    assert (message["Subject"], message["To"]) == ("Sổ bằng chứng", "thanhtra@tinh.vn")
    assert (attached.get_filename(), attached.get_content()) == ("ledger.json", file.read_bytes())


def test_a_server_that_refuses_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").touch()

    with serving(refuses=True) as server, pytest.raises(OSError, match="not from here"):
        SmtpMail(outside(server, tmp_path)).send("", "", tmp_path / "ledger.json")


def test_a_letter_without_a_file_goes_to_all_it_is_for(tmp_path: Path) -> None:
    with serving() as server:
        SmtpMail(outside(server, tmp_path)).write("Bản tin", "Cụm loa sẵn sàng", to=("a@xa.vn", "b@xa.vn"))

    message = message_from_bytes(server.taken, EmailMessage, policy=default)
    assert (message["Subject"], message["To"]) == ("Bản tin", "a@xa.vn, b@xa.vn")
    assert message.get_content().strip() == "Cụm loa sẵn sàng"


def test_an_address_that_is_none_is_told_from_a_server_that_takes_nothing(tmp_path: Path) -> None:
    with serving(knows_nobody=True) as server, pytest.raises(NobodyThere):
        SmtpMail(outside(server, tmp_path)).write("Bản tin", "", to=("a@xa.vn",))
    with serving(refuses=True) as server, pytest.raises(OSError, match="not from here") as refused:
        SmtpMail(outside(server, tmp_path)).write("Bản tin", "", to=("a@xa.vn",))

    assert not isinstance(refused.value, NobodyThere)
