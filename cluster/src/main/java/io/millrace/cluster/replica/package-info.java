/// The replicas a node hosts: what a leader decides about appends, reads and the high watermark. Pure: no thread, no
/// clock, no file; the loop that owns a replica calls it and does the I/O it asks for.
@NullMarked
package io.millrace.cluster.replica;

import org.jspecify.annotations.NullMarked;
