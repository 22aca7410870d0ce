package io.millrace.kafka.session;

import io.millrace.broker.partition.Partitions;
import io.millrace.broker.partition.Partitions.LogDirectoryView;
import io.millrace.broker.partition.Partitions.ReplicaView;
import io.millrace.kafka.mapping.ErrorCodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/// DescribeLogDirs (key 35): sizes of replicas, disk by disk.
final class HandleDescribeLogDirs implements Handler<DescribeLogDirsRequest> {
    private final Partitions partitions;

    HandleDescribeLogDirs(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(DescribeLogDirsRequest request, RequestContext context, Reply reply) {
        Predicate<ReplicaView> wanted = wanted(request);
        partitions.logDirectories(directories -> {
            DescribeLogDirsResponseData data = new DescribeLogDirsResponseData();
            for (LogDirectoryView directory : directories) {
                data.results().add(describe(directory, wanted));
            }
            reply.send(new DescribeLogDirsResponse(data));
        });
    }

    private static Predicate<ReplicaView> wanted(DescribeLogDirsRequest request) {
        if (request.isAllTopicPartitions()) {
            return replica -> true;
        }
        Map<String, Set<Integer>> named = new LinkedHashMap<>();
        for (DescribableLogDirTopic topic : request.data().topics()) {
            named.computeIfAbsent(topic.topic(), name -> new HashSet<>()).addAll(topic.partitions());
        }
        return replica -> named.getOrDefault(replica.partition().topic(), Set.of())
                .contains(replica.partition().partition());
    }

    private static DescribeLogDirsResult describe(LogDirectoryView directory, Predicate<ReplicaView> wanted) {
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        for (ReplicaView replica : directory.replicas()) {
            if (wanted.test(replica)) {
                topics.computeIfAbsent(replica.partition().topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition()
                                .setPartitionIndex(replica.partition().partition())
                                .setPartitionSize(replica.sizeBytes())
                                .setOffsetLag(replica.offsetLag())
                                .setIsFutureKey(replica.future()));
            }
        }
        return new DescribeLogDirsResult()
                .setLogDir(directory.path())
                .setErrorCode(ErrorCodes.code(directory.error()))
                .setTotalBytes(directory.totalBytes())
                .setUsableBytes(directory.usableBytes())
                .setIsCordoned(directory.cordoned())
                .setTopics(new ArrayList<>(topics.values()));
    }
}
