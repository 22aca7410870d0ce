/// The alternating comparison with Apache Kafka 4.4.0: the command, its settings and the order of runs.
@NullMarked
package io.millrace.benchmarks.vskafka;

import org.jspecify.annotations.NullMarked;
