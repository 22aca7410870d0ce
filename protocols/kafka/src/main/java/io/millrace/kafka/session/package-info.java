/// One connection's state machine, and one file per Kafka API (`Handle...`).
@NullMarked
package io.millrace.kafka.session;

import org.jspecify.annotations.NullMarked;
