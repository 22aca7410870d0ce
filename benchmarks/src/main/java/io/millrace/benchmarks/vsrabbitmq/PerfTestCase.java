package io.millrace.benchmarks.vsrabbitmq;

import java.util.List;

/// One load of PerfTest: its name, the table it belongs to, and the arguments that make it.
///
/// Immutable. `%s` in an argument is a name no other run has.
record PerfTestCase(String name, String family, List<String> arguments) implements AmqpCase {
    private static final String CONFIRMED = "Persistent with confirms, 1 KB";
    private static final String TRANSIENT = "Transient, no acknowledgements";
    private static final String QUORUM = "Quorum queue with confirms";
    private static final String PACED = "5,000 messages/s, 1 KB";

    PerfTestCase {
        arguments = List.copyOf(arguments);
    }

    /// Every case, in the order of the tables.
    static List<PerfTestCase> all() {
        return List.of(
                of("persistent-100", CONFIRMED, "--size 1000 --flag persistent --confirm 100 --qos 100"),
                of("persistent-1000", CONFIRMED, "--size 1000 --flag persistent --confirm 1000 --qos 1000"),
                of(
                        "persistent-4x4",
                        CONFIRMED,
                        "--producers 4 --consumers 4 --size 1000 --flag persistent --confirm 1000 --qos 1000"),
                of("transient-1k", TRANSIENT, "--size 1000 --autoack"),
                of("transient-100", TRANSIENT, "--size 100 --autoack"),
                of("quorum-1k", QUORUM, "--size 1000 --quorum-queue --confirm 1000 --qos 1000"),
                of("quorum-100", QUORUM, "--size 100 --quorum-queue --confirm 1000 --qos 1000"),
                new PerfTestCase(
                        "fan-out-10",
                        "Fan-out to 10 queues, 1 KB",
                        words("--size 1000 --autoack --consumers 10 --type fanout --exchange %s"
                                + " --queue-pattern %s-%%d --queue-pattern-from 1 --queue-pattern-to 10")),
                of("paced-persistent", PACED, "--rate 5000 --size 1000 --flag persistent --confirm 1000 --qos 1000"),
                of("paced-transient", PACED, "--rate 5000 --size 1000 --autoack"));
    }

    private static PerfTestCase of(String name, String family, String arguments) {
        return new PerfTestCase(name, family, words("--queue %s " + arguments));
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /// The arguments of one run.
    List<String> named(String fresh) {
        return arguments.stream()
                .map(argument -> argument.replace("%s", fresh).replace("%%", "%"))
                .toList();
    }
}
