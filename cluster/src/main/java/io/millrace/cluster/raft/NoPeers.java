package io.millrace.cluster.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftResponse;

/// The channel of a node that is the only one: nothing is ever sent. A channel to other nodes takes its place.
///
/// Owned by: the Raft thread.
final class NoPeers implements NetworkChannel {
    private int nextCorrelationId;

    @Override
    public int newCorrelationId() {
        return nextCorrelationId++;
    }

    @Override
    public CompletionStage<RaftResponse.Inbound> send(RaftRequest.Outbound request) {
        return CompletableFuture.failedFuture(
                new IllegalStateException("a node without peers has nobody to send to: " + request));
    }

    @Override
    public ListenerName listenerName() {
        return PeerNetwork.LISTENER;
    }

    @Override
    public void close() {}
}
