package org.apache.kafka.raft;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.internals.BlockingMessageQueue;
import org.apache.kafka.server.common.serialization.RecordSerde;

/// Makes the engine's client with a memory pool of ours. Its public constructor brings one that keeps up to five
/// buffers of 8 MB for as long as the process lives, the first from the first record on; the constructor that takes
/// a pool is visible in this package only, which is why one class of ours is in it (ADR 0006).
public final class PooledRaftClient {
    private PooledRaftClient() {}

    /// What the engine is told of this node.
    ///
    /// @param voters where to look for the quorum
    /// @param fetchWaitMsMax how long a follower's fetch may wait for something new
    public record Local(
            int nodeId,
            Uuid directoryId,
            String clusterId,
            List<InetSocketAddress> voters,
            Endpoints endpoints,
            SupportedVersionRange versions,
            int fetchWaitMsMax,
            QuorumConfig quorum) {}

    /// What the engine runs on.
    public record Ports(NetworkChannel network, RaftLog log, MemoryPool pool, Time time, ExpirationService timer) {}

    /// As the public constructor does it, but for the pool.
    public static <T> KafkaRaftClient<T> open(Local local, Ports ports, RecordSerde<T> serde, LogContext names) {
        return new KafkaRaftClient<>(
                OptionalInt.of(local.nodeId()),
                local.directoryId(),
                serde,
                ports.network(),
                new BlockingMessageQueue(),
                ports.log(),
                ports.pool(),
                ports.time(),
                ports.timer(),
                local.fetchWaitMsMax(),
                true,
                local.clusterId(),
                local.voters(),
                local.endpoints(),
                local.versions(),
                names,
                new Random(),
                local.quorum());
    }
}
