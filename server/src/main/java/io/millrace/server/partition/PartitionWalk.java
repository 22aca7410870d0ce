package io.millrace.server.partition;

import io.millrace.cluster.replica.Partition;
import java.util.List;
import java.util.function.Consumer;

/// Visits every partition of a host, so many a turn that other work of the loop gets its turn in between: a node with
/// 100,000 partitions answers its clients while it is asked about all of them.
///
/// Owned by: the host's loop. Partitions that come or go meanwhile are left out.
public final class PartitionWalk {
    /// One turn takes some tens of microseconds.
    public static final int PER_TURN = 1_000;

    private final PartitionHost host;
    private final List<Partition> partitions;
    private final Consumer<Partition> visit;
    private final Runnable andThen;
    private int next;

    private PartitionWalk(PartitionHost host, Consumer<Partition> visit, Runnable andThen) {
        this.host = host;
        this.partitions = host.partitions();
        this.visit = visit;
        this.andThen = andThen;
    }

    /// Begins now; `andThen` runs on the host's loop after the last visit.
    public static void over(PartitionHost host, Consumer<Partition> visit, Runnable andThen) {
        new PartitionWalk(host, visit, andThen).step();
    }

    private void step() {
        int end = Math.min(partitions.size(), next + PER_TURN);
        partitions.subList(next, end).stream().filter(host::isHere).forEach(visit);
        next = end;
        if (next == partitions.size()) {
            andThen.run();
        } else {
            host.loop().post(this::step);
        }
    }
}
