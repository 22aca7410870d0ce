package io.millrace.conformance.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How the broker ended a channel or a whole connection. Clients compare the texts, so these tests do.
///
/// Immutable.
///
/// @param connection whether the connection went, not just the channel
record Closed(boolean connection, int code, String text) {
    private static final long LIMIT_SECONDS = 20;

    static Closed channel(int code, String text) {
        return new Closed(false, code, text);
    }

    static Closed connection(int code, String text) {
        return new Closed(true, code, text);
    }

    /// What a signal of the client carries.
    static Closed of(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        return switch (reason) {
            case AMQP.Channel.Close close -> channel(close.getReplyCode(), close.getReplyText());
            case AMQP.Connection.Close close -> connection(close.getReplyCode(), close.getReplyText());
            default -> throw new AssertionError("no close: " + reason, signal);
        };
    }

    /// Opens a channel, does something forbidden with it and waits for the answer.
    static Closed by(Connection connection, Deed deed) throws Exception {
        Channel channel = connection.createChannel();
        return of(channel, () -> deed.run(channel));
    }

    /// Does something forbidden with this channel and waits for the answer.
    static Closed of(Channel channel, Step step) throws Exception {
        var signal = new CompletableFuture<ShutdownSignalException>();
        channel.addShutdownListener(signal::complete);
        try {
            step.run();
        } catch (IOException | ShutdownSignalException e) {
            // the listener is told the same
        }
        return await(signal);
    }

    /// Waits for the broker to end a connection or channel whose listener completes the future.
    static Closed await(CompletableFuture<ShutdownSignalException> signal)
            throws InterruptedException, ExecutionException {
        try {
            return of(signal.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new AssertionError("not closed after " + LIMIT_SECONDS + " s", e);
        }
    }

    /// Something to do with a channel.
    @FunctionalInterface
    interface Deed {
        void run(Channel channel) throws Exception;
    }

    /// Something to do.
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
