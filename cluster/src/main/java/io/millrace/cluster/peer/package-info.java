/// The port to other nodes: whole frames there, whole frames back, on one connection per purpose. What is in a frame is
/// the business of whoever sends it: the Raft engine, the controller's callers, the replicas' fetchers.
@NullMarked
package io.millrace.cluster.peer;

import org.jspecify.annotations.NullMarked;
