package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.Election;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;

/// ElectLeaders (key 43, KIP-183 and KIP-460). Who names no partitions means all of them, and is not told about those
/// that need nothing.
final class HandleElectLeaders implements Handler<ElectLeadersRequest> {
    private final CatalogSource catalog;
    private final ClusterChanges cluster;

    HandleElectLeaders(CatalogSource catalog, ClusterChanges cluster) {
        this.catalog = catalog;
        this.cluster = cluster;
    }

    @Override
    public void handle(ElectLeadersRequest request, RequestContext context, Reply reply) {
        Optional<Election> election = election(request.data().electionType());
        if (election.isEmpty()) {
            reply.send(new ElectLeadersResponse(
                    new ElectLeadersResponseData().setErrorCode(Errors.INVALID_REQUEST.code())));
            return;
        }
        boolean isAll = request.data().topicPartitions() == null;
        List<PartitionRef> wanted = isAll ? all(election.get()) : named(request.data());
        if (wanted.isEmpty()) {
            reply.send(new ElectLeadersResponse(new ElectLeadersResponseData()));
            return;
        }
        cluster.electLeaders(
                election.get(),
                wanted,
                outcomes -> reply.send(new ElectLeadersResponse(answer(wanted, outcomes, isAll))));
    }

    private static Optional<Election> election(byte type) {
        if (type == ElectionType.PREFERRED.value) {
            return Optional.of(Election.PREFERRED);
        }
        return type == ElectionType.UNCLEAN.value ? Optional.of(Election.UNCLEAN) : Optional.empty();
    }

    private static List<PartitionRef> named(ElectLeadersRequestData data) {
        List<PartitionRef> wanted = new ArrayList<>();
        for (TopicPartitions topic : data.topicPartitions()) {
            topic.partitions().forEach(partition -> wanted.add(new PartitionRef(topic.topic(), partition)));
        }
        return wanted;
    }

    private List<PartitionRef> all(Election election) {
        List<PartitionRef> wanted = new ArrayList<>();
        for (TopicView topic : catalog.current().topics()) {
            for (PartitionView partition : topic.partitions()) {
                boolean isNeeded = switch (election) {
                    case PREFERRED -> partition.leader() != partition.replicas().getFirst();
                    case UNCLEAN -> partition.leader() == PartitionView.NO_LEADER;
                };
                if (isNeeded) {
                    wanted.add(new PartitionRef(topic.name(), partition.index()));
                }
            }
        }
        return wanted;
    }

    private static ElectLeadersResponseData answer(List<PartitionRef> wanted, List<Outcome> outcomes, boolean isAll) {
        Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
        for (int at = 0; at < wanted.size(); at++) {
            PartitionRef ref = wanted.get(at);
            Outcome outcome = outcomes.get(at);
            if (!isAll || outcome.error() != ErrorKind.ELECTION_NOT_NEEDED) {
                topics.computeIfAbsent(ref.topic(), name -> new ReplicaElectionResult().setTopic(name))
                        .partitionResult()
                        .add(new PartitionResult()
                                .setPartitionId(ref.partition())
                                .setErrorCode(ErrorCodes.code(outcome.error()))
                                .setErrorMessage(Messages.of(outcome)));
            }
        }
        return new ElectLeadersResponseData().setReplicaElectionResults(List.copyOf(topics.values()));
    }
}
