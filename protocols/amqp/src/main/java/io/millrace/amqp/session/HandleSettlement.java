package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.broker.queue.Settlement;
import java.util.List;

/// `basic.ack`, `nack`, `reject` and `recover`: what becomes of deliveries. In a transaction that waits for the commit;
/// a tag nobody has closes the channel at once even then.
final class HandleSettlement {
    private HandleSettlement() {}

    static void ack(AmqpChannel channel, BasicMethods.Ack ack) throws Refused {
        settle(channel, ack.deliveryTag(), ack.multiple(), Settlement.ACKNOWLEDGE);
    }

    static void nack(AmqpChannel channel, BasicMethods.Nack nack) throws Refused {
        settle(channel, nack.deliveryTag(), nack.multiple(), negative(nack.requeue()));
    }

    static void reject(AmqpChannel channel, BasicMethods.Reject reject) throws Refused {
        settle(channel, reject.deliveryTag(), false, negative(reject.requeue()));
    }

    static void recover(AmqpChannel channel, BasicMethods.Recover recover) throws Refused {
        recover(channel, recover.requeue());
        channel.send(new BasicMethods.RecoverOk());
    }

    static void recover(AmqpChannel channel, BasicMethods.RecoverAsync recover) throws Refused {
        recover(channel, recover.requeue());
    }

    private static void recover(AmqpChannel channel, boolean requeue) throws Refused {
        if (!requeue) {
            throw Refused.notImplemented("requeue=false");
        }
        List<Unsettled.Entry> all = channel.deliveries().take(0, true);
        channel.deliveries().settle(all, Settlement.REQUEUE);
    }

    private static Settlement negative(boolean requeue) {
        return requeue ? Settlement.REQUEUE : Settlement.REJECT;
    }

    private static void settle(AmqpChannel channel, long tag, boolean multiple, Settlement how) throws Refused {
        List<Unsettled.Entry> taken = channel.deliveries().take(tag, multiple);
        Transaction transaction = channel.publisher().transaction();
        if (transaction != null) {
            transaction.add(new Transaction.Settled(taken, how));
            channel.deliveries().awaitCommit(taken.size());
        } else {
            channel.deliveries().settle(taken, how);
        }
    }
}
