package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.kafka.codec.SliceRecords;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.kafka.state.FetchPartition;
import io.millrace.log.FileSlice;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/// A Fetch response while it is being put together. Partitions of one topic that follow each other share a topic entry,
/// and the order of partitions stays the order in which they were filled.
///
/// Owned by: the loop of the connection.
final class FetchAnswer {
    private static final int LEADER_HINTS_VERSION = 16;

    private final RequestContext context;
    private final CatalogSource catalog;
    private final boolean readCommitted;
    private final FetchResponseData data = new FetchResponseData();
    private FetchPartition.@Nullable Key last;
    private List<PartitionData> lastPartitions = new ArrayList<>();

    FetchAnswer(RequestContext context, CatalogSource catalog, boolean readCommitted) {
        this.context = context;
        this.catalog = catalog;
        this.readCommitted = readCommitted;
    }

    /// Adds what a log said; the slice becomes the answer's.
    void add(FetchPartition partition, FetchReply.Part part) {
        PartitionData answer = new PartitionData()
                .setPartitionIndex(partition.key().partition())
                .setErrorCode(ErrorCodes.code(part.error()))
                .setHighWatermark(part.highWatermark())
                .setLastStableOffset(part.lastStableOffset())
                .setLogStartOffset(part.logStartOffset())
                // There are no transactions yet, so none is aborted; null says that nobody looked.
                .setAbortedTransactions(readCommitted ? List.of() : null)
                .setPreferredReadReplica(part.nearerReplica())
                .setRecords(MemoryRecords.EMPTY);
        FileSlice slice = part.slice();
        if (slice != null && part.error() == ErrorKind.NONE && slice.length() > 0) {
            answer.setRecords(new SliceRecords(slice));
        } else if (slice != null) {
            slice.release();
        }
        FetchReply.DivergingEpoch diverging = part.divergingEpoch();
        if (diverging != null) {
            answer.setDivergingEpoch(
                    new EpochEndOffset().setEpoch(diverging.epoch()).setEndOffset(diverging.endOffset()));
        }
        addLeader(answer, part.leader());
        partitionsOf(partition.key()).add(answer);
    }

    /// Adds an error found before any log was asked.
    void add(FetchPartition partition, Errors error) {
        partitionsOf(partition.key())
                .add(FetchResponse.partitionResponse(partition.key().partition(), error)
                        .setRecords(MemoryRecords.EMPTY));
    }

    FetchResponse finish(int sessionId) {
        return FetchResponse.of(data.setSessionId(sessionId));
    }

    private List<PartitionData> partitionsOf(FetchPartition.Key key) {
        FetchPartition.Key before = last;
        if (before == null
                || !before.topicId().equals(key.topicId())
                || !before.topic().equals(key.topic())) {
            lastPartitions = new ArrayList<>();
            data.responses()
                    .add(new FetchableTopicResponse()
                            .setTopic(key.topic())
                            .setTopicId(Uuids.of(key.topicId()))
                            .setPartitions(lastPartitions));
            last = key;
        }
        return lastPartitions;
    }

    /// KIP-951: the client learns the new leader from the refusal.
    private void addLeader(PartitionData answer, LeaderHint leader) {
        if (context.apiVersion() < LEADER_HINTS_VERSION || leader.nodeId() < 0) {
            return;
        }
        answer.setCurrentLeader(
                new LeaderIdAndEpoch().setLeaderId(leader.nodeId()).setLeaderEpoch(leader.leaderEpoch()));
        if (data.nodeEndpoints().find(leader.nodeId()) != null) {
            return;
        }
        Nodes.find(catalog.current(), leader.nodeId())
                .ifPresent(node -> Nodes.endpoint(node, context.listener())
                        .ifPresent(endpoint -> data.nodeEndpoints().add(endpoint(node, endpoint))));
    }

    private static NodeEndpoint endpoint(NodeView node, NodeView.Endpoint endpoint) {
        return new NodeEndpoint()
                .setNodeId(node.id())
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setRack(Nodes.rack(node));
    }
}
