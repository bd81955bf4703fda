"""Sends mail, with or without a file. The only file that speaks SMTP; it must not decide what is sent or when."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from server.config import Outside
from server.ports import NobodyThere

_WITHIN_S = 30


class SmtpMail:
    """See `ports.Mail` and `ports.Post`."""

    def __init__(self, settings: Outside) -> None:
        self._settings = settings

    def send(self, subject: str, words: str, file: Path) -> None:
        """Send a file to the addressee outside.

        Raises:
            OSError: the server cannot be reached or does not take it.
        """
        message = self._letter(subject, words, (self._settings.mail_to or "",))
        message.add_attachment(file.read_bytes(), maintype="application", subtype="json", filename=file.name)
        self._hand_over(message)

    def write(self, subject: str, words: str, *, to: Sequence[str]) -> None:
        """Send a letter without a file.

        Raises:
            OSError: the server cannot be reached or does not take it; `NobodyThere` where it knows no such address.
        """
        try:
            self._hand_over(self._letter(subject, words, to))
        except smtplib.SMTPRecipientsRefused as error:
            raise NobodyThere(*error.args) from error

    def _letter(self, subject: str, words: str, to: Sequence[str]) -> EmailMessage:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self._settings.mail_from, ", ".join(to)
        message.set_content(words)
        return message

    def _hand_over(self, message: EmailMessage) -> None:
        given = self._settings
        with smtplib.SMTP(given.smtp_host, given.smtp_port, timeout=_WITHIN_S) as server:
            if given.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if given.smtp_user is not None:
                server.login(given.smtp_user, given.smtp_password or "")
            server.send_message(message)
