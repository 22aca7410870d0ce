package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.queue.Settlement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a channel in tx mode has said since the last commit or rollback.
///
/// Owned by: one connection's loop.
final class Transaction {
    /// Memory of a message beside its octets.
    private static final int MESSAGE_BYTES = 128;

    private final Inflow inflow;
    private List<Outgoing> messages = new ArrayList<>();
    private List<Settled> settled = new ArrayList<>();
    private long bytes;

    Transaction(Inflow inflow) {
        this.inflow = inflow;
    }

    /// Deliveries that were acknowledged, or not, but are not settled before the commit.
    record Settled(List<Unsettled.Entry> entries, Settlement how) {}

    void add(Outgoing outgoing) throws Refused {
        long more = (long) outgoing.message().bytes() + MESSAGE_BYTES;
        bytes += more;
        messages.add(outgoing);
        if (!inflow.committing(more)) {
            throw new Refused(ReplyCode.RESOURCE_ERROR, "too many bytes in transactions");
        }
    }

    void add(Settled more) {
        settled.add(more);
    }

    List<Outgoing> takeMessages() {
        List<Outgoing> taken = messages;
        messages = new ArrayList<>();
        inflow.committing(-bytes);
        bytes = 0;
        return taken;
    }

    List<Settled> takeSettled() {
        List<Settled> taken = settled;
        settled = new ArrayList<>();
        return taken;
    }

    /// Forgets the messages; returns what was settled, in the order of delivery.
    List<Unsettled.Entry> rollBack() {
        takeMessages();
        List<Unsettled.Entry> all = new ArrayList<>();
        takeSettled().forEach(each -> all.addAll(each.entries()));
        all.sort(Comparator.comparingLong(Unsettled.Entry::tag));
        return all;
    }
}
