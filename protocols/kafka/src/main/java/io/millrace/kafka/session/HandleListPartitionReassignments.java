package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;

/// ListPartitionReassignments (key 46, KIP-455): what is being moved, of the partitions asked for or of all. What does
/// not exist is not being moved.
final class HandleListPartitionReassignments implements Handler<ListPartitionReassignmentsRequest> {
    private final CatalogSource catalog;

    HandleListPartitionReassignments(CatalogSource catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(ListPartitionReassignmentsRequest request, RequestContext context, Reply reply) {
        Catalog now = catalog.current();
        ListPartitionReassignmentsResponseData data = new ListPartitionReassignmentsResponseData();
        List<ListPartitionReassignmentsTopics> asked = request.data().topics();
        if (asked == null) {
            now.topics().forEach(topic -> add(data, topic, partition -> true));
        } else {
            for (ListPartitionReassignmentsTopics topic : asked) {
                now.topic(topic.name()).ifPresent(view -> add(data, view, topic.partitionIndexes()::contains));
            }
        }
        reply.send(new ListPartitionReassignmentsResponse(data));
    }

    private static void add(ListPartitionReassignmentsResponseData data, TopicView topic, Predicate<Integer> isAsked) {
        List<OngoingPartitionReassignment> ongoing = new ArrayList<>();
        for (PartitionView partition : topic.partitions()) {
            if (partition.isReassigning() && isAsked.test(partition.index())) {
                ongoing.add(new OngoingPartitionReassignment()
                        .setPartitionIndex(partition.index())
                        .setReplicas(partition.replicas())
                        .setAddingReplicas(partition.addingReplicas())
                        .setRemovingReplicas(partition.removingReplicas()));
            }
        }
        if (!ongoing.isEmpty()) {
            data.topics()
                    .add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(ongoing));
        }
    }
}
