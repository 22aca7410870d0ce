/// JMH for hot paths, and alternating runs against the peers.
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
