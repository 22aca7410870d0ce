package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.NodeView;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Uuids;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;

/// DescribeQuorum (key 55, KIP-595, KIP-853): the metadata log is the one partition of `__cluster_metadata`.
final class HandleDescribeQuorum implements Handler<DescribeQuorumRequest> {
    private static final int DIRECTORIES_AND_NODES_VERSION = 2;

    private final CatalogSource catalog;
    private final ClusterChanges changes;

    HandleDescribeQuorum(CatalogSource catalog, ClusterChanges changes) {
        this.catalog = catalog;
        this.changes = changes;
    }

    @Override
    public void handle(DescribeQuorumRequest request, RequestContext context, Reply reply) {
        changes.quorum(answer -> reply.send(answer(request, context, answer)));
    }

    private DescribeQuorumResponse answer(DescribeQuorumRequest request, RequestContext context, QuorumReply reply) {
        DescribeQuorumResponseData data = new DescribeQuorumResponseData();
        for (DescribeQuorumRequestData.TopicData topic : request.data().topics()) {
            List<PartitionData> answers = new ArrayList<>();
            for (DescribeQuorumRequestData.PartitionData partition : topic.partitions()) {
                boolean isMetadata =
                        topic.topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME) && partition.partitionIndex() == 0;
                answers.add(isMetadata ? describe(reply, context.apiVersion()) : unknown(partition.partitionIndex()));
            }
            data.topics().add(new TopicData().setTopicName(topic.topicName()).setPartitions(answers));
        }
        if (context.apiVersion() >= DIRECTORIES_AND_NODES_VERSION) {
            addNodes(data);
        }
        return new DescribeQuorumResponse(data);
    }

    private static PartitionData unknown(int index) {
        return new PartitionData()
                .setPartitionIndex(index)
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message());
    }

    private static PartitionData describe(QuorumReply reply, short version) {
        if (!reply.outcome().isOk()) {
            Errors error = ErrorCodes.of(reply.outcome().error());
            return new PartitionData()
                    .setPartitionIndex(0)
                    .setErrorCode(error.code())
                    .setErrorMessage(reply.outcome().message());
        }
        QuorumView quorum = reply.quorum();
        return new PartitionData()
                .setPartitionIndex(0)
                .setLeaderId(quorum.leaderId())
                .setLeaderEpoch(quorum.leaderEpoch())
                .setHighWatermark(quorum.highWatermark())
                .setCurrentVoters(states(quorum.voters(), version))
                .setObservers(states(quorum.observers(), version));
    }

    private static List<ReplicaState> states(List<Member> members, short version) {
        List<ReplicaState> states = new ArrayList<>(members.size());
        for (Member member : members) {
            ReplicaState state = new ReplicaState()
                    .setReplicaId(member.nodeId())
                    .setLogEndOffset(member.logEndOffset())
                    .setLastFetchTimestamp(member.lastFetchMs())
                    .setLastCaughtUpTimestamp(member.lastCaughtUpMs());
            if (version >= DIRECTORIES_AND_NODES_VERSION) {
                state.setReplicaDirectoryId(Uuids.of(member.directoryId()));
            }
            states.add(state);
        }
        return states;
    }

    private void addNodes(DescribeQuorumResponseData data) {
        for (NodeView node : catalog.current().nodes()) {
            Node answer = new Node().setNodeId(node.id());
            for (NodeView.Endpoint endpoint : node.endpoints()) {
                answer.listeners()
                        .add(new Listener()
                                .setName(endpoint.listener().toUpperCase(Locale.ROOT)) // Kafka's clients refuse others
                                .setHost(endpoint.host())
                                .setPort(endpoint.port()));
            }
            data.nodes().add(answer);
        }
    }
}
