/// The partitions of this node on their owning loops, and the port through which protocols reach them.
@NullMarked
package io.millrace.server.partition;

import org.jspecify.annotations.NullMarked;
