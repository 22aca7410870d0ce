/// Millrace's neutral words to Kafka's and back.
@NullMarked
package io.millrace.kafka.mapping;

import org.jspecify.annotations.NullMarked;
