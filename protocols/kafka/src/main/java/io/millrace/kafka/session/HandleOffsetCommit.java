package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.group.CommitOffsets;
import io.millrace.broker.group.CommitOffsets.Commit;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/// OffsetCommit (key 8). v2-v4 a retention of the client's own, v6 leader epochs (KIP-320), v7 static members
/// (KIP-345), v9 GROUP_ID_NOT_FOUND (KIP-848), v10 topic ids (KIP-848). Partitions that do not exist are refused one by
/// one.
final class HandleOffsetCommit implements Handler<OffsetCommitRequest> {
    private static final int GROUP_NOT_FOUND_VERSION = 9;
    private static final int TOPIC_ID_VERSION = 10;

    private final Groups groups;
    private final CatalogSource catalog;

    HandleOffsetCommit(Groups groups, CatalogSource catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public void handle(OffsetCommitRequest request, RequestContext context, Reply reply) {
        OffsetCommitRequestData data = request.data();
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        List<Commit> commits = new ArrayList<>();
        List<OffsetCommitResponsePartition> committed = new ArrayList<>();
        Catalog current = catalog.current();
        boolean byId = context.apiVersion() >= TOPIC_ID_VERSION;
        for (OffsetCommitRequestTopic topic : data.topics()) {
            Optional<TopicView> view =
                    byId ? current.topic(Uuids.topicId(topic.topicId())) : current.topic(topic.name());
            List<OffsetCommitResponsePartition> parts =
                    new ArrayList<>(topic.partitions().size());
            answer.topics()
                    .add(new OffsetCommitResponseTopic()
                            .setName(topic.name())
                            .setTopicId(topic.topicId())
                            .setPartitions(parts));
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                var part = new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex());
                parts.add(part);
                Errors error = complaint(view, partition.partitionIndex(), byId);
                if (error == Errors.NONE) {
                    commits.add(commit(view.orElseThrow(), partition));
                    committed.add(part);
                } else {
                    part.setErrorCode(error.code());
                }
            }
        }
        if (commits.isEmpty()) {
            reply.send(new OffsetCommitResponse(answer));
            return;
        }
        groups.submit(command(data, context.apiVersion(), commits), done -> {
            for (int index = 0; index < committed.size(); index++) {
                committed.get(index).setErrorCode(ErrorCodes.code(done.errors().get(index)));
            }
            reply.send(new OffsetCommitResponse(answer));
        });
    }

    private static Errors complaint(Optional<TopicView> view, int partition, boolean byId) {
        if (view.isEmpty()) {
            return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        boolean exists = partition >= 0 && partition < view.get().partitions().size();
        return exists ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static Commit commit(TopicView topic, OffsetCommitRequestPartition partition) {
        String note = partition.committedMetadata();
        return new Commit(
                new TopicPartition(topic.name(), partition.partitionIndex()),
                topic.id(),
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                note == null ? "" : note);
    }

    private static CommitOffsets command(OffsetCommitRequestData data, short version, List<Commit> commits) {
        return new CommitOffsets(
                data.groupId(),
                data.memberId(),
                data.groupInstanceId(),
                data.generationIdOrMemberEpoch(),
                version >= GROUP_NOT_FOUND_VERSION,
                data.retentionTimeMs(),
                commits);
    }
}
