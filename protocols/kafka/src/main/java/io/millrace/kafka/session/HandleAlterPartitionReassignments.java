package io.millrace.kafka.session;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;

/// AlterPartitionReassignments (key 45, KIP-455, KIP-860): starts reassignments, or cancels them where no replicas are
/// named.
final class HandleAlterPartitionReassignments implements Handler<AlterPartitionReassignmentsRequest> {
    private final ClusterChanges cluster;

    HandleAlterPartitionReassignments(ClusterChanges cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(AlterPartitionReassignmentsRequest request, RequestContext context, Reply reply) {
        boolean changeFactor = request.data().allowReplicationFactorChange();
        List<Reassignment> wanted = new ArrayList<>();
        for (ReassignableTopic topic : request.data().topics()) {
            for (ReassignablePartition partition : topic.partitions()) {
                wanted.add(new Reassignment(
                        topic.name(), partition.partitionIndex(), Optional.ofNullable(partition.replicas())));
            }
        }
        cluster.reassign(wanted, changeFactor, outcomes -> {
            AlterPartitionReassignmentsResponseData data = new AlterPartitionReassignmentsResponseData();
            if (context.apiVersion() > 0) {
                data.setAllowReplicationFactorChange(changeFactor);
            }
            reply.send(new AlterPartitionReassignmentsResponse(data.setResponses(answers(wanted, outcomes))));
        });
    }

    private static List<ReassignableTopicResponse> answers(List<Reassignment> wanted, List<Outcome> outcomes) {
        Map<String, ReassignableTopicResponse> topics = new LinkedHashMap<>();
        for (int at = 0; at < wanted.size(); at++) {
            Reassignment wish = wanted.get(at);
            Outcome outcome = outcomes.get(at);
            topics.computeIfAbsent(wish.topic(), name -> new ReassignableTopicResponse().setName(name))
                    .partitions()
                    .add(new ReassignablePartitionResponse()
                            .setPartitionIndex(wish.partition())
                            .setErrorCode(ErrorCodes.code(outcome.error()))
                            .setErrorMessage(Messages.of(outcome)));
        }
        return List.copyOf(topics.values());
    }
}
