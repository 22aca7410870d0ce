package io.millrace.benchmarks.vskafka.wire;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.Errors;

/// Who leads what, as Metadata says.
///
/// @param led partitions by their leader's address, in the order of the answer; those without leader are in none
/// @param inSync how many partitions have a leader and all their replicas in sync
public record Placement(Map<InetSocketAddress, List<FrameTarget>> led, int inSync) {
    static Placement of(MetadataResponseData data) {
        Map<Integer, InetSocketAddress> nodes = new LinkedHashMap<>();
        data.brokers().forEach(node -> nodes.put(node.nodeId(), new InetSocketAddress(node.host(), node.port())));
        Map<InetSocketAddress, List<FrameTarget>> led = new LinkedHashMap<>();
        int inSync = 0;
        for (var topic : data.topics()) {
            for (MetadataResponsePartition partition : topic.partitions()) {
                InetSocketAddress leader = nodes.get(partition.leaderId());
                if (leader == null || partition.errorCode() != Errors.NONE.code()) {
                    continue;
                }
                led.computeIfAbsent(leader, address -> new ArrayList<>())
                        .add(new FrameTarget(topic.name(), partition.partitionIndex()));
                inSync +=
                        partition.isrNodes().size() == partition.replicaNodes().size() ? 1 : 0;
            }
        }
        return new Placement(led, inSync);
    }

    /// How many partitions have a leader that is there.
    public int leaders() {
        return led.values().stream().mapToInt(List::size).sum();
    }
}
