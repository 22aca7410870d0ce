/// Where this node's queues live: which loop has which, and what they may hold in memory.
@NullMarked
package io.millrace.server.queue;

import org.jspecify.annotations.NullMarked;
