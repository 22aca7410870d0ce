/// Queues: the port protocols use them by, and the hosts that keep a queue machine in step with its log.
@NullMarked
package io.millrace.broker.queue;

import org.jspecify.annotations.NullMarked;
