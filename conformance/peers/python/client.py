"""python3-kafka as a client of the broker under test: client.py BOOTSTRAP SCENARIO. Exit code 0 when all of it held."""

import sys
import threading
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import MessageSizeTooLargeError, TopicAlreadyExistsError

BOOTSTRAP = sys.argv[1]
WAIT_MS = 15_000


def fresh(prefix):
    return "%s-%s" % (prefix, uuid.uuid4().hex[:8])


def same(actual, expected):
    if actual != expected:
        raise AssertionError("expected %r, was %r" % (expected, actual))


def create_topic(prefix, partitions, configs=None):
    topic = fresh(prefix)
    admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs or {})])
    admin.close()
    return topic


def read(consumer, count):
    """The next `count` records, or fewer when they do not come in time."""
    consumer.config["consumer_timeout_ms"] = WAIT_MS
    records = []
    for record in consumer:
        records.append(record)
        if len(records) == count:
            break
    return records


def produce_and_consume():
    topic = create_topic("python", 1)
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, acks="all")
    first = producer.send(
        topic, key=b"k", value=b"v", headers=[("a", b"1"), ("a", b"2")], partition=0, timestamp_ms=1700000000123
    ).get(15)
    same(first.offset, 0)
    producer.send(topic, value=b"no key", partition=0).get(15)
    producer.send(topic, key=b"tombstone", value=None, partition=0).get(15)
    producer.close()
    consumer = KafkaConsumer(topic, bootstrap_servers=BOOTSTRAP, auto_offset_reset="earliest")
    records = read(consumer, 3)
    consumer.close()
    same([(r.offset, r.key, r.value) for r in records], [(0, b"k", b"v"), (1, None, b"no key"), (2, b"tombstone", None)])
    same(records[0].headers, [("a", b"1"), ("a", b"2")])
    same(records[0].timestamp, 1700000000123)


def codecs():
    for codec in (None, "gzip", "snappy", "lz4", "zstd"):
        topic = create_topic("python-codec", 1)
        values = [b"a value that compresses %d" % i for i in range(300)]
        producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, compression_type=codec, linger_ms=20)
        for value in values:
            producer.send(topic, value)
        producer.flush(15)
        producer.close()
        consumer = KafkaConsumer(topic, bootstrap_servers=BOOTSTRAP, auto_offset_reset="earliest")
        same([r.value for r in read(consumer, 300)], values)
        consumer.close()


def acks_and_errors():
    topic = create_topic("python-acks", 1, {"max.message.bytes": "2000"})
    for acks in (0, 1, "all"):
        producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, acks=acks)
        producer.send(topic, b"acks")
        producer.flush(15)
        producer.close()
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    try:
        producer.send(topic, b"x" * 5_000).get(15)
        raise AssertionError("a record over max.message.bytes was taken")
    except MessageSizeTooLargeError:
        pass
    producer.close()
    consumer = KafkaConsumer(topic, bootstrap_servers=BOOTSTRAP, auto_offset_reset="earliest")
    same([r.value for r in read(consumer, 3)], [b"acks"] * 3)
    consumer.close()


def group():
    topic = create_topic("python-group", 4)
    name = fresh("group")
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    for i in range(200):
        producer.send(topic, b"%d" % i, partition=i % 4)
    producer.flush(15)

    def member():
        return KafkaConsumer(
            topic, bootstrap_servers=BOOTSTRAP, group_id=name, auto_offset_reset="earliest",
            enable_auto_commit=False, heartbeat_interval_ms=200, session_timeout_ms=10_000,
        )

    seen, lock = set(), threading.Lock()
    shared = threading.Event()

    def run(consumer, other):
        for _ in range(150):
            for batch in consumer.poll(100).values():
                with lock:
                    seen.update(r.value for r in batch)
            consumer.commit()
            if len(consumer.assignment()) == 2 and len(other.assignment()) == 2 and len(seen) == 200:
                shared.set()
            if shared.is_set():
                return

    one, two = member(), member()
    threads = [threading.Thread(target=run, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(shared.is_set(), True)
    one.close()
    two.close()

    last = member()
    for partition in range(4):
        same(last.committed(TopicPartition(topic, partition)), 50)
    producer.send(topic, b"later", partition=0)
    producer.close()
    same([r.value for r in read(last, 1)], [b"later"])
    zero = TopicPartition(topic, 0)
    last.commit({zero: OffsetAndMetadata(51, "note")})
    same(last.committed(zero, metadata=True), OffsetAndMetadata(51, "note"))
    last.close()
    admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    same((name, "consumer") in admin.list_consumer_groups(), True)
    same(admin.describe_consumer_groups([name])[0].state, "Empty")
    same(admin.list_consumer_group_offsets(name)[zero].offset, 51)
    admin.delete_consumer_groups([name])
    same((name, "consumer") in admin.list_consumer_groups(), False)
    admin.close()


def positions():
    topic = create_topic("python-positions", 1)
    zero = TopicPartition(topic, 0)
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    for i in range(10):
        producer.send(topic, b"%d" % i, partition=0, timestamp_ms=1700000000000 + i * 1000)
    producer.flush(15)
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP)
    same(consumer.partitions_for_topic(topic), {0})
    consumer.assign([zero])
    same(consumer.beginning_offsets([zero]), {zero: 0})
    same(consumer.end_offsets([zero]), {zero: 10})
    found = consumer.offsets_for_times({zero: 1700000003500})
    same((found[zero].offset, found[zero].timestamp), (4, 1700000004000))
    consumer.seek(zero, 7)
    same([r.value for r in read(consumer, 3)], [b"7", b"8", b"9"])
    consumer.close()


def admin():
    topic = create_topic("python-admin", 1, {"retention.ms": "1000"})
    client = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    same(topic in client.list_topics(), True)
    try:
        client.create_topics([NewTopic(topic, 1, 1)])
        raise AssertionError("created twice")
    except TopicAlreadyExistsError:
        pass
    client.create_partitions({topic: NewPartitions(3)})
    same(len(client.describe_topics([topic])[0]["partitions"]), 3)
    config = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])[0].resources[0]
    same({entry[0]: entry[1] for entry in config[4]}["retention.ms"], "1000")
    same(len(client.describe_cluster()["brokers"]), 1)
    client.delete_topics([topic])
    client.close()


SCENARIOS = {
    scenario.__name__: scenario for scenario in (produce_and_consume, codecs, acks_and_errors, group, positions, admin)
}
SCENARIOS[sys.argv[2]]()
