/// The raw load generator: one thread, pre-built requests, pipelined with a window per connection.
@NullMarked
package io.millrace.benchmarks.vskafka.load;

import org.jspecify.annotations.NullMarked;
