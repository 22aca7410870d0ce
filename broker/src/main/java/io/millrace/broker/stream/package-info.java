/// Streams: logs that consumers read by offset, each from its own place. A stream queue is one, a plain topic another.
@NullMarked
package io.millrace.broker.stream;

import org.jspecify.annotations.NullMarked;
