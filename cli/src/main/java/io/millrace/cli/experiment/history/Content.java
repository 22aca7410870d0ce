package io.millrace.cli.experiment.history;

import java.util.Optional;

/// Which record lies at an offset, in one long.
final class Content {
    static final long NOTHING = -1;

    /// A value that no producer of ours wrote, or that was written for another partition.
    static final long STRANGE = -2;

    static final int PRODUCER_MAX = (1 << 16) - 1;
    static final long SEQUENCE_MAX = (1L << 46) - 1;
    private static final int SEQUENCE_BITS = 46;

    private Content() {}

    static long of(int partition, Optional<RecordId> id) {
        return id.filter(ours -> ours.partition() == partition)
                .map(ours -> (long) ours.producer() << SEQUENCE_BITS | ours.sequence())
                .orElse(STRANGE);
    }

    static int producer(long content) {
        return (int) (content >>> SEQUENCE_BITS);
    }

    static long sequence(long content) {
        return content & SEQUENCE_MAX;
    }

    static String text(long content) {
        return content < 0
                ? "a record of nobody's"
                : "record " + sequence(content) + " of producer " + producer(content);
    }
}
