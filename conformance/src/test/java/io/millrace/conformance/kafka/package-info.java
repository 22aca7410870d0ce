/// What Kafka's clients and tools see of the broker under test.
@NullMarked
package io.millrace.conformance.kafka;

import org.jspecify.annotations.NullMarked;
