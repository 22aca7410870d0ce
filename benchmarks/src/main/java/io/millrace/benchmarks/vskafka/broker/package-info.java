/// The brokers under test as child processes: start, readiness, CPU and memory from /proc, clean and unclean end.
@NullMarked
package io.millrace.benchmarks.vskafka.broker;

import org.jspecify.annotations.NullMarked;
