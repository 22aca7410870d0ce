/// Kafka wire protocol: codec, session, one file per API.
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
