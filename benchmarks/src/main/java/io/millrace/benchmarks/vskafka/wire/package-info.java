/// The Kafka wire as the load needs it: a blocking client for set-up, and pre-built frames for the load itself.
@NullMarked
package io.millrace.benchmarks.vskafka.wire;

import org.jspecify.annotations.NullMarked;
