/// Reading and writing partitions: the port, its questions and its answers.
@NullMarked
package io.millrace.broker.partition;

import org.jspecify.annotations.NullMarked;
