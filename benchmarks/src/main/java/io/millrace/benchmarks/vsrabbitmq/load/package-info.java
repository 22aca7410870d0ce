/// An AMQP load of pre-built frames over plain sockets, which costs the machine little beside the broker.
@NullMarked
package io.millrace.benchmarks.vsrabbitmq.load;

import org.jspecify.annotations.NullMarked;
