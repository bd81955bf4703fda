"""Sends a file by mail. The only file that speaks SMTP; it must not decide what is sent or when."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from server.config import Outside

_WITHIN_S = 30


class SmtpMail:
    """See `ports.Mail`."""

    def __init__(self, settings: Outside) -> None:
        self._settings = settings

    def send(self, subject: str, words: str, file: Path) -> None:
        """Send a file to the addressee outside.

        Raises:
            OSError: the server cannot be reached or does not take it.
        """
        given = self._settings
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, given.mail_from, given.mail_to
        message.set_content(words)
        message.add_attachment(file.read_bytes(), maintype="application", subtype="json", filename=file.name)
        with smtplib.SMTP(given.smtp_host, given.smtp_port, timeout=_WITHIN_S) as server:
            if given.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if given.smtp_user is not None:
                server.login(given.smtp_user, given.smtp_password or "")
            server.send_message(message)
