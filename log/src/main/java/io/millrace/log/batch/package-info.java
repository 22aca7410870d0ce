/// Kafka's record batch, magic 2, as bytes: reading and patching its header, and deciding whether a batch may enter a
/// log. Pure: no I/O, no clock, nothing kept between calls.
@NullMarked
package io.millrace.log.batch;

import org.jspecify.annotations.NullMarked;
