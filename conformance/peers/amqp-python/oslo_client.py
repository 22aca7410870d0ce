"""Debian's oslo.messaging, as OpenStack's services use it: oslo_client.py URI OPTIONS SCENARIO [FOLDER].

OPTIONS is a list of KEY=VALUE for [oslo_messaging_rabbit], separated by commas, or "default". Exit code 0 when all of
it held.
"""

import os
import queue
import sys
import tempfile
import threading
import time
import uuid

import oslo_messaging
from oslo_config import cfg

URL = sys.argv[1].replace("amqp://", "rabbit://").replace("%2F", "/")
OPTIONS = [] if sys.argv[2] == "default" else sys.argv[2].split(",")
WAIT_SECONDS = 20


def same(actual, expected):
    if actual != expected:
        raise AssertionError("expected %r, was %r" % (expected, actual))


def fresh(prefix):
    return "%s-%s" % (prefix, uuid.uuid4().hex[:8])


def configuration():
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        exchange = fresh("nova")  # one for each run: durable and transient users of one name do not mix
        lines = ["[DEFAULT]", "control_exchange = " + exchange, "[oslo_messaging_rabbit]"] + OPTIONS
        file.write("\n".join(lines) + "\n[oslo_messaging_notifications]\ndriver = messagingv2\n")
        file.flush()
        conf = cfg.CONF  # the library's own options are registered there
        conf(["--config-file", file.name])
        # options are read from the file's parsed content from here on
        return conf


CONF = configuration()
TRANSPORT = oslo_messaging.get_rpc_transport(CONF, URL)


class Refusal(Exception):
    pass


class Endpoint:
    def __init__(self, name):
        self.name = name
        self.casts = queue.Queue()

    def echo(self, context, value):
        return {"server": self.name, "value": value}

    def refuse(self, context):
        raise Refusal("no, says " + self.name)

    def tell(self, context, value):
        self.casts.put(value)

    def take_time(self, context, seconds):
        time.sleep(seconds)
        return "at last"


def serve(topic, name):
    endpoint = Endpoint(name)
    target = oslo_messaging.Target(topic=topic, server=name)
    server = oslo_messaging.get_rpc_server(TRANSPORT, target, [endpoint], executor="threading")
    server.start()
    return server, endpoint


def client(topic, **options):
    return oslo_messaging.RPCClient(TRANSPORT, oslo_messaging.Target(topic=topic), timeout=WAIT_SECONDS, **options)


def rpc():
    topic = fresh("compute")
    one, first = serve(topic, "host.one@a")
    two, second = serve(topic, "host-two")
    calls = client(topic)

    answer = calls.call({}, "echo", value=1)
    same(answer["value"], 1)
    for name in ("host.one@a", "host-two"):
        same(calls.prepare(server=name).call({}, "echo", value="x"), {"server": name, "value": "x"})
    large = "l" * 400_000
    same(calls.call({}, "echo", value=large)["value"], large)
    try:
        calls.prepare(server="host-two").call({}, "refuse")
        raise AssertionError("no exception")
    except oslo_messaging.RemoteError as error:
        same((error.exc_type, error.value), ("Refusal", "no, says host-two"))
    calls.prepare(server="host-two").cast({}, "tell", value="cast")
    same(second.casts.get(timeout=WAIT_SECONDS), "cast")
    calls.prepare(fanout=True).cast({}, "tell", value="fan-out")
    same([first.casts.get(timeout=WAIT_SECONDS), second.casts.get(timeout=WAIT_SECONDS)], ["fan-out", "fan-out"])
    many = [threading.Thread(target=lambda: same(calls.call({}, "echo", value="t")["value"], "t")) for _ in range(10)]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join(WAIT_SECONDS)
    stop(one, two)


def call_monitor():
    topic = fresh("slow")
    server, _ = serve(topic, "host")
    monitored = oslo_messaging.RPCClient(
        TRANSPORT, oslo_messaging.Target(topic=topic), timeout=WAIT_SECONDS, call_monitor_timeout=2
    )
    same(monitored.call({}, "take_time", seconds=4), "at last")
    stop(server)


def missing_topic():
    timing_out = client(fresh("nobody")).prepare(timeout=1)
    try:
        timing_out.call({}, "echo", value=1)
        raise AssertionError("answered")
    except oslo_messaging.MessagingTimeout:
        pass
    undeliverable = client(
        fresh("nobody"), transport_options=oslo_messaging.TransportOptions(at_least_once=True)
    )
    before = time.monotonic()
    try:
        undeliverable.call({}, "echo", value=1)
        raise AssertionError("answered")
    except oslo_messaging.MessageUndeliverable:
        pass
    if time.monotonic() - before > WAIT_SECONDS / 2:
        raise AssertionError("told late")


class Notified:
    def __init__(self):
        self.seen = queue.Queue()

    def info(self, context, publisher_id, event_type, payload, metadata):
        self.seen.put(payload)
        if self.seen.qsize() == 1:
            return oslo_messaging.NotificationResult.REQUEUE
        return oslo_messaging.NotificationResult.HANDLED


def notifications():
    topic = fresh("notifications")
    transport = oslo_messaging.get_notification_transport(CONF, URL)
    notifier = oslo_messaging.Notifier(transport, publisher_id="test", driver="messagingv2", topics=[topic])
    notifier.info({}, "event", {"waits": "for the listener"})
    endpoint = Notified()
    listener = oslo_messaging.get_notification_listener(
        transport, [oslo_messaging.Target(topic=topic)], [endpoint], executor="threading", allow_requeue=True
    )
    listener.start()
    same([endpoint.seen.get(timeout=WAIT_SECONDS)], [{"waits": "for the listener"}])
    endpoint.seen.put(None)
    deadline = time.monotonic() + WAIT_SECONDS
    while endpoint.seen.qsize() < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    same(endpoint.seen.qsize(), 2)
    stop(listener)
    transport.cleanup()


def restart():
    """Calls all the time; FOLDER/ready appears after the first answer, and the call after FOLDER/again must work."""
    folder = sys.argv[4]
    topic = fresh("restarted")
    server, endpoint = serve(topic, "host")
    calls = client(topic)
    same(calls.call({}, "echo", value=0)["value"], 0)
    open(os.path.join(folder, "ready"), "w").close()
    answered = 0
    deadline = time.monotonic() + 80
    while time.monotonic() < deadline:
        again = os.path.exists(os.path.join(folder, "again"))
        try:
            same(calls.prepare(timeout=5).call({}, "echo", value="v")["value"], "v")
            answered += 1 if again else 0
        except (oslo_messaging.MessagingTimeout, oslo_messaging.MessageDeliveryFailure):
            pass
        if answered == 3:
            break
        time.sleep(0.1)
    same(answered, 3)
    calls.prepare(fanout=True).cast({}, "tell", value="fan-out")
    same(endpoint.casts.get(timeout=WAIT_SECONDS), "fan-out")
    stop(server)


def stop(*servers):
    for server in servers:
        server.stop()
        server.wait()


for scenario in sys.argv[3].split(","):
    globals()[scenario]()
TRANSPORT.cleanup()
os._exit(0)  # without waiting for the driver's own threads
