/// What only Kafka clients can observe and lives longer than a connection: fetch sessions, producer id blocks.
@NullMarked
package io.millrace.kafka.state;

import org.jspecify.annotations.NullMarked;
