package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// One publisher with confirms and one consumer with acknowledgements, without end, on one queue: numbers go in, and
/// are noted as they are confirmed and as they come out.
///
/// May be looked at from any thread.
final class QueueFlow implements AutoCloseable {
    private static final int UNCONFIRMED_MAX = 50;

    private final String queue;
    private final Channel publishing;
    private final Channel consuming;
    private final Thread publisher;
    private final ConcurrentSkipListMap<Long, Integer> unconfirmed = new ConcurrentSkipListMap<>();
    private final Semaphore room = new Semaphore(UNCONFIRMED_MAX);
    private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private final List<String> wrong = new ArrayList<>();
    private final AtomicLong lastConfirmNs = new AtomicLong(System.nanoTime());
    private final AtomicLong longestGapNs = new AtomicLong();
    private volatile boolean ending;

    QueueFlow(Connection connection, String queue) throws IOException {
        this.queue = queue;
        this.publishing = connection.createChannel();
        this.consuming = connection.createChannel();
        publishing.confirmSelect();
        publishing.addConfirmListener(
                (tag, multiple) -> end(tag, multiple, true), (tag, multiple) -> end(tag, multiple, false));
        consuming.basicQos(20);
        consuming.basicConsume(queue, false, new Numbers(consuming));
        this.publisher = new Thread(this::publish, "publisher of " + queue);
        publisher.start();
    }

    String queue() {
        return queue;
    }

    private void publish() {
        try {
            for (int number = 0; !ending; number++) {
                room.acquire();
                unconfirmed.put(publishing.getNextPublishSeqNo(), number);
                byte[] body = QueuesInClusterConformance.bytes("" + number);
                publishing.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            note("the publisher has ended: " + failed);
        }
    }

    private void end(long tag, boolean multiple, boolean isStored) {
        var ended = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
        int count = 0;
        for (Integer number : List.copyOf(ended.values())) {
            count++;
            if (isStored) {
                confirmed.add(number);
            }
        }
        ended.clear();
        if (isStored) {
            long nowNs = System.nanoTime();
            longestGapNs.accumulateAndGet(nowNs - lastConfirmNs.getAndSet(nowNs), Math::max);
        }
        room.release(count);
    }

    private final class Numbers extends DefaultConsumer {
        Numbers(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                throws IOException {
            int number = Integer.parseInt(QueuesInClusterConformance.text(body));
            if (!seen.add(number) && !envelope.isRedeliver()) {
                note(number + " came again and was not marked");
            }
            getChannel().basicAck(envelope.getDeliveryTag(), false);
        }

        @Override
        public void handleCancel(String tag) {
            note("the consumer was cancelled");
        }
    }

    private void note(String what) {
        synchronized (wrong) {
            wrong.add(what);
        }
    }

    private List<String> wrong() {
        synchronized (wrong) {
            return List.copyOf(wrong);
        }
    }

    /// Waits for more confirms, and deliveries, than there are.
    void awaitMore(int count) {
        int confirms = confirmed.size() + count;
        int deliveries = seen.size() + count;
        ClusterUnderTest.await("more confirms and deliveries of " + queue, () -> {
            assertThat(wrong()).isEmpty();
            return confirmed.size() >= confirms && seen.size() >= deliveries;
        });
    }

    void forgetGaps() {
        longestGapNs.set(0);
    }

    /// The longest time between two confirms since gaps were forgotten.
    long longestGapMs() {
        return longestGapNs.get() / 1_000_000;
    }

    /// Publishes no more; all that was confirmed comes out.
    void end() throws InterruptedException {
        ending = true;
        publisher.join();
        ClusterUnderTest.await("all told", () -> unconfirmed.isEmpty());
        ClusterUnderTest.await("all confirmed messages of " + queue, () -> seen.containsAll(confirmed));
        assertThat(wrong()).isEmpty();
    }

    @Override
    public void close() throws IOException, TimeoutException {
        ending = true;
        room.release(1);
        if (publishing.isOpen()) {
            publishing.abort();
        }
        if (consuming.isOpen()) {
            consuming.abort();
        }
    }
}
