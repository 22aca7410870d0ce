package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.SharedBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's kcat 1.7.1 on librdkafka 2.0.2, as typed in a shell.
@ExtendWith(SharedBroker.class)
final class KcatConformance {
    private final BrokerUnderTest broker;
    private final JavaClients clients;

    KcatConformance(BrokerUnderTest broker) {
        this.broker = broker;
        this.clients = new JavaClients(broker.bootstrap());
    }

    private Finished kcat(String input, String... arguments) {
        var command = new ArrayList<>(List.of(InstalledClients.program("kcat"), "-b", broker.bootstrap()));
        command.addAll(List.of(arguments));
        return Programs.run(Duration.ofSeconds(30), command, input).ok();
    }

    private List<String> consume(String topic, String format, String... more) {
        var arguments = new ArrayList<>(List.of("-C", "-q", "-e", "-t", topic, "-o", "beginning", "-f", format));
        arguments.addAll(List.of(more));
        return kcat("", arguments.toArray(String[]::new)).lines();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCodec(String codec) throws IOException {
        String topic = clients.topic("kcat-codec", 1, Map.of());
        List<String> values = IntStream.range(0, 500)
                .mapToObj(i -> "a value that compresses " + i)
                .toList();

        kcat(String.join("\n", values) + "\n", "-P", "-t", topic, "-z", codec, "-X", "linger.ms=200");

        // librdkafka quietly compresses nothing unless Produce is offered from version 0; a batch of one it never does
        assertThat(Requests.storedCodecs(broker, topic)).contains(codec);
        assertThat(consume(topic, "%s\n")).isEqualTo(values);
        assertThat(clients.readValues(topic)).isEqualTo(values);
    }

    @Test
    void keysHeadersNullsAndPartitions() {
        String topic = clients.topic("kcat-fields", 3, Map.of());

        kcat("k1:v1\nk2:\n", "-P", "-t", topic, "-p", "2", "-K:", "-Z", "-H", "a=1", "-H", "b=two");

        assertThat(consume(topic, "%p|%o|%k|%s|%S|%h\n"))
                .containsExactly("2|0|k1|v1|2|a=1,b=two", "2|1|k2||-1|a=1,b=two");
    }

    @Test
    void anIdempotentProducerWritesEachLineOnce() {
        String topic = clients.topic("kcat-idempotent", 1, Map.of());
        List<String> values =
                IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();

        kcat(String.join("\n", values) + "\n", "-P", "-t", topic, "-X", "enable.idempotence=true");

        assertThat(clients.readValues(topic)).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyLevelOfAcknowledgement(String acks) {
        String topic = clients.topic("kcat-acks", 1, Map.of());

        kcat("one\ntwo\n", "-P", "-t", topic, "-X", "acks=" + acks);

        assertThat(consume(topic, "%s\n")).containsExactly("one", "two");
    }

    @Test
    void metadataAsTextAndJson() throws JsonProcessingException {
        String topic = clients.topic("kcat-metadata", 3, Map.of());

        assertThat(kcat("", "-L", "-t", topic).out())
                .contains("1 brokers:")
                .contains("topic \"" + topic + "\" with 3 partitions:");
        JsonNode metadata =
                new ObjectMapper().readTree(kcat("", "-L", "-J", "-t", topic).out());
        assertThat(metadata.get("brokers").get(0).get("name").asText()).isEqualTo(broker.bootstrap());
        assertThat(metadata.get("topics").get(0).get("topic").asText()).isEqualTo(topic);
        assertThat(metadata.get("topics").get(0).get("partitions").size()).isEqualTo(3);
        assertThat(metadata.get("controllerid").asInt())
                .isEqualTo(metadata.get("brokers").get(0).get("id").asInt());
    }

    @Test
    void recordsAsJson() throws JsonProcessingException {
        String topic = clients.topic("kcat-json", 1, Map.of());
        kcat("key:value\n", "-P", "-t", topic, "-K:");

        String line =
                kcat("", "-C", "-q", "-e", "-J", "-t", topic, "-o", "beginning").out();

        JsonNode record = new ObjectMapper().readTree(line);
        assertThat(record.get("key").asText()).isEqualTo("key");
        assertThat(record.get("payload").asText()).isEqualTo("value");
        assertThat(record.get("tstype").asText()).isEqualTo("create");
    }

    @Test
    void aBalancedGroupReadsAndCommits() {
        String topic = clients.topic("kcat-group", 4, Map.of());
        String group = fresh("kcat-group");
        String input = String.join(
                "\n", IntStream.range(0, 40).mapToObj(i -> "k" + i + ":v" + i).toList());
        kcat(input + "\n", "-P", "-t", topic, "-K:");

        Finished first = kcat("", "-G", group, "-q", "-c", "40", "-X", "auto.offset.reset=earliest", topic);
        kcat("later\n", "-P", "-t", topic);
        Finished second = kcat("", "-G", group, "-q", "-c", "1", "-X", "auto.offset.reset=earliest", topic);

        assertThat(first.lines()).hasSize(40).doesNotHaveDuplicates();
        assertThat(second.lines()).containsExactly("later");
    }

    @Test
    void offsetsAreQueriedAndReadByTimestamp() {
        String topic = clients.topic("kcat-offsets", 1, Map.of());
        try (var producer = clients.producer(Map.of())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i * 1_000L, null, "" + i));
            }
        }

        assertThat(kcat("", "-Q", "-t", topic + ":0:1700000003500").lines()).containsExactly(topic + " [0] offset 4");
        assertThat(kcat("", "-Q", "-t", topic + ":0:-1").lines()).containsExactly(topic + " [0] offset 10");
        assertThat(kcat("", "-Q", "-t", topic + ":0:-2").lines()).containsExactly(topic + " [0] offset 0");
        assertThat(kcat("", "-C", "-q", "-e", "-t", topic, "-o", "s@1700000003500", "-o", "e@1700000006500")
                        .lines())
                .containsExactly("4", "5", "6");
        assertThat(kcat("", "-C", "-q", "-e", "-t", topic, "-o", "-2").lines()).containsExactly("8", "9");
    }

    @Test
    void anUnknownTopicIsCreatedByProducing() {
        String topic = fresh("kcat-auto");

        kcat("first\n", "-P", "-t", topic);

        assertThat(clients.readValues(topic)).containsExactly("first");
    }
}
