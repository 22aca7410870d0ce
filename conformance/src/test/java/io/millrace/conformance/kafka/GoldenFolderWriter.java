package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.get;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Folders;
import io.millrace.conformance.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/// Makes the committed partition folder that real Kafka wrote. Not run by the build; see
/// `conformance/peers/kafka/write-golden-folder.sh`.
///
/// Five segments (the topic rolls when timestamps are more than a minute apart), every codec, an idempotent and a
/// transactional producer with a committed and an aborted transaction, headers, null keys and values.
final class GoldenFolderWriter {
    static final String TOPIC = "golden";
    static final Path FOLDER = Repository.file("conformance/src/test/resources/golden/kafka-4.4.0/golden-0");

    private static final long TIME = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;

    @Test
    void write() throws IOException {
        try (var broker = BrokerUnderTest.start(BrokerKind.KAFKA)) {
            var clients = new JavaClients(broker.bootstrap());
            clients.createTopic(
                    TOPIC, 1, Map.of("segment.ms", "60000", "retention.ms", "-1", "index.interval.bytes", "500"));
            everyCodec(clients);
            transactions(clients);
            broker.stop();
            if (Files.exists(FOLDER)) {
                Folders.delete(FOLDER);
            }
            Files.createDirectories(FOLDER.getParent());
            Folders.copy(broker.partitionFolder(TOPIC, 0), FOLDER);
        }
    }

    private static void everyCodec(JavaClients clients) {
        List<String> codecs = List.of("none", "gzip", "snappy", "lz4", "zstd");
        for (int i = 0; i < codecs.size(); i++) {
            long time = TIME + (i / 2) * HOUR;
            try (var producer = clients.producer(Map.of("compression.type", codecs.get(i), "linger.ms", 100))) {
                for (int n = 0; n < 20; n++) {
                    String key = n % 3 == 0 ? null : "key " + n;
                    String value = n % 7 == 6 ? null : codecs.get(i) + " value " + n;
                    var record = new ProducerRecord<>(TOPIC, 0, time + n, key, value);
                    record.headers().add("codec", codecs.get(i).getBytes(StandardCharsets.UTF_8));
                    producer.send(record);
                }
            }
        }
    }

    private static void transactions(JavaClients clients) {
        try (var producer = clients.producer(Map.of("transactional.id", "golden"))) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(TOPIC, 0, TIME + 3 * HOUR, "key", "committed")));
            producer.commitTransaction();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(TOPIC, 0, TIME + 3 * HOUR, "key", "aborted")));
            producer.abortTransaction();
        }
    }
}
