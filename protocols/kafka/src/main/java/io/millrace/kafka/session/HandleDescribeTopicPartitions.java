package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.mapping.Operations;
import io.millrace.kafka.mapping.TopicNames;
import io.millrace.kafka.mapping.Uuids;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.jspecify.annotations.Nullable;

/// DescribeTopicPartitions (key 75, KIP-966): topics in name order, page by page. A page ends after so many partitions
/// and leaves a cursor to the next one.
final class HandleDescribeTopicPartitions implements Handler<DescribeTopicPartitionsRequest> {
    /// Kafka's `max.request.partition.size.limit`.
    private static final int PARTITIONS_MAX = 2_000;

    private final CatalogSource catalog;

    HandleDescribeTopicPartitions(CatalogSource catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(DescribeTopicPartitionsRequest request, RequestContext context, Reply reply) {
        DescribeTopicPartitionsRequestData asked = request.data();
        DescribeTopicPartitionsRequestData.Cursor cursor = asked.cursor();
        if (cursor != null && cursor.partitionIndex() < 0) {
            reply.send(request.getErrorResponse(0, Errors.INVALID_REQUEST.exception()));
            return;
        }
        Page page = new Page(catalog.current(), Math.clamp(asked.responsePartitionLimit(), 1, PARTITIONS_MAX), cursor);
        if (asked.topics().isEmpty()) {
            page.addAll();
        } else {
            Set<String> names = new TreeSet<>();
            for (TopicRequest topic : asked.topics()) {
                names.add(topic.name());
            }
            page.addNamed(names);
        }
        reply.send(new DescribeTopicPartitionsResponse(page.data));
    }

    /// One page while it fills.
    ///
    /// Owned by: the loop of the connection, for one request.
    private static final class Page {
        private final DescribeTopicPartitionsResponseData data = new DescribeTopicPartitionsResponseData();
        private final Catalog catalog;
        private final Set<Integer> online;
        private final String fromTopic;
        private final int fromPartition;
        private int room;

        Page(Catalog catalog, int room, DescribeTopicPartitionsRequestData.@Nullable Cursor cursor) {
            this.catalog = catalog;
            this.online = Nodes.online(catalog);
            this.room = room;
            this.fromTopic = cursor == null ? "" : cursor.topicName();
            this.fromPartition = cursor == null ? 0 : cursor.partitionIndex();
        }

        void addAll() {
            for (TopicView topic : catalog.topicsFrom(fromTopic)) {
                if (!add(topic)) {
                    return;
                }
            }
        }

        void addNamed(Set<String> sorted) {
            for (String name : sorted) {
                Optional<TopicView> topic = catalog.topic(name);
                if (name.compareTo(fromTopic) < 0) {
                    continue;
                }
                if (topic.isEmpty()) {
                    addMissing(name);
                } else if (!add(topic.get())) {
                    return;
                }
            }
        }

        private void addMissing(String name) {
            Errors error =
                    TopicNames.isValid(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
            data.topics()
                    .add(new DescribeTopicPartitionsResponseTopic()
                            .setName(name)
                            .setErrorCode(error.code()));
        }

        /// Returns false when the page is full; the cursor then says where the next page begins.
        private boolean add(TopicView topic) {
            int first = topic.name().equals(fromTopic) ? fromPartition : 0;
            if (room == 0) {
                return endAt(topic, first);
            }
            DescribeTopicPartitionsResponseTopic answer = new DescribeTopicPartitionsResponseTopic()
                    .setName(topic.name())
                    .setTopicId(Uuids.of(topic.id()))
                    .setIsInternal(topic.internal())
                    .setTopicAuthorizedOperations(Operations.TOPIC);
            data.topics().add(answer);
            int count = topic.partitions().size();
            for (int index = first; index < count; index++) {
                if (room == 0) {
                    return endAt(topic, index);
                }
                answer.partitions().add(partition(topic.partitions().get(index)));
                room--;
            }
            return true;
        }

        private boolean endAt(TopicView topic, int partition) {
            data.setNextCursor(new Cursor().setTopicName(topic.name()).setPartitionIndex(partition));
            return false;
        }

        private DescribeTopicPartitionsResponsePartition partition(PartitionView view) {
            boolean led = view.leader() != PartitionView.NO_LEADER && online.contains(view.leader());
            return new DescribeTopicPartitionsResponsePartition()
                    .setErrorCode(led ? Errors.NONE.code() : Errors.LEADER_NOT_AVAILABLE.code())
                    .setPartitionIndex(view.index())
                    .setLeaderId(led ? view.leader() : PartitionView.NO_LEADER)
                    .setLeaderEpoch(view.leaderEpoch())
                    .setReplicaNodes(view.replicas())
                    .setIsrNodes(view.isr())
                    .setEligibleLeaderReplicas(view.eligibleLeaderReplicas())
                    .setLastKnownElr(view.lastKnownEligibleLeaderReplicas())
                    .setOfflineReplicas(Nodes.offlineReplicas(view, online));
        }
    }
}
