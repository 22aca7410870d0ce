package io.millrace.kafka.session;

import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/// ListOffsets (key 2): first, last, by time, by largest time, and the tiered-storage variants.
final class HandleListOffsets implements Handler<ListOffsetsRequest> {
    private static final int OFFSET_NOT_AVAILABLE_VERSION = 5;
    private static final int LEADER_EPOCH_VERSION = 4;

    private final Partitions partitions;

    HandleListOffsets(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(ListOffsetsRequest request, RequestContext context, Reply reply) {
        ListOffsetsResponseData data = new ListOffsetsResponseData();
        Gather gather = new Gather(() -> reply.send(new ListOffsetsResponse(data)));
        Set<org.apache.kafka.common.TopicPartition> duplicates = request.duplicatePartitions();
        boolean readCommitted = request.isolationLevel() == IsolationLevel.READ_COMMITTED;
        for (ListOffsetsTopic topic : request.topics()) {
            List<ListOffsetsPartitionResponse> answers =
                    new ArrayList<>(topic.partitions().size());
            data.topics()
                    .add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(answers));
            for (ListOffsetsPartition asked : topic.partitions()) {
                ListOffsetsPartitionResponse answer =
                        new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
                answers.add(answer);
                boolean duplicate = !duplicates.isEmpty()
                        && duplicates.contains(
                                new org.apache.kafka.common.TopicPartition(topic.name(), asked.partitionIndex()));
                Optional<OffsetQuery.Kind> kind = kind(asked.timestamp(), context.apiVersion());
                if (duplicate) {
                    answer.setErrorCode(Errors.INVALID_REQUEST.code());
                } else if (kind.isEmpty()) {
                    answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                } else {
                    gather.expectOne();
                    partitions.offset(
                            new OffsetQuery(
                                    new TopicPartition(topic.name(), asked.partitionIndex()),
                                    kind.get(),
                                    asked.timestamp(),
                                    asked.currentLeaderEpoch(),
                                    readCommitted),
                            found -> {
                                fill(answer, found, context.apiVersion());
                                gather.oneDone();
                            });
                }
            }
        }
        gather.allAsked();
    }

    private static void fill(ListOffsetsPartitionResponse answer, OffsetReply found, short version) {
        boolean isTooOldToKnow =
                found.error() == ErrorKind.OFFSET_NOT_AVAILABLE && version < OFFSET_NOT_AVAILABLE_VERSION;
        answer.setErrorCode(ErrorCodes.code(isTooOldToKnow ? ErrorKind.LEADER_NOT_AVAILABLE : found.error()));
        if (found.error() == ErrorKind.NONE) {
            answer.setOffset(found.offset()).setTimestamp(found.timestampMs());
            if (version >= LEADER_EPOCH_VERSION) {
                answer.setLeaderEpoch(found.leaderEpoch());
            }
        }
    }

    /// The special timestamps and the version each of them came with.
    private static Optional<OffsetQuery.Kind> kind(long timestamp, short version) {
        if (timestamp >= 0) {
            return Optional.of(OffsetQuery.Kind.AT_TIMESTAMP);
        }
        return switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
            case (int) ListOffsetsRequest.LATEST_TIMESTAMP -> Optional.of(OffsetQuery.Kind.LATEST);
            case (int) ListOffsetsRequest.EARLIEST_TIMESTAMP -> Optional.of(OffsetQuery.Kind.EARLIEST);
            case (int) ListOffsetsRequest.MAX_TIMESTAMP -> since(7, version, OffsetQuery.Kind.MAX_TIMESTAMP);
            case (int) ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP ->
                since(8, version, OffsetQuery.Kind.EARLIEST_LOCAL);
            case (int) ListOffsetsRequest.LATEST_TIERED_TIMESTAMP -> since(9, version, OffsetQuery.Kind.LATEST_TIERED);
            case (int) ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP ->
                since(11, version, OffsetQuery.Kind.EARLIEST_PENDING_UPLOAD);
            default -> Optional.empty();
        };
    }

    private static Optional<OffsetQuery.Kind> since(int first, short version, OffsetQuery.Kind kind) {
        return version >= first ? Optional.of(kind) : Optional.empty();
    }
}
