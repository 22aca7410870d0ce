package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.FetchOffsets;
import io.millrace.broker.group.FetchOffsets.Position;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/// OffsetFetch (key 9). v2 everything of a group, v7 stable positions (KIP-447), v8 many groups (KIP-709), v10 topic
/// ids (KIP-848). kafka-clients folds the shape of one group into that of many.
final class HandleOffsetFetch implements Handler<OffsetFetchRequest> {
    private final Groups groups;
    private final CatalogSource catalog;

    HandleOffsetFetch(Groups groups, CatalogSource catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public void handle(OffsetFetchRequest request, RequestContext context, Reply reply) {
        short version = context.apiVersion();
        List<OffsetFetchRequestGroup> asked = request.groups();
        OffsetFetchResponseGroup[] answers = new OffsetFetchResponseGroup[asked.size()];
        Gather gather = new Gather(() -> reply.send(new OffsetFetchResponse.Builder(List.of(answers)).build(version)));
        for (int index = 0; index < asked.size(); index++) {
            int place = index;
            OffsetFetchRequestGroup group = asked.get(index);
            gather.expectOne();
            fetch(group, version, answer -> {
                answers[place] = answer;
                gather.oneDone();
            });
        }
        gather.allAsked();
    }

    private void fetch(OffsetFetchRequestGroup group, short version, Consumer<OffsetFetchResponseGroup> to) {
        Catalog current = catalog.current();
        boolean everything = OffsetFetchRequest.requestAllOffsets(group);
        boolean byId = OffsetFetchRequest.useTopicIds(version);
        List<TopicPartition> partitions = everything ? List.of() : partitionsOf(group, current, byId);
        groups.submit(new FetchOffsets(group.groupId(), everything, partitions), found -> {
            if (found.error() != ErrorKind.NONE) {
                to.accept(OffsetFetchResponse.groupError(group, ErrorCodes.of(found.error()), version));
            } else if (everything) {
                to.accept(everything(group.groupId(), found.positions(), current, byId));
            } else {
                to.accept(asAsked(group, found.positions(), current, byId));
            }
        });
    }

    private static Optional<String> nameOf(OffsetFetchRequestTopics topic, Catalog current, boolean byId) {
        return byId ? current.topic(Uuids.topicId(topic.topicId())).map(TopicView::name) : Optional.of(topic.name());
    }

    private static List<TopicPartition> partitionsOf(OffsetFetchRequestGroup group, Catalog current, boolean byId) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            nameOf(topic, current, byId)
                    .ifPresent(name ->
                            topic.partitionIndexes().forEach(index -> partitions.add(new TopicPartition(name, index))));
        }
        return partitions;
    }

    private static OffsetFetchResponseGroup asAsked(
            OffsetFetchRequestGroup group, List<Position> positions, Catalog current, boolean byId) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>(group.topics().size());
        Iterator<Position> next = positions.iterator();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            boolean known = nameOf(topic, current, byId).isPresent();
            List<OffsetFetchResponsePartitions> parts =
                    new ArrayList<>(topic.partitionIndexes().size());
            for (int index : topic.partitionIndexes()) {
                parts.add(known ? part(next.next()) : none(index).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
            }
            topics.add(new OffsetFetchResponseTopics()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitions(parts));
        }
        return new OffsetFetchResponseGroup().setGroupId(group.groupId()).setTopics(topics);
    }

    /// Positions in topics that are gone have no id any more; an answer by ids leaves them out.
    private static OffsetFetchResponseGroup everything(
            String groupId, List<Position> positions, Catalog current, boolean byId) {
        Map<String, OffsetFetchResponseTopics> topics = new LinkedHashMap<>();
        for (Position position : positions) {
            String name = position.partition().topic();
            Optional<TopicView> view = current.topic(name);
            if (byId && view.isEmpty()) {
                continue;
            }
            topics.computeIfAbsent(name, key -> {
                        var topic = new OffsetFetchResponseTopics().setName(key).setPartitions(new ArrayList<>());
                        return view.isEmpty() || !byId
                                ? topic
                                : topic.setTopicId(Uuids.of(view.get().id()));
                    })
                    .partitions()
                    .add(part(position));
        }
        return new OffsetFetchResponseGroup().setGroupId(groupId).setTopics(List.copyOf(topics.values()));
    }

    private static OffsetFetchResponsePartitions part(Position position) {
        CommittedOffset offset = position.offset();
        OffsetFetchResponsePartitions part = none(position.partition().partition());
        return offset == null
                ? part
                : part.setCommittedOffset(offset.offset())
                        .setCommittedLeaderEpoch(offset.leaderEpoch())
                        .setMetadata(offset.metadata());
    }

    private static OffsetFetchResponsePartitions none(int partition) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                .setCommittedLeaderEpoch(-1)
                .setMetadata(OffsetFetchResponse.NO_METADATA);
    }
}
