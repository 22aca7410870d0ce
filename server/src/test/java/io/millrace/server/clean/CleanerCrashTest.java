package io.millrace.server.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 while a node is written to and cleaned without pause: no acknowledged record is lost unless a later one of
/// its key is there, and what is read is what was written, at its offset.
class CleanerCrashTest {
    private static final int ROUNDS = Integer.getInteger("millrace.crash-rounds", 4);
    private static final int KEYS = 30;
    private static final int IN_FLIGHT_MAX = 20;
    private static final Duration CLEANED_WITHIN = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    @TempDir
    private Path folder;

    private final Random random = new Random(7);
    private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();
    private int nextValue;
    private long time = 1_700_000_000_000L;

    @Test
    void killedInTheMiddleOfCleaning() throws Exception {
        long cleanedBefore = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process process = startProcess();
            try {
                String at = CleanedNode.at(portOf(process));
                if (round == 0) {
                    CleanedNode.createTopic(at, Map.of("delete.retention.ms", "300"));
                } else {
                    check(CleanedNode.readAll(at));
                }
                writeUntilKilled(at, process, 700 + random.nextInt(800), cleanedBefore);
            } finally {
                process.destroyForcibly().waitFor();
            }
            long cleaned = CleanedNode.cleanedUpTo(folder, CleanedNode.TOPIC);
            assertThat(cleaned).as("cleaned in round %d", round).isGreaterThan(cleanedBefore);
            cleanedBefore = cleaned;
        }
        Process process = startProcess();
        try {
            check(CleanedNode.readAll(CleanedNode.at(portOf(process))));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// Every value is unique and numbered, so a record tells by itself whether it is newer than another of its key.
    private void check(List<ConsumerRecord<String, String>> found) {
        Map<String, Integer> newest = new TreeMap<>();
        long next = 0;
        for (ConsumerRecord<String, String> record : found) {
            assertThat(record.offset()).isGreaterThanOrEqualTo(next);
            next = record.offset() + 1;
            int number = Integer.parseInt(record.value());
            assertThat(newest.getOrDefault(record.key(), -1)).isLessThan(number);
            newest.put(record.key(), number);
            String expected = acknowledged.get(record.offset());
            if (expected != null) {
                assertThat(record.key() + "=" + record.value()).isEqualTo(expected);
            }
        }
        acknowledged.forEach((offset, text) -> {
            String key = text.substring(0, text.indexOf('='));
            int number = Integer.parseInt(text.substring(text.indexOf('=') + 1));
            assertThat(newest.getOrDefault(key, -1))
                    .as("the newest value of %s, of which %d was acknowledged at offset %d", key, number, offset)
                    .isGreaterThanOrEqualTo(number);
        });
    }

    /// Kills after the time, once something was cleaned: a machine that is busy may need longer for that.
    private void writeUntilKilled(String at, Process process, long forMs, long cleanedBefore)
            throws IOException, InterruptedException {
        AtomicBoolean isDead = new AtomicBoolean();
        process.onExit().thenRun(() -> isDead.set(true));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forMs);
        long limit = deadline + CLEANED_WITHIN.toNanos();
        Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
        KafkaProducer<String, String> producer = CleanedNode.producer(at);
        while (!isDead.get()) {
            long now = System.nanoTime();
            if (now > deadline) {
                if (now > limit || CleanedNode.cleanedUpTo(folder, CleanedNode.TOPIC) > cleanedBefore) {
                    process.destroyForcibly();
                } else {
                    deadline = now + LOOK_AGAIN.toNanos();
                }
            }
            if (inFlight.tryAcquire(5, TimeUnit.MILLISECONDS)) {
                send(producer, inFlight);
            }
        }
        producer.close(Duration.ZERO);
    }

    private void send(KafkaProducer<String, String> producer, Semaphore inFlight) {
        String key = "k" + random.nextInt(KEYS);
        String value = Integer.toString(nextValue++);
        time += 40;
        producer.send(new ProducerRecord<>(CleanedNode.TOPIC, 0, time, key, value), (metadata, failure) -> {
            if (failure == null) {
                acknowledged.put(metadata.offset(), key + "=" + value);
            }
            inFlight.release();
        });
    }

    private Process startProcess() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=512m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                CleanedNode.class.getName(),
                folder.toString()));
        return new ProcessBuilder(command)
                .redirectError(new File("target/cleaner-crash.log"))
                .start();
    }

    private static int portOf(Process process) throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("port ")) {
                return Integer.parseInt(line.substring("port ".length()));
            }
        }
        throw new IOException("the node did not start, see target/cleaner-crash.log");
    }
}
