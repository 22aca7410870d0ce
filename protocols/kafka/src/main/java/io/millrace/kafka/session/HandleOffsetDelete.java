package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.group.DeleteOffsets;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;

/// OffsetDelete (key 47, KIP-496): forgets positions of topics a group does not consume any more.
final class HandleOffsetDelete implements Handler<OffsetDeleteRequest> {
    private final Groups groups;
    private final CatalogSource catalog;

    HandleOffsetDelete(Groups groups, CatalogSource catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public void handle(OffsetDeleteRequest request, RequestContext context, Reply reply) {
        OffsetDeleteRequestData data = request.data();
        OffsetDeleteResponseData answer = new OffsetDeleteResponseData();
        List<TopicPartition> deletable = new ArrayList<>();
        List<OffsetDeleteResponsePartition> deleted = new ArrayList<>();
        Catalog current = catalog.current();
        for (OffsetDeleteRequestTopic topic : data.topics()) {
            var parts = new OffsetDeleteResponsePartitionCollection();
            answer.topics()
                    .add(new OffsetDeleteResponseTopic().setName(topic.name()).setPartitions(parts));
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                var part = new OffsetDeleteResponsePartition().setPartitionIndex(index);
                if (!parts.add(part)) {
                    continue; // named twice
                }
                if (exists(current, topic.name(), index)) {
                    deletable.add(new TopicPartition(topic.name(), index));
                    deleted.add(part);
                } else {
                    part.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                }
            }
        }
        groups.submit(new DeleteOffsets(data.groupId(), deletable), done -> {
            if (done.error() != ErrorKind.NONE) {
                reply.send(new OffsetDeleteResponse(
                        new OffsetDeleteResponseData().setErrorCode(ErrorCodes.code(done.error()))));
                return;
            }
            for (int index = 0; index < deleted.size(); index++) {
                deleted.get(index).setErrorCode(ErrorCodes.code(done.errors().get(index)));
            }
            reply.send(new OffsetDeleteResponse(answer));
        });
    }

    private static boolean exists(Catalog current, String topic, int partition) {
        return current.topic(topic)
                .map(view -> partition >= 0 && partition < view.partitions().size())
                .orElse(false);
    }
}
