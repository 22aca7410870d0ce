/// The alternating comparison with RabbitMQ: its own load generator against both by turns.
@NullMarked
package io.millrace.benchmarks.vsrabbitmq;

import org.jspecify.annotations.NullMarked;
