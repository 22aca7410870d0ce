package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.TxMethods;
import io.millrace.broker.queue.Publication;
import java.util.List;

/// Class `tx`: what a channel publishes and settles takes effect at the commit, which is answered when every queue has
/// its messages. Messages are routed at the commit; a queue that refuses one makes it fail, when others have theirs.
final class HandleTx {
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
        List<Outgoing> messages = transaction.takeMessages();
        List<Transaction.Settled> settled = transaction.takeSettled();
        AmqpChannel.Continuation then = channel.await();
        // One more than there are messages: the answer waits until all were handed over.
        Count count = new Count(messages.size() + 1, failed -> then.goOn(() -> committed(channel, settled, failed)));
        for (Outgoing each : messages) {
            if (!channel.publisher().send(each, count)) {
                count.ended(Publication.End.STORED);
            }
        }
        count.ended(Publication.End.STORED);
    }

    private static void committed(AmqpChannel channel, List<Transaction.Settled> settled, boolean failed)
            throws Refused {
        if (failed) {
            throw Refused.preconditionFailed("partial tx completion");
        }
        for (Transaction.Settled each : settled) {
            channel.deliveries().awaitCommit(-each.entries().size());
            channel.deliveries().settle(each.entries(), each.how());
        }
        channel.send(new TxMethods.CommitOk());
    }

    private interface WhenAll {
        void ended(boolean failed);
    }

    /// Waits for all messages of a transaction.
    private static final class Count implements Publication {
        private final WhenAll whenAll;
        private int left;
        private boolean failed;

        Count(int left, WhenAll whenAll) {
            this.left = left;
            this.whenAll = whenAll;
        }

        @Override
        public void ended(End end) {
            failed |= !end.isConfirmed();
            if (--left == 0) {
                whenAll.ended(failed);
            }
        }
    }
}
