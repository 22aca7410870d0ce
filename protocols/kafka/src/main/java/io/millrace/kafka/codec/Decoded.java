package io.millrace.kafka.codec;

/// What became of some bytes: a value, or the reason why there is none. Frames arrive whole, so there is no third case.
public sealed interface Decoded<T> {
    record Complete<T>(T value) implements Decoded<T> {}

    /// @param why for our log; the protocol has no way to tell a client that its frame is broken other than to close
    record Malformed<T>(String why) implements Decoded<T> {}
}
