package io.millrace.kafka.replica;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/// What a node asks the leader of a topic for clients of its own that know nothing of leaders: Produce (version 13,
/// topic ids) and ListOffsets (version 9), one partition each. Records are read by [FetchCall].
public final class LeaderCalls {
    private static final short PRODUCE_VERSION = 13;
    private static final short OFFSETS_VERSION = 9;
    private static final short ALL = -1;
    private static final int CONSUMER = -1;
    private static final byte READ_COMMITTED = 1;

    private LeaderCalls() {}

    // --- Produce

    /// Header and body, without the size in front; for `acks=all`.
    public static ByteBuffer produce(TopicId topic, int partition, ByteBuffer batches, int timeoutMs, String clientId) {
        var data = new ProduceRequestData().setAcks(ALL).setTimeoutMs(timeoutMs);
        data.topicData()
                .add(new TopicProduceData()
                        .setTopicId(Uuids.of(topic))
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(MemoryRecords.readableRecords(batches)))));
        return encode(ApiKeys.PRODUCE, PRODUCE_VERSION, data, clientId);
    }

    /// @param frame from the correlation id on
    /// @param batches what was asked to be appended
    public static Decoded<AppendReply> produced(ByteBuffer frame, ByteBuffer batches) {
        try {
            ResponseHeader.parse(frame, ApiKeys.PRODUCE.responseHeaderVersion(PRODUCE_VERSION));
            var data = new ProduceResponseData(new ByteBufferAccessor(frame), PRODUCE_VERSION);
            Optional<PartitionProduceResponse> part = data.responses().stream()
                    .flatMap(topic -> topic.partitionResponses().stream())
                    .findFirst();
            return part.<Decoded<AppendReply>>map(answer -> new Decoded.Complete<>(reply(answer, batches)))
                    .orElseGet(() -> new Decoded.Malformed<>("Produce answer without a partition"));
        } catch (RuntimeException e) {
            return malformed("Produce"); // as in FetchedFrame
        }
    }

    private static AppendReply reply(PartitionProduceResponse answer, ByteBuffer batches) {
        ErrorKind error = ErrorCodes.kind(Errors.forCode(answer.errorCode()));
        if (error != ErrorKind.NONE) {
            String message = answer.errorMessage();
            return AppendReply.refused(error, message == null ? "" : message);
        }
        long count = 0;
        for (RecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            count += batch.lastOffset() - batch.baseOffset() + 1;
        }
        long first = answer.baseOffset();
        return AppendReply.of(
                AppendResult.appended(first, first + count, answer.logAppendTimeMs(), answer.logStartOffset(), false));
    }

    // --- ListOffsets

    /// Header and body, without the size in front; of first, last, or at a time.
    public static ByteBuffer offset(OffsetQuery query, String clientId) {
        TopicPartition partition = query.partition();
        var data = new ListOffsetsRequestData()
                .setReplicaId(CONSUMER)
                .setIsolationLevel(query.readCommitted() ? READ_COMMITTED : 0);
        data.topics()
                .add(new ListOffsetsTopic()
                        .setName(partition.topic())
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition.partition())
                                .setCurrentLeaderEpoch(query.currentLeaderEpoch())
                                .setTimestamp(timestamp(query)))));
        return encode(ApiKeys.LIST_OFFSETS, OFFSETS_VERSION, data, clientId);
    }

    private static long timestamp(OffsetQuery query) {
        return switch (query.kind()) {
            case EARLIEST -> ListOffsetsRequest.EARLIEST_TIMESTAMP;
            case MAX_TIMESTAMP -> ListOffsetsRequest.MAX_TIMESTAMP;
            case AT_TIMESTAMP -> query.timestampMs();
            default -> ListOffsetsRequest.LATEST_TIMESTAMP;
        };
    }

    /// @param frame from the correlation id on
    public static Decoded<OffsetReply> offset(ByteBuffer frame) {
        try {
            ResponseHeader.parse(frame, ApiKeys.LIST_OFFSETS.responseHeaderVersion(OFFSETS_VERSION));
            var data = new ListOffsetsResponseData(new ByteBufferAccessor(frame), OFFSETS_VERSION);
            Optional<ListOffsetsPartitionResponse> part = data.topics().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .findFirst();
            return part.<Decoded<OffsetReply>>map(answer -> new Decoded.Complete<>(reply(answer)))
                    .orElseGet(() -> new Decoded.Malformed<>("ListOffsets answer without a partition"));
        } catch (RuntimeException e) {
            return malformed("ListOffsets"); // as in FetchedFrame
        }
    }

    private static OffsetReply reply(ListOffsetsPartitionResponse answer) {
        return new OffsetReply(
                ErrorCodes.kind(Errors.forCode(answer.errorCode())),
                answer.offset(),
                answer.timestamp(),
                answer.leaderEpoch(),
                LeaderHint.NONE);
    }

    private static ByteBuffer encode(ApiKeys api, short version, ApiMessage data, String clientId) {
        var header = new RequestHeader(api, version, clientId, 0);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, version);
    }

    private static <T> Decoded<T> malformed(String what) {
        return new Decoded.Malformed<>(what + " answer breaks its layout");
    }
}
