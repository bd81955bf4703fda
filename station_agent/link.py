"""The only paho file of the agent: one MQTT 5 session at a time, with a will, kept up by a thread of its own.

It must not understand what it carries, and paho's types never leave it.
"""

import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from station_agent.config import Broker
from station_agent.ports import Event, LinkDown, LinkUp, Received

log = logging.getLogger(__name__)

KEEPALIVE = 120  # seconds; each sign of life costs a SIM some 100 bytes. The will comes after one and a half of them
SESSION_TAKEN_OVER = 0x8E  # MQTT 5, 3.14.2.1
LARGEST = 300 * 1024  # bytes; the broker must not send more, a payload has at most 256 KiB
BACKOFF = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0)  # seconds, up to half as much taken off by chance
STEADY = 30.0  # seconds a session must have stood, or the next one waits longer: two devices with one key throw each
# other out, and mosquitto 2.0 does so without a word
LAST_UNSTEADY = 4  # of the pauses, the longest after a session that stood at all: a line that comes and goes is used
TAKEN_OVER = 120.0  # seconds until the next try, the same taken off, when another device came with this one's key


class MqttLink:
    """Implements the `Link` port.

    A session begins clean and ends with the connection: every order is retained by the broker, so nothing has to
    wait there for a pole that is away, and a pole that was away for 60 revisions gets one message.

    Args:
        broker: Where it is.
        client_id: Unique at the broker.
    """

    def __init__(self, broker: Broker, *, client_id: str) -> None:
        self._broker = broker
        self._client_id = client_id
        self._topics: tuple[str, ...] = ()
        self._client: Client | None = None
        self._taken_over = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, will: Callable[[], tuple[str, bytes]], deliver: Callable[[Event], None]) -> None:
        """Connect, and again whenever the line is lost.

        Args:
            will: Gives topic and bytes of the will, afresh for each session.
            deliver: Takes events; called from the link's thread.
        """
        self._will = will
        self._deliver = deliver
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._thread.start()

    def open(self, *, will: Callable[[], tuple[str, bytes]], deliver: Callable[[Event], None]) -> "Session":
        """Connect once, without a thread: whoever has many links on one thread serves each session step by step.

        Raises:
            OSError: There is no line.
        """
        self._will = will
        self._deliver = deliver
        return self._opened()

    def stop(self) -> None:
        """Hang up; what was published before is sent first."""
        self._stopping.set()
        client = self._client
        if client is not None:
            client.disconnect()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def follow(self, topics: Iterable[str]) -> None:
        """Receive these topics, now and after every reconnect, and no others."""
        wanted = tuple(topics)
        before, self._topics = self._topics, wanted
        client = self._client
        if client is None:
            return
        gone = [topic for topic in before if topic not in wanted]
        fresh = [topic for topic in wanted if topic not in before]
        if gone:
            client.unsubscribe(gone)
        if fresh:
            self._subscribe(client, fresh)

    def subscribe_again(self) -> None:
        """Have the broker send once more whatever it retains of what is followed."""
        client = self._client
        if client is not None:
            self._subscribe(client, self._topics)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Send at least once; False when there is no line, and then it is lost."""
        client = self._client
        if client is None:
            return False
        return client.publish(topic, payload, qos=1, retain=retain).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._taken_over = False
            began = time.monotonic()
            try:
                stood = self._session()
                is_steady = stood and time.monotonic() - began >= STEADY
                failures = 0 if is_steady else min(failures + 1, LAST_UNSTEADY) if stood else failures + 1
            except (OSError, ValueError) as error:
                failures += 1
                log.info("link_failed error=%s", error)
            pause = TAKEN_OVER if self._taken_over else BACKOFF[min(failures, len(BACKOFF) - 1)]
            self._stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing

    def _session(self) -> bool:
        """Hold one session until it breaks; return whether it stood and was good for something."""
        session = self._opened()
        session.run()
        return session.stood and not session.refused

    def _opened(self) -> "Session":
        client = self._new_client()
        session = Session(client)

        def on_connect(client: Client, _: object, __: ConnectFlags, reason: ReasonCode, ___: Properties | None) -> None:
            if reason.is_failure:
                log.warning("link_refused reason=%s", reason)
                return
            session.stood = True
            log.info("link_up broker=%s:%d", self._broker.host, self._broker.port)
            self._client = client
            self._subscribe(client, self._topics)
            self._deliver(LinkUp())

        def on_disconnect(
            _: Client, __: object, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None
        ) -> None:
            if self._client is not None:
                self._client = None
                self._taken_over = reason.value == SESSION_TAKEN_OVER
                log.info("link_down reason=%s", reason)
                self._deliver(LinkDown(self._taken_over))

        def on_subscribe(client: Client, _: object, __: int, reasons: list[ReasonCode], ___: Properties | None) -> None:
            # A broker that has no account for us yet lets us in and grants nothing; only a new session asks again.
            if all(reason.is_failure for reason in reasons):
                log.warning("subscriptions_refused")
                session.refused = True
                client.disconnect()

        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_disconnect = on_disconnect
        client.on_message = self._on_message
        connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        connect.SessionExpiryInterval = 0
        connect.MaximumPacketSize = LARGEST
        client.connect(self._broker.host, self._broker.port, KEEPALIVE, clean_start=True, properties=connect)
        return session

    def _new_client(self) -> "_Client":
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        # an error in a callback must not stop the loop; paho raises it again otherwise
        client.suppress_exceptions = True
        tls = tls_context(self._broker)  # anew for each session: the certificate may have been renewed
        if tls is not None:
            client.tls_set_context(tls)
        topic, payload = self._will()
        client.will_set(topic, payload, qos=1, retain=True)
        return client

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        self._deliver(Received(message.topic, bytes(message.payload)))

    def _subscribe(self, client: Client, topics: Iterable[str]) -> None:
        options = SubscribeOptions(qos=1)
        wanted = [(topic, options) for topic in topics]
        if wanted:
            client.subscribe(wanted)


class Session:
    """One connection from its opening on: served by a thread until it ends, or step by step by who opened it.

    Attributes:
        stood: Whether the broker let us in.
        refused: Whether it granted nothing that was subscribed to.
    """

    def __init__(self, client: "_Client") -> None:
        self._client = client
        self.stood = self.refused = False

    def run(self) -> None:
        """Serve it until it ends."""
        self._client.run()

    def fileno(self) -> int:
        """Give what a selector waits on until something has come; -1 once it has ended."""
        line = self._client.socket()
        return line.fileno() if isinstance(line, socket.socket) else -1

    def step(self) -> bool:
        """Take in what has come, send what waits, keep it alive, and wait for nothing; False once it has ended."""
        client = self._client
        while client.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS and client.holds_more:
            pass
        if client.want_write():
            client.loop_write()
        return client.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS


class _Client(Client):
    """A client that nobody but paho's own thread reads from or writes to.

    While `loop_forever` runs in a thread of ours, paho writes in the thread of whoever publishes; and a TLS connection
    breaks when one thread writes to it while another reads.
    """

    def run(self) -> None:
        """Serve the connection until it ends."""
        self._over = threading.Event()
        self.loop_start()
        self._over.wait()
        self.loop_stop()

    @property
    def holds_more(self) -> bool:
        """Whether more has come than was taken in: what TLS has deciphered no selector sees."""
        line = self.socket()
        return isinstance(line, ssl.SSLSocket) and line.pending() > 0

    def _sock_recv(self, bufsize: int) -> bytes:
        """See paho, which would take in whatever a broker sends, up to 256 MB, whatever it was told on connecting."""
        if bufsize > LARGEST:
            raise ConnectionAbortedError(f"a packet of {bufsize} bytes")
        return bytes(super()._sock_recv(bufsize))

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:  # noqa: FBT001, FBT002 - paho's signature
        """See paho; runs in its thread, and whatever ends it ends `run`."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        finally:
            self._over.set()


def web_context(broker: Broker) -> ssl.SSLContext | None:
    """Return how to trust the server of the audio: whoever the system trusts, or who signed the broker's certificate.

    It need not be the strictest: what comes is checked by its hash and length.
    """
    if broker.authority is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=str(broker.authority))
    return context


def tls_context(broker: Broker) -> ssl.SSLContext | None:
    """Return how to trust the servers and be known to them; None where the settings name no authority."""
    if broker.authority is None:
        return None
    context = ssl.create_default_context(cafile=str(broker.authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if broker.certificate is not None:
        context.load_cert_chain(broker.certificate, broker.private_key)
    return context
