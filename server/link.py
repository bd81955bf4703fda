"""The only paho file of the centre: one MQTT 5 session at a time, kept up by a thread of its own.

It must not understand what it carries, and paho's types never leave it. It keeps nothing for later: after a
reconnect the conductor finds in the database what has to leave.
"""

import logging
import random
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from server.config import Broker

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
LARGEST = 300 * 1024
"""Bytes of a packet the broker may send us: a payload has at most 256 KiB."""
UNANSWERED = 200
"""Messages the broker may have on their way to us, taken in but not acknowledged."""
BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses between attempts, each taken at half to full length by chance, so that a fleet does not come at once."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message; `acknowledge` tells the broker that it was taken in."""

    topic: str
    payload: bytes
    acknowledge: Callable[[], None]


class MqttLink:
    """Implements `ports.Publisher` and hands over what arrives.

    Args:
        broker: where it is and how to be known there.
        client_id: unique at the broker; a second conductor under it takes the session over.
        topics: what to subscribe to, in every session.
    """

    def __init__(self, broker: Broker, *, client_id: str, topics: Sequence[str]) -> None:
        self._broker = broker
        self._client_id = client_id
        self._topics = tuple(topics)
        self._tls = _tls_context(broker)
        self._session: _Session | None = None
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self, *, deliver: Callable[[Arrived], None], up: Callable[[], None], down: Callable[[], None]) -> None:
        """Connect, and again whenever the line is lost; all three are called from the link's thread.

        Args:
            deliver: takes what arrives.
            up: a session stands and its subscriptions are granted; nothing of earlier sessions is on its way.
            down: the session is gone.
        """
        self._deliver, self._up, self._down = deliver, up, down
        self._stopping = Event()
        self._thread = Thread(target=self._run, args=(self._stopping,), name="link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hang up; what was published before is sent first."""
        self._stopping.set()
        session = self._session
        if session is not None:
            session.client.disable_logger()  # it calls the end it was asked for an error
            session.client.disconnect()
        if self._thread is not None:
            self._thread.join(timeout=3.0)

    @property
    def stands(self) -> bool:
        """Whether there is a session."""
        return self._session is not None

    def publish(
        self,
        topic: str,
        envelope: bytes,
        *,
        retain: bool,
        confirmed: Callable[[], None] | None = None,
        expiry: int | None = None,
    ) -> None:
        """See `ports.Publisher`; without a session it is dropped, and `confirmed` never runs."""
        session = self._session
        if session is not None:
            session.publish(topic, envelope, retain=retain, confirmed=confirmed or _nothing, expiry=expiry)

    def _run(self, stopping: Event) -> None:
        failures = 0
        while not stopping.is_set():
            try:
                failures = 0 if self._hold_session() else failures + 1
            except (OSError, ValueError) as error:
                failures += 1
                log.warning("link_failed broker=%s:%d error=%s", self._broker.host, self._broker.port, error)
            pause = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
            stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311  # spreads load, guards nothing

    def _hold_session(self) -> bool:
        """Hold one session until it breaks; tell whether it ever stood."""
        client = self._new_client()
        session = _Session(client)
        stood = Event()

        def on_connect(client: Client, _: object, __: ConnectFlags, reason: ReasonCode, ___: Properties | None) -> None:
            if reason.is_failure:
                log.warning("link_refused reason=%s", reason)
                return
            client.subscribe([(topic, SubscribeOptions(qos=1, noLocal=True)) for topic in self._topics])

        def on_subscribe(_: Client, __: object, ___: int, reasons: list[ReasonCode], ____: Properties | None) -> None:
            if any(reason.is_failure for reason in reasons):
                log.error("subscription_refused reasons=%s", ",".join(map(str, reasons)))
            stood.set()
            self._session = session
            log.info("link_up broker=%s:%d", self._broker.host, self._broker.port)
            self._up()

        def on_disconnect(
            _: Client, __: object, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None
        ) -> None:
            if self._session is session:
                self._session = None
                log.log(logging.INFO if self._stopping.is_set() else logging.WARNING, "link_down reason=%s", reason)
                self._down()

        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_disconnect = on_disconnect
        client.on_publish = session.on_publish
        client.on_message = self._on_message
        connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        connect.SessionExpiryInterval = 0
        connect.MaximumPacketSize = LARGEST
        connect.ReceiveMaximum = UNANSWERED
        client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, clean_start=True, properties=connect)
        client.run()
        return stood.is_set()

    def _new_client(self) -> "_Client":
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        # An error in a callback must not stop the loop; paho raises it again otherwise.
        client.suppress_exceptions = True
        client.enable_logger(log.getChild("paho"))
        if self._tls is not None:
            client.tls_set_context(self._tls)
        return client

    def _on_message(self, client: Client, _: object, message: MQTTMessage) -> None:
        def acknowledge() -> None:
            client.ack(message.mid, message.qos)

        self._deliver(Arrived(message.topic, bytes(message.payload), acknowledge))


def end_session(broker: Broker, client_id: str) -> None:
    """Take over the session of a client id and drop it, with all that is queued in it; who held it is thrown out.

    Only at a listener that lets us choose our client id.

    Raises:
        OSError: there is no line, or the broker refuses us.
    """
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    tls = _tls_context(broker)
    if tls is not None:
        client.tls_set_context(tls)
    over: list[ReasonCode] = []

    def on_connect(client: Client, _: object, __: ConnectFlags, reason: ReasonCode, ___: Properties | None) -> None:
        over.append(reason)
        client.disconnect()

    client.on_connect = on_connect
    connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    connect.SessionExpiryInterval = 0
    client.connect(broker.host, broker.port, KEEPALIVE_S, clean_start=True, properties=connect)
    client.loop_forever()
    if not over or over[0].is_failure:
        raise ConnectionRefusedError(f"session of {client_id} not ended: {over}")


class _Client(Client):
    """A client that nobody but paho's own thread reads from or writes to.

    While `loop_forever` runs in a thread of ours, paho writes in the thread of whoever publishes; and a TLS connection
    breaks when one thread writes to it while another reads.
    """

    def run(self) -> None:
        """Serve the connection until it ends; small messages leave at once, 40 ms sooner than TCP would send them."""
        line = self.socket()
        if isinstance(line, socket.socket):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._over = Event()
        self.loop_start()
        self._over.wait()
        self.loop_stop()

    def _sock_recv(self, bufsize: int) -> bytes:
        """See paho, which would take in whatever a broker sends, up to 256 MB, whatever it was told on connecting."""
        if bufsize > LARGEST:
            raise ConnectionAbortedError(f"a packet of {bufsize} bytes")
        return bytes(super()._sock_recv(bufsize))

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:  # noqa: FBT001, FBT002  # paho's signature
        """See paho; runs in its thread, and whatever ends it ends `run`."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        finally:
            self._over.set()


class _Session:
    """One connection, and what of it waits for the broker's confirmation: packet numbers begin anew with each."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._confirmed: dict[int, Callable[[], None]] = {}
        self._early: set[int] = set()
        self._lock = Lock()

    def publish(
        self, topic: str, envelope: bytes, *, retain: bool, confirmed: Callable[[], None], expiry: int | None
    ) -> None:
        lasting: Properties | None = None
        if expiry is not None:
            lasting = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
            lasting.MessageExpiryInterval = expiry
        # Not under the lock: paho holds locks of its own here and while it calls `on_publish`.
        sent = self.client.publish(topic, envelope, qos=1, retain=retain, properties=lasting)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return
        with self._lock:
            if sent.mid not in self._early:
                self._confirmed[sent.mid] = confirmed
                return
            self._early.remove(sent.mid)
        confirmed()

    def on_publish(self, _: Client, __: object, mid: int, reason: ReasonCode, ___: Properties | None) -> None:
        if reason.is_failure:
            log.error("publish_refused reason=%s", reason)
            return
        with self._lock:
            confirmed = self._confirmed.pop(mid, None)
            if confirmed is None:
                self._early.add(mid)  # it came before `publish` returned
                return
        confirmed()


def _nothing() -> None:
    """What a message nobody waits for does when it is confirmed."""


def _tls_context(broker: Broker) -> ssl.SSLContext | None:
    """Give how to trust the broker and be known to it; None where the settings name no authority."""
    if broker.authority is None:
        return None
    context = ssl.create_default_context(cafile=str(broker.authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if broker.certificate is not None:
        context.load_cert_chain(broker.certificate, broker.private_key)
    return context
