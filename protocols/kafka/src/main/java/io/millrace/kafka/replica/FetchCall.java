package io.millrace.kafka.replica;

import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// A Fetch of a follower (version 17: topic ids, replica epoch of KIP-903) while it is put together.
///
/// Owned by: whoever makes it.
public final class FetchCall {
    static final short VERSION = 17;

    private final FetchRequestData data;
    private TopicId wantedTopic = TopicId.NONE;
    private List<FetchPartition> wanted = new ArrayList<>();
    private TopicId forgottenTopic = TopicId.NONE;
    private List<Integer> forgotten = new ArrayList<>();

    /// @param waitMs how long the leader may wait for news, 0 for not at all
    /// @param bytes upper bound of the answer
    public record Limits(int waitMs, int minBytes, int bytes, int partitionBytes) {}

    public FetchCall(int nodeId, long nodeEpoch, int sessionId, int sessionEpoch, Limits limits) {
        this.data = new FetchRequestData()
                .setReplicaState(new ReplicaState().setReplicaId(nodeId).setReplicaEpoch(nodeEpoch))
                .setMaxWaitMs(limits.waitMs())
                .setMinBytes(limits.minBytes())
                .setMaxBytes(limits.bytes())
                .setSessionId(sessionId)
                .setSessionEpoch(sessionEpoch);
    }

    /// Names a partition. Those of one topic that follow each other share its entry.
    public void want(
            TopicId topic,
            int partition,
            long fetchOffset,
            long startOffset,
            int leaderEpoch,
            int lastEpoch,
            int bytesMax) {
        if (!topic.equals(wantedTopic)) {
            wanted = new ArrayList<>();
            wantedTopic = topic;
            data.topics().add(new FetchTopic().setTopicId(Uuids.of(topic)).setPartitions(wanted));
        }
        wanted.add(new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(fetchOffset)
                .setLogStartOffset(startOffset)
                .setCurrentLeaderEpoch(leaderEpoch)
                .setLastFetchedEpoch(lastEpoch)
                .setPartitionMaxBytes(bytesMax));
    }

    /// Takes a partition out of the session.
    public void forget(TopicId topic, int partition) {
        if (!topic.equals(forgottenTopic)) {
            forgotten = new ArrayList<>();
            forgottenTopic = topic;
            data.forgottenTopicsData()
                    .add(new ForgottenTopic().setTopicId(Uuids.of(topic)).setPartitions(forgotten));
        }
        forgotten.add(partition);
    }

    /// Header and body, without the size in front.
    public ByteBuffer encode(String clientId) {
        return new FetchRequest(data, VERSION)
                .serializeWithHeader(new RequestHeader(ApiKeys.FETCH, VERSION, clientId, 0));
    }
}
