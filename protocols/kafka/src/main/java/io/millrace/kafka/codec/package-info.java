/// Bytes to requests and responses to bytes, over kafka-clients' generated schemas. Total functions without state.
@NullMarked
package io.millrace.kafka.codec;

import org.jspecify.annotations.NullMarked;
