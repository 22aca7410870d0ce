package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What kafka-delete-records was told to be gone stays gone, whoever leads next.
final class DeleteRecordsConformance {
    private static final TopicPartition PARTITION = new TopicPartition("deleted", 0);
    private static final int RECORDS = 100;

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void theLowWatermarkIsTheNextLeadersFirstOffset() throws IOException, InterruptedException, ExecutionException {
        try (var cluster = ClusterUnderTest.start();
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()))) {
            cluster.topic(PARTITION.topic(), 1);
            produce(cluster);

            assertThat(delete(admin, 40)).isEqualTo(40);

            NodeProcess leader = leader(cluster);
            cluster.kill9(leader);
            ClusterUnderTest.await(
                    "another leader than node " + leader.id(),
                    () -> cluster.view()
                            .leader(PARTITION.topic(), 0)
                            .filter(now -> now != leader.id())
                            .isPresent());
            ClusterUnderTest.awaitAsserted(
                    "the first offset", () -> assertThat(earliest(admin)).isEqualTo(40));

            // The dead one is waited for as long as it may be in sync, and no longer.
            assertThat(delete(admin, 60)).isEqualTo(60);
            cluster.restart(leader);
            cluster.awaitInSync(PARTITION.topic());
            assertThat(delete(admin, -1)).isEqualTo(RECORDS);
            assertThat(earliest(admin)).isEqualTo(RECORDS);
        }
    }

    private static NodeProcess leader(ClusterUnderTest cluster) {
        return cluster.nodes().node(cluster.view().leader(PARTITION.topic(), 0).orElseThrow());
    }

    private static long delete(Admin admin, long before) throws ExecutionException, InterruptedException {
        return admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(before)))
                .lowWatermarks()
                .get(PARTITION)
                .get()
                .lowWatermark();
    }

    private static long earliest(Admin admin) throws ExecutionException, InterruptedException {
        return admin.listOffsets(Map.of(PARTITION, OffsetSpec.earliest()))
                .partitionResult(PARTITION)
                .get()
                .offset();
    }

    private static void produce(ClusterUnderTest cluster) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        try (var producer = new KafkaProducer<String, String>(settings)) {
            for (int at = 0; at < RECORDS; at++) {
                producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, "record " + at));
            }
            producer.flush();
        }
    }
}
