/// The metadata log's port, its records and the image they add up to.
///
/// Pure: no threads, clocks or files. [MetadataLog] is the port; `cluster.raft` implements it on disk,
/// [MemoryMetadataLog] in memory for tests and the simulator.
@NullMarked
package io.millrace.cluster.metadata;

import org.jspecify.annotations.NullMarked;
