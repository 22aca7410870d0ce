/// What a log remembers of the producers that write to it, so that a batch sent twice is stored once (KIP-98), and
/// Kafka's `.snapshot` file that keeps it over a restart. Pure.
@NullMarked
package io.millrace.log.producer;

import org.jspecify.annotations.NullMarked;
