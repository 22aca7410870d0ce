package io.millrace.benchmarks.vsrabbitmq;

import java.util.List;
import java.util.stream.Stream;

/// One row of the comparison.
sealed interface AmqpCase permits PerfTestCase, RawCase, ManyQueues, DeclareStorm, WaitingMessages {
    /// The row's label and the name for `--only`.
    String name();

    /// The table it belongs to.
    String family();

    /// Every case, in the order of the tables.
    static List<AmqpCase> all() {
        Stream<AmqpCase> onRunning = Stream.concat(PerfTestCase.all().stream(), RawCase.all().stream());
        Stream<AmqpCase> onFresh = Stream.of(
                new ManyQueues("queues-10k", 10_000, 100),
                new ManyQueues("queues-10k-alone", 10_000, 1),
                new ManyQueues("queues-100k", 100_000, 100),
                new DeclareStorm("declare-storm", 200),
                new WaitingMessages("waiting-1m", 1_000_000));
        return Stream.concat(onRunning, onFresh).toList();
    }
}
