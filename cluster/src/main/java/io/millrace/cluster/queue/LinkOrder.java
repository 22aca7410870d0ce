package io.millrace.cluster.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueRef;
import io.millrace.model.TopicId;

/// What a node asks of another one that has queues. Numbers are chosen by who asks, and never used twice on a
/// connection: a lane is a queue, a hold a channel's use of one, a call what is answered by the same number. Messages
/// have no number: their fates are told by their place in the connection.
sealed interface LinkOrder {
    /// A name for a queue in what follows.
    record OpenLane(int lane, QueueRef queue, TopicId id) implements LinkOrder {}

    record ShutLane(int lane) implements LinkOrder {}

    record Publish(int lane, int attempt, Message message) implements LinkOrder {}

    /// An answer for whoever waits for it under a name on that node, and for nobody else. Its fate is told like a
    /// message's.
    record Reply(String name, Message message) implements LinkOrder {}

    record Counts(int call, int lane, boolean isUse) implements LinkOrder {}

    record Purge(int call, int lane) implements LinkOrder {}

    record Delete(int call, int lane, boolean ifUnused, boolean ifEmpty) implements LinkOrder {}

    record OpenHold(int hold, int lane) implements LinkOrder {}

    record Consume(int hold, int call, ConsumerSpec spec) implements LinkOrder {}

    record Cancel(int hold, int call, String tag) implements LinkOrder {}

    record Get(int hold, int call, boolean autoAck) implements LinkOrder {}

    /// No record, because of the array; nobody writes to it.
    final class Settle implements LinkOrder {
        private final int hold;
        private final Settlement how;
        private final long[] offsets;

        Settle(int hold, Settlement how, long[] offsets) {
            this.hold = hold;
            this.how = how;
            this.offsets = offsets;
        }

        int hold() {
            return hold;
        }

        Settlement how() {
            return how;
        }

        long[] offsets() {
            return offsets;
        }
    }

    record Limit(int hold, int unsettled) implements LinkOrder {}

    record Pause(int hold, boolean paused) implements LinkOrder {}

    record CloseHold(int hold) implements LinkOrder {}

    /// So many octets of deliveries have been taken off the connection.
    record Credit(long octets) implements LinkOrder {}

    /// Says something, so that the other side knows who asks is there, and is to be answered.
    record Ping() implements LinkOrder {}
}
