package io.millrace.broker.group;

import java.util.Optional;
import java.util.Set;

/// The port that looks into a subscription of a member whose group speaks a known protocol type (`consumer`).
public interface Subscriptions {
    /// The protocol type whose subscriptions can be read.
    String CONSUMER = "consumer";

    /// The topics a member of a `consumer` group subscribes to; empty when the bytes do not say.
    Optional<Set<String>> topics(Opaque subscription);
}
