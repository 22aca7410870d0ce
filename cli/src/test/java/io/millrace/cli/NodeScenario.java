package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every client command against a real node in this process.
class NodeScenario {
    @TempDir
    static Path folder;

    static Node node;
    static String bootstrap;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE
                        .withData(folder.resolve("data").toString())
                        .withSets(List.of(
                                "listeners.kafka=127.0.0.1:0",
                                "listeners.http=127.0.0.1:0",
                                "listeners.management=127.0.0.1:0",
                                "listeners.amqp=127.0.0.1:0",
                                "groups.initial-rebalance-delay-ms=0",
                                "groups.offsets-partitions=2")))
                .config());
        bootstrap = "127.0.0.1:" + node.kafkaAddress().getPort();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        node.stop();
    }

    @Test
    void aTopicsLife() {
        assertThat(run("topic", "create", "life", "--partitions", "2", "--set", "retention.ms=60000"))
                .isEqualTo(new CommandRun(0, "Topic life created\n", ""));
        assertThat(run("topic", "create", "life").exit()).isEqualTo(5);
        assertThat(run("topic", "create", "life", "--if-missing").out()).isEqualTo("Topic life exists already\n");
        assertThat(run("topic", "list", "-o", "json").out())
                .contains("{\"topic\":\"life\",\"partitions\":2,\"replicas\":1}");

        assertThat(run("topic", "alter", "life", "--partitions", "3", "--set", "retention.ms=70000")
                        .exit())
                .isZero();
        assertThat(run("topic", "describe", "life", "-o", "json").out())
                .contains(
                        "\"partition\":2",
                        "{\"setting\":\"retention.ms\",\"value\":\"70000\",\"source\":\"DYNAMIC_TOPIC_CONFIG\"}");
        assertThat(run("topic", "alter", "life", "--unset", "retention.ms").exit())
                .isZero();
        assertThat(run("topic", "describe", "life").out()).doesNotContain("retention.ms");

        assertThat(run("topic", "delete", "life").exit()).isZero();
        assertThat(run("topic", "delete", "life").exit()).isEqualTo(4);
    }

    @Test
    void aQueuesLife() {
        assertThat(manage("vhost", "add", "shop", "--description", "tills").exit())
                .isZero();
        assertThat(manage("vhost", "list", "-o", "json").out())
                .contains("\"vhost\":\"shop\",\"description\":\"tills\"");
        assertThat(manage("queue", "declare", "orders", "--vhost", "shop", "--argument", "x-max-length=5"))
                .isEqualTo(new CommandRun(0, "Queue orders declared\n", ""));
        assertThat(manage("queue", "declare", "orders", "--vhost", "shop").exit())
                .isEqualTo(5);
        assertThat(manage("policy", "set", "short", "^ord", "message-ttl=1000", "--vhost", "shop")
                        .exit())
                .isZero();
        assertThat(manage("policy", "list").out()).contains("{\"message-ttl\":1000}");
        assertThat(manage("queue", "list", "--vhost", "shop", "-o", "json").out())
                .contains("\"queue\":\"orders\",\"type\":\"classic\",\"durable\":true", "\"policy\":\"short\"");
        assertThat(manage("queue", "purge", "orders", "--vhost", "shop").out()).isEqualTo("Queue orders purged\n");
        assertThat(manage("policy", "delete", "short", "--vhost", "shop").exit())
                .isZero();
        assertThat(manage("queue", "delete", "orders", "--vhost", "shop", "--if-empty")
                        .exit())
                .isZero();
        assertThat(manage("queue", "delete", "orders", "--vhost", "shop").exit())
                .isEqualTo(4);
    }

    @Test
    void aUsersLife() throws IOException {
        assertThat(manage("user", "add", "clerk", "--password", "secret", "--tag", "management")
                        .exit())
                .isZero();
        assertThat(manage("user", "permissions", "clerk", "--configure", ".*", "--read", ".*")
                        .exit())
                .isZero();
        assertThat(manage("user", "permissions", "clerk", "-o", "json").out())
                .contains("{\"vhost\":\"/\",\"configure\":\".*\",\"write\":\"\",\"read\":\".*\"}");
        assertThat(manage("user", "password", "clerk", "--password", "other").exit())
                .isZero();
        assertThat(manage("queue", "list", "--login", "clerk:other").exit()).isZero();
        assertThat(manage("queue", "list", "--login", "clerk:secret").exit()).isEqualTo(5);
        Path file = folder.resolve("definitions.json");
        assertThat(manage("definitions", "export", file.toString()).exit()).isZero();
        assertThat(manage("user", "delete", "clerk").exit()).isZero();
        assertThat(manage("user", "list").out()).doesNotContain("clerk");
        assertThat(manage("definitions", "import", file.toString()).exit()).isZero();
        assertThat(manage("user", "list").out()).contains("clerk");
        assertThat(CommandRun.of("user", "list", "--management", "http://127.0.0.1:1")
                        .exit())
                .isEqualTo(3);
    }

    private static CommandRun manage(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--management",
                "http://127.0.0.1:" + node.managementAddress().orElseThrow().getPort()));
        return CommandRun.of(all.toArray(String[]::new));
    }

    @Test
    void aNewClusterWorksAtTheNewestLevel() {
        assertThat(run("cluster", "status").out()).contains("  level 3\n");
        assertThat(run("cluster", "upgrade").out()).isEqualTo("The cluster works at level 3 already\n");
        assertThat(run("cluster", "upgrade", "-o", "json").out()).isEqualTo("{\"level\":3,\"raised\":false}\n");
        CommandRun unknown = run("cluster", "upgrade", "--level", "4", "--dry-run");
        assertThat(unknown.exit()).isEqualTo(5);
        assertThat(unknown.err()).contains("Local controller 1 only supports versions 1-3");
    }

    @Test
    void aNodeThatIsNotThereIsNotFoundAndTheLastVoterStays() {
        for (String command : List.of("add", "remove", "drain")) {
            assertThat(run("cluster", command, "9").exit()).as(command).isEqualTo(4);
        }
        CommandRun last = run("cluster", "remove", "1");
        assertThat(last.exit()).isEqualTo(5);
        assertThat(last.err()).startsWith("Node 1 is the last voter and can not be removed");
    }

    @Test
    void aTopicMadeByWritingToItIsMentioned() throws IOException {
        Path lines = Files.writeString(folder.resolve("new-lines"), "x\n");

        assertThat(run("produce", "made", "--file", lines.toString()))
                .isEqualTo(new CommandRun(0, "", "Topic made created: 1 partition, 1 replica\n1 record written\n"));
        assertThat(run("produce", "made", "--file", lines.toString()))
                .isEqualTo(new CommandRun(0, "", "1 record written\n"));
    }

    @Test
    void kafkasNameForReplicasIsUnderstood() {
        assertThat(run("topic", "create", "by-kafkas-name", "--replication-factor", "1"))
                .isEqualTo(new CommandRun(0, "Topic by-kafkas-name created\n", ""));
    }

    @Test
    void linesGoInAndComeOut() throws IOException {
        Path lines = Files.writeString(folder.resolve("lines"), "a:one\nb:two\na:NULL");
        run("topic", "create", "lines");

        CommandRun produced = run(
                "produce",
                "lines",
                "--file",
                lines.toString(),
                "-k",
                ":",
                "--null",
                "NULL",
                "-H",
                "from=test",
                "-o",
                "json");

        assertThat(produced).isEqualTo(new CommandRun(0, "{\"topic\":\"lines\",\"records\":3}\n", ""));
        assertThat(consume("lines", "--format", "%p@%o %k=%s %S %h\\n"))
                .isEqualTo("0@0 a=one 3 from=test\n0@1 b=two 3 from=test\n0@2 a= -1 from=test\n");
        assertThat(consume("lines", "--from", "-1", "--format", "%o")).isEqualTo("2");
        assertThat(consume("lines", "--from", "1", "--count", "1")).isEqualTo("two\n");
        assertThat(consume("lines", "--from", "latest")).isEmpty();
        assertThat(consume("lines", "--from", "2020-01-01T00:00Z", "-n", "1")).isEqualTo("one\n");
        assertThat(consume("lines", "--count", "1", "-o", "json"))
                .startsWith("{\"topic\":\"lines\",\"partition\":0,\"offset\":0,\"timestamp\":")
                .endsWith(",\"key\":\"a\",\"value\":\"one\",\"headers\":{\"from\":\"test\"}}\n");
    }

    @Test
    void aGroupKeepsItsPlaceAndCanBeMoved() throws IOException {
        Path lines = Files.writeString(folder.resolve("group-lines"), "1\n2\n3\n");
        run("topic", "create", "grouped");
        run("produce", "grouped", "--file", lines.toString());

        assertThat(consume("grouped", "--group", "readers")).isEqualTo("1\n2\n3\n");
        assertThat(consume("grouped", "--group", "readers")).isEmpty();

        assertThat(run("group", "list", "-o", "json").out()).contains("\"group\":\"readers\"");
        assertThat(run("group", "describe", "readers", "-o", "json").out())
                .contains("\"committed\":3,\"end\":3,\"lag\":0");
        assertThat(run("group", "reset-offsets", "readers", "--to", "-2", "--dry-run", "-o", "json")
                        .out())
                .isEqualTo("[{\"topic\":\"grouped\",\"partition\":0,\"from\":3,\"to\":1,\"executed\":false}]\n");
        assertThat(run("group", "reset-offsets", "readers", "--to", "1").err())
                .isEqualTo("Nothing was changed; add --execute\n");
        assertThat(consume("grouped", "--group", "readers")).isEmpty();
        assertThat(run("group", "reset-offsets", "readers", "--to", "1", "--execute"))
                .isEqualTo(new CommandRun(
                        0,
                        "TOPIC    PARTITION  FROM  TO\ngrouped          0     3   1\n",
                        "The group readers was moved\n"));
        assertThat(consume("grouped", "--group", "readers")).isEqualTo("2\n3\n");

        assertThat(run("group", "delete", "readers").exit()).isZero();
        assertThat(run("group", "delete", "readers").exit()).isEqualTo(4);
    }

    @Test
    void aPlaceOutsideTheLogIsToldAndAGroupMayBeGivenOneInAdvance() throws IOException {
        Path lines = Files.writeString(folder.resolve("outside-lines"), "1\n2\n3\n");
        run("topic", "create", "outside");
        run("produce", "outside", "--file", lines.toString());
        String[] beyond = {"group", "reset-offsets", "early", "-t", "outside", "--to", "99999999"};

        assertThat(run(beyond).err())
                .isEqualTo("outside-0: 99999999 is beyond the end, would be set to 3\n"
                        + "Nothing was changed; add --execute\n");
        assertThat(run("group", "reset-offsets", "early", "-t", "outside", "--to", "-7", "--execute")
                        .err())
                .isEqualTo("outside-0: -7 is before the first offset, set to 0\nThe group early was moved\n");
        assertThat(consume("outside", "--group", "early", "-n", "1")).isEqualTo("1\n");
        assertThat(run("group", "reset-offsets", "early", "--to", "end", "--execute", "--dry-run")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void theHttpPortIsNamedAsOne() {
        String http = "127.0.0.1:" + node.httpAddress().orElseThrow().getPort();

        CommandRun run = CommandRun.of("topic", "list", "-b", http);

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).startsWith(http + " is not a Kafka listener (it answered like HTTP). ");
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertThat(run("consume", "nowhere").exit()).isEqualTo(4);
        assertThat(run("topic", "describe", "nowhere").exit()).isEqualTo(4);
    }

    @Test
    void aPartitionThatDoesNotExistIsToldAtOnce() throws IOException {
        Path lines = Files.writeString(folder.resolve("partition-lines"), "x\n");
        run("topic", "create", "two-parts", "--partitions", "2");

        assertThat(run("consume", "two-parts", "-p", "0,7"))
                .isEqualTo(new CommandRun(4, "", "Topic two-parts has no partition 7. It has 0 to 1\n"));
        assertThat(run("produce", "two-parts", "-p", "99", "--file", lines.toString()))
                .isEqualTo(new CommandRun(4, "", "Topic two-parts has no partition 99. It has 0 to 1\n"));
        assertThat(run("produce", "two-parts", "-p", "1", "--file", lines.toString())
                        .exit())
                .isZero();
        assertThat(consume("two-parts", "-p", "1", "--format", "%p")).isEqualTo("1");
    }

    @Test
    void aLineThatCanNotBeReadDoesNotHideWhatWasWritten() throws IOException {
        Path lines = Files.writeString(folder.resolve("bad-lines"), "a:1\nb:2\nnothing\nc:3\n");
        run("topic", "create", "half");

        assertThat(run("produce", "half", "--file", lines.toString(), "-k", ":"))
                .isEqualTo(new CommandRun(1, "", "Line 3 has no key separator ':'; 2 records were written\n"));
        assertThat(consume("half")).isEqualTo("1\n2\n");
    }

    @Test
    void whatTheBrokerAnswersIsToldWhileItIsTriedAgain() throws IOException {
        Path lines = Files.writeString(folder.resolve("lost-lines"), "x");
        run("topic", "create", "broken");
        Files.writeString(folder.resolve("data/broken-0"), "in the place of the folder that the first record makes");

        CommandRun run = run(
                "produce",
                "broken",
                "--file",
                lines.toString(),
                "--client-config",
                "delivery.timeout.ms=3000",
                "--client-config",
                "request.timeout.ms=1000");

        assertThat(run.exit()).as(run.err()).isEqualTo(5);
        assertThat(run.err().lines().findFirst().orElseThrow())
                .startsWith("The broker answers for broken-0: KAFKA_STORAGE_ERROR (")
                .endsWith("). Trying again");
        assertThat(run.err().lines().reduce((before, last) -> last).orElseThrow())
                .startsWith("The broker answered KAFKA_STORAGE_ERROR (")
                .contains(") until the time was over; 0 records were written. ");
    }

    @Test
    void theFolderCanBeDumpedAndVerified() throws IOException {
        Path lines = Files.writeString(folder.resolve("log-lines"), "x\ny\n");
        run("topic", "create", "looked-at");
        assertThat(run("produce", "looked-at", "--file", lines.toString()))
                .isEqualTo(new CommandRun(0, "", "2 records written\n"));
        String partition = folder.resolve("data/looked-at-0").toString();

        assertThat(run("log", "dump", partition, "--records", "-o", "json").out())
                .contains("\"kind\":\"batch\"", "\"recordCount\":2", "\"isCrcValid\":true", "\"value\":\"y\"");
        CommandRun verified = run("log", "verify", partition);
        assertThat(verified.exit()).as(verified.out()).isZero();
        assertThat(verified.out()).contains("looked-at-0", "true").doesNotContain("RECORDS");
        assertThat(run("log", "verify", partition, "--records").out()).contains("RECORDS");
    }

    @Test
    void benchMeasuresAndTidiesUp() {
        CommandRun bench =
                run("bench", "--seconds", "1", "--warm-up", "0", "--rate", "500", "--producers", "2", "--size", "50");

        assertThat(bench.exit()).as(bench.err()).isZero();
        assertThat(bench.out()).contains("PATH", "P99.9 MS", "produce", "end-to-end", "####", " %");
        assertThat(run("topic", "list").out()).doesNotContain("millrace-bench");
    }

    private static CommandRun run(String... args) {
        return run(MemoryOutlet.endless(), args);
    }

    private static CommandRun run(MemoryOutlet outlet, String... args) {
        var all = new ArrayList<>(List.of(args));
        if (!args[0].equals("log")) {
            all.addAll(List.of("--bootstrap", bootstrap));
        }
        return CommandRun.of(outlet, all.toArray(String[]::new));
    }

    /// The records that `consume` prints.
    private static String consume(String... args) {
        var all = new ArrayList<>(List.of("consume"));
        all.addAll(List.of(args));
        MemoryOutlet outlet = MemoryOutlet.endless();
        CommandRun run = run(outlet, all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return outlet.text();
    }
}
