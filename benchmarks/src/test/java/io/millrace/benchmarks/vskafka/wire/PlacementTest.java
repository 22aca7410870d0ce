package io.millrace.benchmarks.vskafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// What counts as led, and as in sync.
class PlacementTest {
    private static final InetSocketAddress FIRST = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092);
    private static final InetSocketAddress SECOND = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9093);

    @Test
    void leadersThatAreNotThereLeadNothing() {
        Placement placement = Placement.of(answer(
                partition(0, 1, List.of(1, 2)),
                partition(1, 2, List.of(2)),
                partition(2, -1, List.of(2)).setErrorCode(Errors.LEADER_NOT_AVAILABLE.code()),
                partition(3, 7, List.of(1, 2)),
                partition(4, 1, List.of(1, 2))));

        assertThat(placement.led().keySet()).containsExactly(FIRST, SECOND);
        assertThat(placement.led().get(FIRST))
                .extracting(FrameTarget::partition)
                .containsExactly(0, 4);
        assertThat(placement.led().get(SECOND))
                .extracting(FrameTarget::partition)
                .containsExactly(1);
        assertThat(placement.leaders()).isEqualTo(3);
        assertThat(placement.inSync()).isEqualTo(2);
    }

    private static MetadataResponsePartition partition(int index, int leader, List<Integer> inSync) {
        return new MetadataResponsePartition()
                .setPartitionIndex(index)
                .setLeaderId(leader)
                .setReplicaNodes(List.of(1, 2))
                .setIsrNodes(inSync);
    }

    private static MetadataResponseData answer(MetadataResponsePartition... partitions) {
        MetadataResponseData data = new MetadataResponseData();
        data.brokers().add(broker(1, FIRST));
        data.brokers().add(broker(2, SECOND));
        data.topics().add(new MetadataResponseTopic().setName("some").setPartitions(List.of(partitions)));
        return data;
    }

    private static MetadataResponseBroker broker(int id, InetSocketAddress at) {
        return new MetadataResponseBroker()
                .setNodeId(id)
                .setHost(at.getAddress().getHostAddress())
                .setPort(at.getPort());
    }
}
