package io.millrace.kafka.session;

import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.model.TopicPartition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;

/// AlterReplicaLogDirs (key 34, KIP-113): which disk of this node a replica is to be on. As in Kafka the last word
/// about a partition that is named twice counts.
final class HandleAlterReplicaLogDirs implements Handler<AlterReplicaLogDirsRequest> {
    private final Partitions partitions;

    HandleAlterReplicaLogDirs(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(AlterReplicaLogDirsRequest request, RequestContext context, Reply reply) {
        AlterReplicaLogDirsResponseData data = new AlterReplicaLogDirsResponseData();
        Gather gather = new Gather(() -> reply.send(new AlterReplicaLogDirsResponse(data)));
        Map<String, AlterReplicaLogDirTopicResult> topics = new LinkedHashMap<>();
        wishes(request).forEach((id, path) -> {
            AlterReplicaLogDirPartitionResult answer =
                    new AlterReplicaLogDirPartitionResult().setPartitionIndex(id.partition());
            topics.computeIfAbsent(id.topic(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name))
                    .partitions()
                    .add(answer);
            gather.expectOne();
            partitions.moveLog(id, path, error -> {
                answer.setErrorCode(ErrorCodes.code(error));
                gather.oneDone();
            });
        });
        data.results().addAll(topics.values());
        gather.allAsked();
    }

    private static Map<TopicPartition, String> wishes(AlterReplicaLogDirsRequest request) {
        Map<TopicPartition, String> wishes = new LinkedHashMap<>();
        for (AlterReplicaLogDir directory : request.data().dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                for (int partition : topic.partitions()) {
                    wishes.put(new TopicPartition(topic.name(), partition), directory.path());
                }
            }
        }
        return wishes;
    }
}
