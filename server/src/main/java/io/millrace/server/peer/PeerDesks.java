package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerDesk;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.server.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Who answers what other nodes ask, by what their connection is for.
///
/// May be called from any thread.
public interface PeerDesks {
    /// For the Raft engines of others; empty as long as there is none to ask.
    Optional<PeerDesk> metadata();

    /// For one connection that carries calls.
    ControlDesk control();

    /// For one connection that fetches records; empty as long as this node serves none.
    Optional<FrameSession> records(EventLoop loop, InetSocketAddress remote, Output output);

    /// For one connection that uses this node's queues; empty as long as it serves none.
    Optional<FrameSession> queues(EventLoop loop, Output output);
}
