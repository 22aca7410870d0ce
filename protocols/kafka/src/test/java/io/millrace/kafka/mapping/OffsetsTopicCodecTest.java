package io.millrace.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupRecord;
import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.GroupRecord.GroupRemoved;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.broker.group.GroupRecordCodec;
import io.millrace.broker.group.Opaque;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our `__consumer_offsets` against the classes Kafka 4.4 itself reads and writes it with.
class OffsetsTopicCodecTest {
    private static final int BATCH_MAX = 1 << 20;
    private static final TopicId TOPIC_ID = new TopicId(0x1122334455667788L, 0x99aabbccddeeff00L);
    private static final OffsetCommitted COMMITTED = new OffsetCommitted(
            "group", new TopicPartition("orders", 7), new CommittedOffset(42, 3, "notiz ü", 1_000, -1, TOPIC_ID));
    private static final GroupMetadataStored STORED = new GroupMetadataStored(
            "group",
            "consumer",
            5,
            "range",
            "m-1",
            2_000,
            List.of(
                    new StoredMember("m-1", null, "client", "/10.0.0.1", 60_000, 10_000, opaque("s1"), opaque("a1")),
                    new StoredMember("m-2", "one", "", "/h", 1, 2, opaque(""), opaque("a2"))));

    private final OffsetsTopicCodec codec = new OffsetsTopicCodec();

    @Test
    void kafkaReadsAPosition() {
        Record record = encoded(COMMITTED).get(0);

        assertThat(record.key().getShort(0)).isEqualTo((short) 1);
        assertThat(new OffsetCommitKey(body(record.key()), (short) 0))
                .isEqualTo(new OffsetCommitKey()
                        .setGroup("group")
                        .setTopic("orders")
                        .setPartition(7));
        assertThat(record.value().getShort(0)).isEqualTo((short) 4);
        assertThat(new OffsetCommitValue(body(record.value()), (short) 4))
                .isEqualTo(new OffsetCommitValue()
                        .setOffset(42)
                        .setLeaderEpoch(3)
                        .setMetadata("notiz ü")
                        .setCommitTimestamp(1_000)
                        .setTopicId(Uuids.of(TOPIC_ID)));
        assertThat(record.timestamp()).isEqualTo(9_000);
    }

    @Test
    void kafkaReadsAPositionWithARetentionOfItsOwn() {
        OffsetCommitted record = new OffsetCommitted(
                "group", new TopicPartition("orders", 7), new CommittedOffset(42, -1, "", 1_000, 5_000, TopicId.NONE));

        ByteBuffer value = encoded(record).get(0).value();

        assertThat(value.getShort(0)).isEqualTo((short) 1);
        assertThat(new OffsetCommitValue(body(value), (short) 1))
                .isEqualTo(new OffsetCommitValue()
                        .setOffset(42)
                        .setMetadata("")
                        .setCommitTimestamp(1_000)
                        .setExpireTimestamp(5_000));
        assertThat(decoded(encode(record))).containsExactly(record);
    }

    @Test
    void kafkaReadsAGroup() {
        Record record = encoded(STORED).get(0);

        assertThat(record.key().getShort(0)).isEqualTo((short) 2);
        assertThat(new GroupMetadataKey(body(record.key()), (short) 0))
                .isEqualTo(new GroupMetadataKey().setGroup("group"));
        assertThat(record.value().getShort(0)).isEqualTo((short) 3);
        assertThat(new GroupMetadataValue(body(record.value()), (short) 3)).isEqualTo(kafkaGroup(3));
    }

    @Test
    void removalsAreTombstones() {
        List<Record> records =
                encoded(new OffsetRemoved("group", new TopicPartition("orders", 7)), new GroupRemoved("group"));

        assertThat(records).extracting(Record::hasValue).containsExactly(false, false);
        assertThat(records.get(0).key()).isEqualTo(encoded(COMMITTED).get(0).key());
        assertThat(records.get(1).key()).isEqualTo(encoded(STORED).get(0).key());
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void readsPositionsOfEveryVersionKafkaEverWrote(short version) {
        OffsetCommitValue value = new OffsetCommitValue()
                .setOffset(42)
                .setLeaderEpoch(version >= 3 ? 3 : -1)
                .setMetadata("notiz ü")
                .setCommitTimestamp(1_000)
                .setTopicId(version >= 4 ? Uuids.of(TOPIC_ID) : org.apache.kafka.common.Uuid.ZERO_UUID);
        OffsetCommitKey key =
                new OffsetCommitKey().setGroup("group").setTopic("orders").setPartition(7);

        List<GroupRecord> records = decoded(batch(prefixed(version == 0 ? 0 : 1, key, 0), prefixed(version, value)));

        assertThat(records)
                .containsExactly(new OffsetCommitted(
                        "group",
                        new TopicPartition("orders", 7),
                        new CommittedOffset(
                                42,
                                version >= 3 ? 3 : -1,
                                "notiz ü",
                                1_000,
                                -1,
                                version >= 4 ? TOPIC_ID : TopicId.NONE)));
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void readsGroupsOfEveryVersionKafkaEverWrote(short version) {
        byte[] key = prefixed(2, new GroupMetadataKey().setGroup("group"), 0);

        List<GroupRecord> records = decoded(batch(key, prefixed(version, kafkaGroup(version))));

        List<StoredMember> members = STORED.members().stream()
                .map(member -> new StoredMember(
                        member.memberId(),
                        version >= 3 ? member.instanceId() : null,
                        member.clientId(),
                        member.clientHost(),
                        version >= 1 ? member.rebalanceTimeoutMs() : member.sessionTimeoutMs(),
                        member.sessionTimeoutMs(),
                        member.subscription(),
                        member.assignment()))
                .toList();
        assertThat(records)
                .containsExactly(new GroupMetadataStored(
                        "group", "consumer", 5, "range", "m-1", version >= 2 ? 2_000 : -1, members));
    }

    @Test
    void foreignAndBrokenRecordsAreCountedAndSkipped() {
        ByteBuffer bytes = MemoryRecords.withRecords(
                        Compression.gzip().build(),
                        new SimpleRecord(new byte[] {0, 3, 1, 2}, new byte[] {0, 0}),
                        new SimpleRecord((byte[]) null, new byte[] {1}),
                        new SimpleRecord(new byte[] {0, 2, 0, 99}, new byte[] {0, 3}),
                        new SimpleRecord(OffsetsTopicFields.key(COMMITTED), new byte[] {0, 77}),
                        new SimpleRecord(OffsetsTopicFields.key(COMMITTED), OffsetsTopicFields.value(COMMITTED)))
                .buffer();
        Decoded out = new Decoded();

        long next = codec.decode(bytes, 0, out);

        assertThat(next).isEqualTo(5);
        assertThat(out.records).containsExactly(COMMITTED);
        assertThat(out.skipped)
                .containsExactly(
                        "records of kind 3", "records without a key", "malformed records", "records of kind 1");
    }

    @Test
    void recordsBelowTheWantedOffsetAreLeftOut() {
        GroupRemoved second = new GroupRemoved("second");
        Decoded out = new Decoded();

        codec.decode(encode(COMMITTED, second), 1, out);

        assertThat(out.records).containsExactly(second);
    }

    @Test
    void transactionsAreToldApart() {
        ByteBuffer commit = MemoryRecords.withTransactionalRecords(
                        Compression.NONE,
                        9L,
                        (short) 0,
                        0,
                        new SimpleRecord(OffsetsTopicFields.key(COMMITTED), OffsetsTopicFields.value(COMMITTED)))
                .buffer();
        ByteBuffer marker = MemoryRecords.withEndTransactionMarker(
                        9L, (short) 0, new EndTransactionMarker(ControlRecordType.ABORT, 0))
                .buffer();
        Decoded out = new Decoded();

        codec.decode(commit, 0, out);
        codec.decode(marker, 0, out);

        assertThat(out.records).isEmpty();
        assertThat(out.transactions).containsExactly("pending 9 " + COMMITTED, "ended 9 false");
    }

    @Test
    void largeWritesBecomeSeveralBatches() {
        List<GroupRecord> records = new ArrayList<>();
        for (int index = 0; index < 1_000; index++) {
            records.add(new OffsetCommitted("group", new TopicPartition("orders", index), COMMITTED.offset()));
        }

        ByteBuffer bytes = codec.encode(records, 9_000, 10_000);

        MemoryRecords.readableRecords(bytes.duplicate())
                .batches()
                .forEach(batch -> assertThat(batch.sizeInBytes()).isLessThanOrEqualTo(10_000));
        Decoded out = new Decoded();
        codec.decode(bytes, 0, out);
        assertThat(out.records).isEqualTo(records);
    }

    @Property
    void brokenBytesNeverThrow(SeededRandomness random) {
        byte[] value = OffsetsTopicFields.value(random.nextBoolean() ? COMMITTED : STORED);
        byte[] key = OffsetsTopicFields.key(random.nextBoolean() ? COMMITTED : STORED);
        for (int change = 0; change < 3; change++) {
            value[random.nextInt(value.length)] = (byte) random.nextInt(256);
        }
        value = java.util.Arrays.copyOf(value, random.between(2, value.length));
        Decoded out = new Decoded();

        codec.decode(batch(key, value), 0, out);

        assertThat(out.records.size() + out.skipped.size()).isEqualTo(1);
    }

    @Test
    void subscribedTopicsAreRead() {
        var subscription = new org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription(
                List.of("orders", "invoices"));
        for (short version = 0; version <= 3; version++) {
            ByteBuffer bytes = org.apache.kafka.clients.consumer.internals.ConsumerProtocol.serializeSubscription(
                    subscription, version);
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            assertThat(new ConsumerSubscriptions().topics(new Opaque(array)).orElseThrow())
                    .containsExactlyInAnyOrder("orders", "invoices");
        }
        assertThat(new ConsumerSubscriptions().topics(opaque("x"))).isEmpty();
    }

    // --- helpers

    private static Opaque opaque(String text) {
        return new Opaque(text.getBytes(StandardCharsets.UTF_8));
    }

    private ByteBuffer encode(GroupRecord... records) {
        return codec.encode(List.of(records), 9_000, BATCH_MAX);
    }

    private List<Record> encoded(GroupRecord... records) {
        List<Record> list = new ArrayList<>();
        MemoryRecords.readableRecords(encode(records)).records().forEach(list::add);
        return list;
    }

    private List<GroupRecord> decoded(ByteBuffer batches) {
        Decoded out = new Decoded();
        codec.decode(batches, 0, out);
        assertThat(out.skipped).isEmpty();
        return out.records;
    }

    private static ByteBufferAccessor body(ByteBuffer prefixed) {
        ByteBuffer rest = prefixed.duplicate();
        rest.getShort();
        return new ByteBufferAccessor(rest);
    }

    private static byte[] prefixed(int version, Message message) {
        return prefixed(version, message, version);
    }

    private static byte[] prefixed(int prefix, Message message, int version) {
        ByteBuffer body =
                MessageUtil.toByteBufferAccessor(message, (short) version).buffer();
        return ByteBuffer.allocate(2 + body.remaining())
                .putShort((short) prefix)
                .put(body)
                .array();
    }

    private static ByteBuffer batch(byte[] key, byte[] value) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(key, value))
                .buffer();
    }

    private static GroupMetadataValue kafkaGroup(int version) {
        List<MemberMetadata> members = STORED.members().stream()
                .map(member -> new MemberMetadata()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(version >= 3 ? member.instanceId() : null)
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setRebalanceTimeout(version >= 1 ? member.rebalanceTimeoutMs() : -1)
                        .setSessionTimeout(member.sessionTimeoutMs())
                        .setSubscription(member.subscription().bytes())
                        .setAssignment(member.assignment().bytes()))
                .toList();
        return new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(5)
                .setProtocol("range")
                .setLeader("m-1")
                .setCurrentStateTimestamp(version >= 2 ? 2_000 : -1)
                .setMembers(members);
    }

    private static final class Decoded implements GroupRecordCodec.Entries {
        private final List<GroupRecord> records = new ArrayList<>();
        private final List<String> transactions = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();

        @Override
        public void record(GroupRecord record) {
            records.add(record);
        }

        @Override
        public void pending(long producerId, GroupRecord record) {
            transactions.add("pending " + producerId + " " + record);
        }

        @Override
        public void transactionEnded(long producerId, boolean committed) {
            transactions.add("ended " + producerId + " " + committed);
        }

        @Override
        public void skipped(String what) {
            skipped.add(what);
        }
    }
}
