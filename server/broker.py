"""The embedded MQTT 5 broker: for one machine, to try and to test. Not for production.

It knows no accounts and no rights and forgets everything when it ends; so it listens on the loopback address only.
It must not be given a message to keep: what loudspeakers need, the conductor publishes again.
"""

import logging
import signal
import tempfile
from threading import Event

from iotcore import IotCoreBroker

from schedules.wire.codec import PAYLOAD_LIMIT
from server.config import Config, ConfigInvalid

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost")
_SETTINGS = """
id = 0
[router]
id = 0
max_connections = 5000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v5.1]
name = "v5"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 100
"""


def start(port: int) -> None:
    """Start the broker on a port of 127.0.0.1; it ends with the process.

    Raises:
        OSError: when the port is taken.
    """
    # Its tracing tells of every packet, and calls much of it an error.
    for name in ("rumqttd", "tracing", "iotcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".toml") as settings:
        # Room for the topic and the envelope's header beside the largest payload.
        settings.write(_SETTINGS.format(port=port, largest=PAYLOAD_LIMIT + 16 * 1024))
        settings.flush()
        broker = IotCoreBroker(config_path=settings.name)
    broker.check_ports()
    broker.start()


def main(config: Config) -> int:
    """Run the broker until SIGTERM or SIGINT; return the exit code.

    Raises:
        ConfigInvalid: when the settings ask for another than the loopback address, or for accounts.
        OSError: when the port is taken.
    """
    if config.broker.host not in LOOPBACK:
        raise ConfigInvalid(("broker.host: the embedded broker listens on 127.0.0.1 only",))
    if config.broker.keeps_accounts:
        raise ConfigInvalid(("broker.keeps_accounts: the embedded broker has no accounts, use mosquitto",))
    ends = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    start(config.broker.port)
    log.warning("embedded_broker_started port=%d: without accounts or rights, not for production", config.broker.port)
    ends.wait()
    return 0
