/// The metadata log on disk: `kafka-raft` 4.4.0 behind the [io.millrace.cluster.metadata.MetadataLog] port. No type of
/// the engine leaves this package.
@NullMarked
package io.millrace.cluster.raft;

import org.jspecify.annotations.NullMarked;
