package io.millrace.broker.queue.machine;

/// Ready messages of a chunk as ranges of offsets; what lies between two neighbours in the chunk is no message, or long
/// settled.
final class ReadyRuns {
    private ReadyRuns() {}

    static void of(Chunk chunk, OffsetRanges.Builder ranges) {
        int first = chunk.nextReady(0);
        while (first != Bits.NONE) {
            int last = first;
            int next = chunk.nextReady(first + 1);
            while (next == last + 1) {
                last = next;
                next = chunk.nextReady(next + 1);
            }
            ranges.add(chunk.offset(first), chunk.offset(last));
            first = next;
        }
    }
}
