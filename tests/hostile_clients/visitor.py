"""Somebody at the broker's door with a certificate: says, listens, asks, and is told whether it was allowed."""

import queue
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

WITHIN_S = 5.0
A_YEAR = 365 * 24 * 3600


class Visitor:
    """One connection, once it stands.

    Attributes:
        resumed: whether the broker had kept a session for it.
        name: the client id the broker gave it, where it tells.
    """

    def __init__(self, client: Client) -> None:
        self.resumed = False
        self.name = ""
        self.connected: queue.Queue[str] = queue.Queue()
        self.ended: queue.Queue[str] = queue.Queue()
        self._client = client
        self._heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[bool] = queue.Queue()
        client.on_connect = self._on_connect
        client.on_disconnect = lambda _client, _userdata, _flags, reason, _properties: self.ended.put(str(reason))
        client.on_message = self._on_message
        client.on_publish = lambda _client, _userdata, _mid, reason, _properties: self._answers.put(
            not reason.is_failure
        )
        client.on_subscribe = lambda _client, _userdata, _mid, reasons, _properties: self._answers.put(
            not reasons[0].is_failure
        )

    def may_say(self, topic: str, payload: bytes = b"x", *, retain: bool = False) -> bool:
        """Publish; MQTT 5 tells in its acknowledgement whether it was allowed."""
        self._client.publish(topic, payload, qos=1, retain=retain)
        return self._answers.get(timeout=WITHIN_S)

    def say(self, topic: str, payload: bytes, *, times: int = 1) -> None:
        """Publish without waiting for an answer, unless it is said more than once."""
        for _ in range(times):
            self._client.publish(topic, payload, qos=1)
        for _ in range(times if times > 1 else 0):
            assert self._answers.get(timeout=WITHIN_S)

    def may_listen(self, topic: str) -> bool:
        """Subscribe; tell whether it was granted."""
        self._client.subscribe(topic, qos=1)
        return self._answers.get(timeout=WITHIN_S)

    def heard(self, *, within_s: float = 0.3) -> list[tuple[str, bytes]]:
        """Give what came until nothing more came for so long."""
        came = []
        while True:
            try:
                came.append(self._heard.get(timeout=within_s))
            except queue.Empty:
                return came

    def falls_silent(self) -> None:
        """Lose the line without a goodbye: the broker sends the will, and keeps a session that is to be kept."""
        self._client.loop_stop()
        line = self._client.socket()
        assert line is not None
        line.close()

    def is_thrown_out(self, *, within_s: float = WITHIN_S) -> bool:
        """Wait until the broker ends the connection."""
        try:
            self.ended.get(timeout=within_s)
        except queue.Empty:
            return False
        return True

    def _on_connect(
        self, _: Client, __: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.resumed = bool(flags.session_present)
        self.name = getattr(properties, "AssignedClientIdentifier", "")
        self.connected.put("" if not reason.is_failure else str(reason))

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        self._heard.put((message.topic, bytes(message.payload)))


@contextmanager
def visiting(
    port: int,
    *,
    authority: Path,
    shown: tuple[Path, Path] | None,
    client_id: str = "",
    will: str = "",
    session: bool = False,
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
) -> Iterator[Visitor]:
    """Connect.

    Args:
        port: of the broker.
        authority: of the broker's certificate.
        shown: own certificate and key.
        client_id: what is claimed.
        will: topic of a last will.
        session: one that outlives the connection, as long as the broker lets it, is asked for and taken up again.
        protocol: MQTT 5 or 3.1.1.

    Raises:
        ConnectionRefusedError: the broker does not let them in.
    """
    old = protocol is MQTTProtocolVersion.MQTTv311
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=protocol,
        clean_session=(not session) if old else None,
        reconnect_on_failure=False,
    )
    context = ssl.create_default_context(cafile=str(authority))
    if shown is not None:
        context.load_cert_chain(*shown)
    client.tls_set_context(context)
    if will:
        client.will_set(will, b"will", qos=1)
    visitor = Visitor(client)
    try:
        if old:
            client.connect("127.0.0.1", port)
        else:
            asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
            asked.SessionExpiryInterval = A_YEAR if session else 0
            client.connect("127.0.0.1", port, clean_start=not session, properties=asked)
        client.loop_start()
        _wait_to_be_let_in(visitor)
        yield visitor
    except ssl.SSLError as error:
        raise ConnectionRefusedError(str(error)) from error
    finally:
        client.disconnect()
        client.loop_stop()


def _wait_to_be_let_in(visitor: Visitor) -> None:
    """With TLS 1.3 who is refused learns it only after shaking hands: the line ends before there was an answer."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        for answer, refused in ((visitor.connected, False), (visitor.ended, True)):
            try:
                said = answer.get(timeout=0.02)
            except queue.Empty:
                continue
            if refused or said:
                raise ConnectionRefusedError(said)
            return
    raise ConnectionRefusedError("no answer")
