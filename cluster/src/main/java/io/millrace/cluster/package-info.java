/// A node's share of the cluster, put together: metadata log, image, controller.
///
/// `metadata`, `config` and `controller` are pure; `raft` holds all that touches the Raft engine; this package is the
/// edge that joins them to threads.
@NullMarked
package io.millrace.cluster;

import org.jspecify.annotations.NullMarked;
