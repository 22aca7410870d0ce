"""Debian's pika as a client of the broker under test: pika_client.py URI SCENARIO. Exit code 0 when all of it held."""

import sys
import threading
import uuid

import pika
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker, UnroutableError

PARAMETERS = pika.URLParameters(sys.argv[1])
WAIT_SECONDS = 20


def fresh(prefix):
    return "%s-%s" % (prefix, uuid.uuid4().hex[:8])


def same(actual, expected):
    if actual != expected:
        raise AssertionError("expected %r, was %r" % (expected, actual))


def refused(code, text, deed):
    try:
        deed()
    except (ChannelClosedByBroker, ConnectionClosedByBroker) as closed:
        same((closed.reply_code, closed.reply_text), (code, text))
        return
    raise AssertionError("not refused: " + text)


def publish_and_consume():
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.confirm_delivery()
        for i in range(100):
            properties = pika.BasicProperties(delivery_mode=2, headers={"n": i, "nested": {"list": [1, "two"]}})
            channel.basic_publish("", queue, b"%d" % i, properties, mandatory=True)
        channel.basic_qos(prefetch_count=7)
        read = []
        for method, properties, body in channel.consume(queue, inactivity_timeout=WAIT_SECONDS):
            read.append((body, properties.headers))
            channel.basic_ack(method.delivery_tag)
            if len(read) == 100:
                break
        channel.cancel()
        same(read, [(b"%d" % i, {"n": i, "nested": {"list": [1, "two"]}}) for i in range(100)])
        same(channel.queue_declare(queue, passive=True).method.message_count, 0)


def given_queue():
    """Uses a queue that is there, wherever it is."""
    queue = sys.argv[3]
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for i in range(200):
            channel.basic_publish("", queue, b"%d" % i, pika.BasicProperties(delivery_mode=2), mandatory=True)
        same(channel.queue_declare(queue, passive=True).method.message_count, 200)
        method, _, body = channel.basic_get(queue)
        same(body, b"0")
        channel.basic_nack(method.delivery_tag, requeue=True)
        channel.basic_qos(prefetch_count=7)
        taken = 0
        for method, _, body in channel.consume(queue, inactivity_timeout=WAIT_SECONDS):
            same((body, method.redelivered), (b"%d" % taken, taken == 0))
            channel.basic_ack(method.delivery_tag)
            taken += 1
            if taken == 150:
                break
        channel.cancel()
        same(channel.queue_purge(queue).method.message_count, 50)
        same(channel.basic_get(queue, auto_ack=True), (None, None, None))


def returned():
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", "nobody", b"dropped")
        try:
            channel.basic_publish("", "nobody", b"returned", mandatory=True)
        except UnroutableError as error:
            same([(m.method.reply_code, m.method.reply_text, m.body) for m in error.messages], [(312, "NO_ROUTE", b"returned")])
            return
        raise AssertionError("not returned")


def errors():
    with pika.BlockingConnection(PARAMETERS) as connection:
        refused(404, "NOT_FOUND - no queue 'nobody' in vhost '/'", lambda: connection.channel().basic_get("nobody"))
        exchange = fresh("e")
        connection.channel().exchange_declare(exchange, "topic", auto_delete=True)
        refused(
            406,
            "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange '%s' in vhost '/': "
            "received 'true' but current is 'false'" % exchange,
            lambda: connection.channel().exchange_declare(exchange, "topic", durable=True, auto_delete=True),
        )
        connection.channel().exchange_delete(exchange)
    connection = pika.BlockingConnection(PARAMETERS)
    refused(
        503,
        "COMMAND_INVALID - unknown exchange type 'nosuch'",
        lambda: connection.channel().exchange_declare(fresh("e"), "nosuch"),
    )
    same(connection.is_closed, True)


def rpc():
    queue = fresh("rpc")
    ready = threading.Event()

    def serve():
        with pika.BlockingConnection(PARAMETERS) as connection:
            channel = connection.channel()
            channel.queue_declare(queue, auto_delete=True)
            ready.set()
            for method, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=WAIT_SECONDS):
                reply = pika.BasicProperties(correlation_id=properties.correlation_id)
                channel.basic_publish("", properties.reply_to, body.upper(), reply)
                if body == b"last":
                    return

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    same(ready.wait(WAIT_SECONDS), True)
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        answers = []
        # not by consume(), which begins to consume when the first answer is asked for: too late for the first question
        channel.basic_consume("amq.rabbitmq.reply-to", lambda *answer: answers.append(answer), auto_ack=True)
        for body in (b"first", b"second", b"last"):
            ask(channel, queue, body)
            connection.process_data_events(WAIT_SECONDS)
            _, _, properties, answer = answers.pop()
            same((answer, properties.correlation_id), (body.upper(), body.decode()))
    server.join(WAIT_SECONDS)


def ask(channel, queue, body):
    properties = pika.BasicProperties(reply_to="amq.rabbitmq.reply-to", correlation_id=body.decode())
    channel.basic_publish("", queue, body, properties)


def transactions():
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.tx_select()
        channel.basic_publish("", queue, b"undone")
        channel.tx_rollback()
        channel.basic_publish("", queue, b"done")
        channel.tx_commit()
        same(channel.basic_get(queue, auto_ack=True)[2], b"done")
        same(channel.basic_get(queue, auto_ack=True)[2], None)


def streams():
    """As oslo.messaging declares and reads its stream fan-outs; two consumers, one log."""
    with pika.BlockingConnection(PARAMETERS) as connection:
        channel = connection.channel()
        exchange, stream = fresh("fanout"), fresh("stream")
        arguments = {"x-queue-type": "stream", "x-max-age": "1800s"}
        channel.exchange_declare(exchange, "fanout")
        channel.queue_declare(stream, durable=True, arguments=arguments)
        channel.queue_bind(stream, exchange)
        channel.confirm_delivery()
        for i in range(50):
            channel.basic_publish(exchange, "", b"%d" % i, pika.BasicProperties(headers={"n": i}))
        for first, offset in ((0, "first"), (20, 20), (49, "last")):
            reading = connection.channel()
            reading.basic_qos(prefetch_count=3)
            read = []
            for method, properties, body in reading.consume(
                stream, arguments={"x-stream-offset": offset}, inactivity_timeout=WAIT_SECONDS
            ):
                read.append((body, properties.headers))
                reading.basic_ack(method.delivery_tag)
                if len(read) == 50 - first:
                    break
            same(read, [(b"%d" % i, {"n": i, "x-stream-offset": i}) for i in range(first, 50)])
            reading.close()
        channel.queue_delete(stream)
        channel.exchange_delete(exchange)


def heartbeats():
    parameters = pika.URLParameters(sys.argv[1] + "?heartbeat=1")
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        connection.sleep(4)
        channel.basic_publish("", queue, b"still there")
        same(channel.basic_get(queue, auto_ack=True)[2], b"still there")


def small_frames():
    parameters = pika.URLParameters(sys.argv[1] + "?frame_max=4096&channel_max=5")
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        body = bytes(range(256)) * 1000
        channel.basic_publish("", queue, body)
        same(channel.basic_get(queue, auto_ack=True)[2], body)


globals()[sys.argv[2]]()
