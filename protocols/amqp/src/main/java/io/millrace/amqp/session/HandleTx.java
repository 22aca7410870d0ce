package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.TxMethods;
import java.util.ArrayList;
import java.util.List;

/// Class `tx`: what a channel publishes and settles takes effect at the commit, all of it or nothing ([Committing]).
/// Messages are routed at the commit; a queue that refuses one makes it fail, when others have theirs.
final class HandleTx {
    /// Of a record, in which messages are kept until all queues have theirs.
    static final int RECORD_BYTES_MAX = 32 * 1024 * 1024;

    private HandleTx() {}

    static void on(AmqpChannel channel, TxMethods method) throws Refused {
        switch (method) {
            case TxMethods.Select _ -> select(channel);
            case TxMethods.Commit _ -> commit(channel, transaction(channel));
            case TxMethods.Rollback _ -> {
                List<Unsettled.Entry> taken = transaction(channel).rollBack();
                channel.deliveries().awaitCommit(-taken.size());
                channel.deliveries().restore(taken);
                channel.send(new TxMethods.RollbackOk());
            }
            default -> throw AmqpChannel.unimplemented();
        }
    }

    private static void select(AmqpChannel channel) throws Refused {
        if (channel.publisher().confirms()) {
            throw Refused.preconditionFailed("cannot switch from confirm to tx mode");
        }
        channel.publisher().startTransactions();
        channel.send(new TxMethods.SelectOk());
    }

    private static Transaction transaction(AmqpChannel channel) throws Refused {
        Transaction open = channel.publisher().transaction();
        if (open == null) {
            throw Refused.preconditionFailed("channel is not transactional");
        }
        return open;
    }

    private static void commit(AmqpChannel channel, Transaction transaction) throws Refused {
        Publisher publisher = channel.publisher();
        List<Transaction.Settled> settled = transaction.takeSettled();
        List<Outgoing> all = transaction.takeMessages();
        List<Outgoing> replies = all.stream().filter(Publisher::isDirectReply).toList();
        List<Publisher.Routed> messages = new ArrayList<>();
        Committing commit;
        try {
            for (Outgoing each : all) {
                if (!Publisher.isDirectReply(each)) {
                    publisher.route(each).ifPresent(messages::add);
                }
            }
            commit = new Committing(channel, messages, new DurableSettlements(settled));
            if (commit.recordBytes() > RECORD_BYTES_MAX) {
                throw Refused.preconditionFailed("transaction larger than " + RECORD_BYTES_MAX);
            }
        } catch (Refused refused) {
            messages.forEach(Publisher.Routed::failed); // sent again they are no duplicates
            throw refused;
        }
        replies.forEach(publisher::answer);
        AmqpChannel.Continuation then = channel.await();
        commit.start(isDone -> then.goOn(() -> committed(channel, settled, isDone)));
    }

    private static void committed(AmqpChannel channel, List<Transaction.Settled> settled, boolean isDone)
            throws Refused {
        if (!isDone) {
            throw Refused.preconditionFailed("partial tx completion");
        }
        for (Transaction.Settled each : settled) {
            channel.deliveries().awaitCommit(-each.entries().size());
            channel.deliveries().settle(each.entries(), each.how());
        }
        channel.send(new TxMethods.CommitOk());
    }
}
