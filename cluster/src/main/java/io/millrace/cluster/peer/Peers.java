package io.millrace.cluster.peer;

import io.millrace.model.Loop;

/// Makes links to other nodes. May be called from any thread.
@FunctionalInterface
public interface Peers {
    /// A link whose answers arrive inside `loop`; touches no network yet.
    PeerLink link(Loop loop, PeerAddress to, PeerChannel channel);
}
