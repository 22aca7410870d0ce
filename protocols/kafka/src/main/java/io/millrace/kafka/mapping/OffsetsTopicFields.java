package io.millrace.kafka.mapping;

import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupRecord;
import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.GroupRecord.GroupRemoved;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.broker.group.Opaque;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys and values of `__consumer_offsets`, field by field, as Kafka 4.4 writes them and as far back as it reads
/// them.
///
/// A key begins with its kind (0 and 1: a position, 2: a group; other group types follow), a value with its version. No
/// value means that what the key names is gone. Written: key 1 with value 4 (value 1 for a commit with a retention of
/// its own), key 2 with value 3.
final class OffsetsTopicFields {
    private static final int KEY_OFFSET_OLD = 0;
    private static final int KEY_OFFSET = 1;
    private static final int KEY_GROUP = 2;

    private OffsetsTopicFields() {}

    // --- keys

    static byte[] key(GroupRecord record) {
        return switch (record) {
            case OffsetCommitted committed -> offsetKey(committed.groupId(), committed.partition());
            case OffsetRemoved removed -> offsetKey(removed.groupId(), removed.partition());
            case GroupMetadataStored stored -> groupKey(stored.groupId());
            case GroupRemoved removed -> groupKey(removed.groupId());
        };
    }

    private static byte[] offsetKey(String groupId, TopicPartition partition) {
        return new FieldWriter()
                .int16(KEY_OFFSET)
                .string(groupId)
                .string(partition.topic())
                .int32(partition.partition())
                .toBytes();
    }

    private static byte[] groupKey(String groupId) {
        return new FieldWriter().int16(KEY_GROUP).string(groupId).toBytes();
    }

    // --- values

    static byte @Nullable [] value(GroupRecord record) {
        return switch (record) {
            case OffsetCommitted committed -> offsetValue(committed.offset());
            case GroupMetadataStored stored -> groupValue(stored);
            case OffsetRemoved removed -> null;
            case GroupRemoved removed -> null;
        };
    }

    private static byte[] offsetValue(CommittedOffset offset) {
        FieldWriter out = new FieldWriter();
        if (offset.expireTimestampMs() != CommittedOffset.NO_EXPIRY) {
            return out.int16(1)
                    .int64(offset.offset())
                    .string(offset.metadata())
                    .int64(offset.commitTimestampMs())
                    .int64(offset.expireTimestampMs())
                    .toBytes();
        }
        out.int16(4)
                .int64(offset.offset())
                .int32(offset.leaderEpoch())
                .compactString(offset.metadata())
                .int64(offset.commitTimestampMs());
        if (offset.topicId().isNone()) {
            return out.varint(0).toBytes();
        }
        return out.varint(1) // one tagged field
                .varint(0) // number 0: the topic id
                .varint(16)
                .int64(offset.topicId().mostSignificantBits())
                .int64(offset.topicId().leastSignificantBits())
                .toBytes();
    }

    private static byte[] groupValue(GroupMetadataStored stored) {
        FieldWriter out = new FieldWriter()
                .int16(3)
                .string(stored.protocolType())
                .int32(stored.generation())
                .nullableString(stored.protocol())
                .nullableString(stored.leader())
                .int64(stored.stateTimestampMs())
                .int32(stored.members().size());
        for (StoredMember member : stored.members()) {
            out.string(member.memberId())
                    .nullableString(member.instanceId())
                    .string(member.clientId())
                    .string(member.clientHost())
                    .int32(member.rebalanceTimeoutMs())
                    .int32(member.sessionTimeoutMs())
                    .blob(member.subscription().bytes())
                    .blob(member.assignment().bytes());
        }
        return out.toBytes();
    }

    // --- reading

    /// What a record says, or null when it is of a kind or version this broker does not know.
    ///
    /// @throws FieldReader.Malformed when the bytes do not hold what they should
    static @Nullable GroupRecord read(ByteBuffer key, @Nullable ByteBuffer value) {
        FieldReader in = new FieldReader(key);
        return switch (in.int16()) {
            case KEY_OFFSET_OLD, KEY_OFFSET ->
                readOffset(in.string(), new TopicPartition(in.string(), in.int32()), value);
            case KEY_GROUP -> readGroup(in.string(), value);
            default -> null;
        };
    }

    private static @Nullable GroupRecord readOffset(
            String groupId, TopicPartition partition, @Nullable ByteBuffer value) {
        if (value == null) {
            return new OffsetRemoved(groupId, partition);
        }
        FieldReader in = new FieldReader(value);
        int version = in.int16();
        if (version < 0 || version > 4) {
            return null;
        }
        long offset = in.int64();
        int leaderEpoch = version >= 3 ? in.int32() : -1;
        String metadata = version >= 4 ? in.compactString() : in.string();
        long committedMs = in.int64();
        long expiresMs = version == 1 ? in.int64() : CommittedOffset.NO_EXPIRY;
        TopicId[] topicId = {TopicId.NONE};
        if (version >= 4) {
            in.taggedFields(0, field -> topicId[0] = new TopicId(field.int64(), field.int64()));
        }
        return new OffsetCommitted(
                groupId,
                partition,
                new CommittedOffset(offset, leaderEpoch, metadata, committedMs, expiresMs, topicId[0]));
    }

    private static @Nullable GroupRecord readGroup(String groupId, @Nullable ByteBuffer value) {
        if (value == null) {
            return new GroupRemoved(groupId);
        }
        FieldReader in = new FieldReader(value);
        int version = in.int16();
        if (version < 0 || version > 4) {
            return null;
        }
        boolean flexible = version >= 4;
        String protocolType = flexible ? in.compactString() : in.string();
        int generation = in.int32();
        String protocol = flexible ? in.compactNullableString() : in.nullableString();
        String leader = flexible ? in.compactNullableString() : in.nullableString();
        long stateTimestampMs = version >= 2 ? in.int64() : -1;
        int count = flexible ? in.compactArrayLength() : in.arrayLength();
        List<StoredMember> members = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            members.add(readMember(in, version));
        }
        return new GroupMetadataStored(
                groupId, protocolType, generation, protocol, leader, stateTimestampMs, List.copyOf(members));
    }

    private static StoredMember readMember(FieldReader in, int version) {
        boolean flexible = version >= 4;
        String memberId = flexible ? in.compactString() : in.string();
        String instanceId = flexible ? in.compactNullableString() : version == 3 ? in.nullableString() : null;
        String clientId = flexible ? in.compactString() : in.string();
        String clientHost = flexible ? in.compactString() : in.string();
        int rebalanceMs = version >= 1 ? in.int32() : -1;
        int sessionMs = in.int32();
        Opaque subscription = new Opaque(flexible ? in.compactBlob() : in.blob());
        Opaque assignment = new Opaque(flexible ? in.compactBlob() : in.blob());
        if (flexible) {
            in.skipTaggedFields();
        }
        return new StoredMember(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceMs < 0 ? sessionMs : rebalanceMs,
                sessionMs,
                subscription,
                assignment);
    }
}
