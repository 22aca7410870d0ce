package io.millrace.conformance.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A consumer that keeps what it is given, in order.
///
/// Owned by: one test; the client's thread fills it.
final class Inbox extends DefaultConsumer {
    private final LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> cancelled = new CompletableFuture<>();

    private Inbox(Channel channel) {
        super(channel);
    }

    /// Consumes with acknowledgements.
    static Inbox of(Channel channel, String queue) throws IOException {
        return of(channel, queue, false, Map.of());
    }

    /// Consumes.
    static Inbox of(Channel channel, String queue, boolean noAck, Map<String, Object> arguments) throws IOException {
        var inbox = new Inbox(channel);
        channel.basicConsume(queue, noAck, "", false, false, arguments, inbox);
        return inbox;
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        deliveries.add(new Delivery(envelope, properties, body));
    }

    @Override
    public void handleCancel(String tag) {
        cancelled.complete(tag);
    }

    /// The next delivery; waits for it.
    Delivery next() throws InterruptedException {
        Delivery delivery = deliveries.poll(AmqpClients.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (delivery == null) {
            throw new AssertionError("no delivery after " + AmqpClients.LIMIT);
        }
        return delivery;
    }

    /// The bodies of the next deliveries; waits for them.
    List<String> next(int count) throws InterruptedException {
        var bodies = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            bodies.add(AmqpClients.text(next().getBody()));
        }
        return bodies;
    }

    /// How many came and were not taken yet.
    int size() {
        return deliveries.size();
    }

    /// The tag with which the broker cancelled this consumer; waits for it.
    String cancelled() throws Exception {
        return cancelled.get(AmqpClients.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
