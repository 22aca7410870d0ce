package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.ConfirmMethods;

/// Class `confirm`, RabbitMQ's.
final class HandleConfirm {
    private HandleConfirm() {}

    static void on(AmqpChannel channel, ConfirmMethods method) throws Refused {
        if (!(method instanceof ConfirmMethods.Select(boolean noWait))) {
            throw AmqpChannel.unimplemented();
        }
        if (channel.publisher().transaction() != null) {
            throw Refused.preconditionFailed("cannot switch from tx to confirm mode");
        }
        channel.publisher().startConfirms();
        channel.answer(noWait, new ConfirmMethods.SelectOk());
    }
}
