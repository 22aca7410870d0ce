package io.millrace.server.partition;

import io.millrace.cluster.replica.ReadTicket;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The tickets a fetch leaves with its partitions while it waits for more data.
///
/// Owned by: the home loop of the session that asked.
final class FetchWaits {
    private final NodePartitions node;
    private final BooleanSupplier isWaiting;
    private final Runnable onWake;
    private final List<Wait> waits = new ArrayList<>();

    /// A ticket left with a partition, and the loop it may be cancelled on.
    private record Wait(Loop owner, ReadTicket ticket) {}

    /// @param isWaiting whether a ticket that comes late is still wanted
    /// @param onWake runs on the home loop when a partition has something new
    FetchWaits(NodePartitions node, BooleanSupplier isWaiting, Runnable onWake) {
        this.node = node;
        this.isWaiting = isWaiting;
        this.onWake = onWake;
    }

    /// Waits for what comes behind what was read.
    ///
    /// @param readableEnd how far the asker could have read
    void await(TopicPartition id, long readableEnd) {
        PartitionHost host = node.hosts().of(id);
        Runnable wake = () -> node.home().run(onWake);
        if (host.loop() == node.home()) {
            ReadTicket ticket = ticket(host, id, readableEnd, wake);
            if (ticket != null) {
                waits.add(new Wait(host.loop(), ticket));
            }
            return;
        }
        host.loop().post(() -> {
            ReadTicket ticket = ticket(host, id, readableEnd, wake);
            if (ticket != null) {
                node.home().post(() -> keep(new Wait(host.loop(), ticket)));
            }
        });
    }

    private void keep(Wait wait) {
        if (isWaiting.getAsBoolean()) {
            waits.add(wait);
        } else {
            wait.owner().post(wait.ticket()::cancel);
        }
    }

    private @Nullable ReadTicket ticket(PartitionHost host, TopicPartition id, long readableEnd, Runnable wake) {
        Hosted hosted = host.hosted(id);
        if (hosted == null || hosted.partition.highWatermark() != readableEnd) {
            wake.run(); // changed while we were on the way
            return null;
        }
        return hosted.partition.await(readableEnd, wake);
    }

    void drop() {
        for (Wait wait : waits) {
            wait.owner().run(wait.ticket()::cancel);
        }
        waits.clear();
    }
}
