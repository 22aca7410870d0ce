package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as a user meets it: what there is, what is said when it is wrong, and the exit codes.
class CommandsTest {
    private static final List<String> PROMISED = List.of(
            "start",
            "topic",
            "produce",
            "consume",
            "group",
            "log",
            "config",
            "bench",
            "doctor",
            "version",
            "completion");

    @TempDir
    Path folder;

    @Test
    void helpListsEveryCommand() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains(PROMISED).contains("Exit codes:");
    }

    @Test
    void everyCommandExplainsItself() {
        assertThat(PROMISED).allSatisfy(command -> {
            CommandRun run = CommandRun.of(command, "--help");

            assertThat(run.exit()).isZero();
            assertThat(run.out()).startsWith("Usage: millrace " + command);
        });
    }

    @Test
    void subcommandsAreThoseThatArePromised() {
        assertThat(CommandRun.of("topic", "--help").out()).contains("create", "list", "describe", "alter", "delete");
        assertThat(CommandRun.of("group", "--help").out()).contains("list", "describe", "reset-offsets", "delete");
        assertThat(CommandRun.of("log", "--help").out()).contains("dump", "verify");
        assertThat(CommandRun.of("config", "--help").out()).contains("show", "check");
    }

    @Test
    void whatIsNotUnderstoodIsAUsageError() {
        assertThat(CommandRun.of().exit()).isEqualTo(2);
        assertThat(CommandRun.of("topci").exit()).isEqualTo(2);
        assertThat(CommandRun.of("topci").err()).contains("Unmatched argument at index 0: 'topci'", "topic");
        assertThat(CommandRun.of("topic").exit()).isEqualTo(2);
        assertThat(CommandRun.of("consume", "t", "--from", "sometime").exit()).isEqualTo(2);
        assertThat(CommandRun.of("consume", "t", "--format", "%q").err()).contains("%q is not known");
        assertThat(CommandRun.of("consume", "t", "--group", "g", "--from", "5").err())
                .contains("millrace group reset-offsets");
        assertThat(CommandRun.of("bench", "--size", "7").exit()).isEqualTo(2);
        assertThat(CommandRun.of("bench", "--compression", "foo").exit()).isEqualTo(2);
        assertThat(CommandRun.of("produce", "t", "-z", "foo").err()).contains("none", "zstd", "'foo'");
        assertThat(CommandRun.of("produce", "t", "--acks", "2").exit()).isEqualTo(2);
        assertThat(CommandRun.of("user", "add", "ops").err()).contains("nobody is there to be asked", "--password");
        assertThat(CommandRun.of("produce", "t", "-p", "1,2").exit()).isEqualTo(2);
    }

    @Test
    void aWrongCommandLineIsToldInAFewLines() {
        assertThat(CommandRun.of("topic", "create", "x", "--set", "foo").err())
                .startsWith("Value for option '--set' (KEY=VALUE)")
                .endsWith("\nSee millrace topic create --help\n")
                .hasLineCount(2);
        assertThat(CommandRun.of("topic", "list", "--botstrap=x").err())
                .isEqualTo("Unknown option: '--botstrap=x'\nPossible solutions: --bootstrap\n"
                        + "See millrace topic list --help\n");
        assertThat(CommandRun.of("topic").err()).contains("Which topic command?", "Usage: millrace topic", "create");
    }

    @Test
    void fewerThanOnePartitionOrReplicaIsRefused() {
        assertThat(CommandRun.of("topic", "create", "x", "--partitions", "-1"))
                .isEqualTo(new CommandRun(
                        2, "", "--partitions is 1 or more, or left out\nSee millrace topic create --help\n"));
        assertThat(CommandRun.of("topic", "create", "x", "--replicas", "0").exit())
                .isEqualTo(2);
        assertThat(CommandRun.of("topic", "alter", "x", "--partitions", "0").exit())
                .isEqualTo(2);
    }

    @Test
    void aProgramIsToldOfErrorsAsAnObject() {
        CommandRun unreachable = CommandRun.of("topic", "list", "--bootstrap", "127.0.0.1:1", "-o", "json");
        CommandRun misspelt = CommandRun.of("topic", "list", "--output", "json", "--botstrap", "x");
        CommandRun misused = CommandRun.of("topic", "alter", "t", "-o=json");

        assertThat(unreachable)
                .isEqualTo(new CommandRun(
                        3,
                        "",
                        "{\"error\":\"Nobody answers at 127.0.0.1:1\",\"hint\":\"Is Millrace running (millrace start)?"
                                + " Elsewhere: --bootstrap HOST:PORT\"}\n"));
        assertThat(misspelt)
                .isEqualTo(
                        new CommandRun(
                                2,
                                "",
                                "{\"error\":\"Unknown options: '--botstrap', 'x'\",\"hint\":\"millrace topic list --help\"}\n"));
        assertThat(misused)
                .isEqualTo(new CommandRun(
                        2,
                        "",
                        "{\"error\":\"Nothing to change: --partitions, --set or --unset?\","
                                + "\"hint\":\"millrace topic alter --help\"}\n"));
    }

    @Test
    void nobodyAtTheAddressIsToldAtOnceAndWithoutAStackTrace() {
        CommandRun run = CommandRun.of("topic", "list", "--bootstrap", "127.0.0.1:1");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).startsWith("Nobody answers at 127.0.0.1:1.").doesNotContain("\tat ");
    }

    @Test
    void anAddressThatIsNoneIsNobodyToo() {
        assertThat(CommandRun.of("topic", "list", "-b", "nonsense").exit()).isEqualTo(3);
        assertThat(CommandRun.of("topic", "list", "-b", "localhost:99999").exit())
                .isEqualTo(3);
    }

    @Test
    void theBrokerMayBeNamedBeforeTheCommandToo() {
        assertThat(CommandRun.of("-b", "127.0.0.1:1", "topic", "list").err())
                .startsWith("Nobody answers at 127.0.0.1:1.");
        assertThat(CommandRun.of("--bootstrap=127.0.0.1:1", "group", "list").err())
                .startsWith("Nobody answers at 127.0.0.1:1.");
        assertThat(CommandRun.of("-b", "127.0.0.1:1", "topic", "list", "-b", "127.0.0.1:2")
                        .err())
                .as("the one behind the command comes first")
                .startsWith("Nobody answers at 127.0.0.1:2.");
    }

    @Test
    void aBrokerNamedToACommandThatAsksNoneIsAMistake() {
        CommandRun run = CommandRun.of("-b", "127.0.0.1:1", "version");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToIgnoringNewLines("millrace version asks no broker, so --bootstrap is not for it"
                        + "See millrace version --help");
        assertThat(CommandRun.of("-b", "127.0.0.1:1", "version", "--help").exit())
                .isZero();
        assertThat(CommandRun.of("-b", "127.0.0.1:1", "topic").err()).startsWith("Which");
        assertThat(CommandRun.of("-b", "127.0.0.1:1").err()).startsWith("Which command?");
        assertThat(CommandRun.of("-b").exit()).isEqualTo(2);
    }

    @Test
    void versionAnswersAsTableAndJson() {
        assertThat(CommandRun.of("version").out()).startsWith("millrace  ").contains("\nkafka     4.");
        assertThat(CommandRun.of("version", "--output", "json").out()).startsWith("{\"millrace\":\"");
        assertThat(CommandRun.of("--version").out()).startsWith("millrace ");
    }

    @Test
    void completionIsAScriptThatKnowsEveryCommand() {
        assertThat(CommandRun.of("completion").out())
                .contains("complete -F")
                .contains(PROMISED)
                .contains("reset-offsets");
    }

    @Test
    void configShowsWhatHoldsAndWhoSaidSo() {
        CommandRun run = CommandRun.of("config", "show", "--changed", "--data", "/srv/x", "--set", "node.id=7");

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines())
                .contains("node.id              7       --set", "storage.directories  /srv/x  --data");
    }

    @Test
    void aWrongConfigurationIsAUsageErrorWithAHint() {
        CommandRun run = CommandRun.of("config", "check", "--set", "listeners.kafak=x");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToIgnoringNewLines("--set: unknown key 'listeners.kafak'. Did you mean 'listeners.kafka'?");
        assertThat(CommandRun.of("config", "check").out()).isEqualToIgnoringNewLines("The configuration is fine.");
    }

    @Test
    void theCheckRefusesWhatAStartWouldRefuse() {
        CommandRun tooMuch = CommandRun.of("config", "check", "--set", "network.request-bytes-max=9000000000000");

        assertThat(tooMuch.exit()).isEqualTo(2);
        assertThat(tooMuch.err()).contains("MILLRACE_OPTS=-XX:MaxDirectMemorySize=");
        assertThat(CommandRun.of("config", "check", "--set", "kafka.fetch.max.bytes=1")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void whatHasNoEffectIsSaidByTheCheck() {
        String[] check = {"config", "check", "--set", "kafka.num.io.threads=4", "-o", "json"};

        assertThat(CommandRun.of("config", "check", "--set", "kafka.num.io.threads=4")
                        .out())
                .isEqualToNormalizingNewlines(
                        "kafka.num.io.threads has no effect here (--set)\nThe configuration is fine.\n");
        assertThat(CommandRun.of(check).out()).contains("\"without-effect\":[\"kafka.num.io.threads\"]");
    }

    @Test
    void theCheckWarnsAndNamesTheKeyToUse() {
        String[] check = {
            "config",
            "check",
            "--set",
            "kafka.default.replication.factor=3",
            "--set",
            "kafka.listeners=PLAINTEXT://:1,PLAINTEXT2://:2"
        };

        CommandRun run = CommandRun.of(check);

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "kafka.listeners has no effect here (--set); use listeners.kafka",
                        "Warning: kafka.default.replication.factor is 3 (--set): every create without a replication"
                                + " factor will fail with INVALID_REPLICATION_FACTOR as long as there is one node",
                        "A node would start with this.");
    }

    @Test
    void doctorLooksAtTheFolderAndThePorts() throws Exception {
        CommandRun run = CommandRun.of(
                "doctor",
                "--data",
                folder.resolve("not/yet").toString(),
                "--set",
                "listeners.kafka=127.0.0.1:0",
                "--set",
                "listeners.http=",
                "-o",
                "json");

        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .contains("\"what\":\"java\",\"verdict\":\"good\"")
                .contains("fsync", "MiB/s", "open files", "clock")
                .contains("\"what\":\"listeners.http\",\"verdict\":\"good\",\"found\":\"off\"");
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void doctorNamesFoldersThatBelongToNoTopic() throws Exception {
        Path stray = Files.createDirectory(folder.resolve("orders-0.0123456789abcdef0123456789abcdef-stray"));
        Files.write(stray.resolve("00000000000000000000.log"), new byte[3 << 20]);

        CommandRun run = CommandRun.of(
                "doctor",
                "--data",
                folder.toString(),
                "--set",
                "listeners.kafka=127.0.0.1:0",
                "--set",
                "listeners.http=",
                "-o",
                "json");

        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .contains("1 folders, 3 MiB: [orders-0.0123456789abcdef0123456789abcdef-stray]")
                .contains("nobody deletes them");
    }

    @Test
    void doctorSaysWhatKeepsANodeFromStarting() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            CommandRun run =
                    CommandRun.of("doctor", "--data", folder.toString(), "--set", "listeners.kafka=" + address);

            assertThat(run.exit()).isEqualTo(6);
            assertThat(run.out()).contains("listeners.kafka").contains("bad");
        }
    }

    @Test
    void aFolderWithoutSegmentsIsNotFound() {
        assertThat(CommandRun.of("log", "dump", folder.toString()).exit()).isEqualTo(4);
        assertThat(CommandRun.of("log", "verify", folder.resolve("none").toString())
                        .err())
                .startsWith("There is no folder");
    }
}
