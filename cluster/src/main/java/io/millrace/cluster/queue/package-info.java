/// Queues of other nodes: what a node asks about queues that live elsewhere, on one connection for each of its loops,
/// and how the node that has them answers. Pure: connections are behind [io.millrace.cluster.queue.QueueLine].
@NullMarked
package io.millrace.cluster.queue;

import org.jspecify.annotations.NullMarked;
