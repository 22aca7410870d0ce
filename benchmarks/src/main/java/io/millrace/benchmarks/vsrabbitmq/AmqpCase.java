package io.millrace.benchmarks.vsrabbitmq;

import java.util.List;
import java.util.stream.Stream;

/// One row of the comparison.
sealed interface AmqpCase permits PerfTestCase, RawCase {
    /// The row's label and the name for `--only`.
    String name();

    /// The table it belongs to.
    String family();

    /// Every case, in the order of the tables.
    static List<AmqpCase> all() {
        return Stream.<AmqpCase>concat(PerfTestCase.all().stream(), RawCase.all().stream())
                .toList();
    }
}
