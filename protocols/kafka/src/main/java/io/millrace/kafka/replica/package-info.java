/// The asking side of Fetch (key 1): what a node says to another that leads the partitions it follows, and what it
/// makes of the answer.
@NullMarked
package io.millrace.kafka.replica;

import org.jspecify.annotations.NullMarked;
