package io.millrace.conformance.cluster;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// One publisher with confirms that publishes numbers to a queue without end, and notes what it is told of them.
///
/// May be looked at from any thread.
final class NumbersPublished implements AutoCloseable {
    private static final int UNCONFIRMED_MAX = 200;

    private final String queue;
    private final Channel channel;
    private final Thread publisher;
    private final ConcurrentSkipListMap<Long, Integer> unconfirmed = new ConcurrentSkipListMap<>();
    private final Semaphore room = new Semaphore(UNCONFIRMED_MAX);
    private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicReference<String> fault = new AtomicReference<>("");
    private volatile boolean ending;

    NumbersPublished(Connection connection, String queue) throws IOException {
        this.queue = queue;
        this.channel = connection.createChannel();
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, multiple) -> told(tag, multiple, true), (tag, multiple) -> told(tag, multiple, false));
        this.publisher = new Thread(this::publish, "publisher of " + queue);
        publisher.start();
    }

    private void publish() {
        try {
            for (int number = 0; !ending; number++) {
                room.acquire();
                unconfirmed.put(channel.getNextPublishSeqNo(), number);
                byte[] body = QueuesInClusterConformance.bytes("" + number);
                channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            fault.set("the publisher has ended: " + failed);
        }
    }

    private void told(long tag, boolean multiple, boolean isStored) {
        var told = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
        List<Integer> numbers = List.copyOf(told.values());
        if (isStored) {
            confirmed.addAll(numbers);
        } else {
            refused.addAndGet(numbers.size());
        }
        told.clear();
        room.release(numbers.size());
    }

    /// Waits for more confirms than there are.
    void awaitMore(int count) {
        int wanted = confirmed.size() + count;
        ClusterUnderTest.await("more confirms of " + queue, () -> {
            if (!fault.get().isEmpty()) {
                throw new AssertionError(fault.get());
            }
            return confirmed.size() >= wanted;
        });
    }

    /// Publishes no more; all that was published is told of.
    void end() throws InterruptedException {
        ending = true;
        publisher.join();
        ClusterUnderTest.await("all told", unconfirmed::isEmpty);
    }

    Set<Integer> confirmed() {
        return Set.copyOf(confirmed);
    }

    int refused() {
        return refused.get();
    }

    @Override
    public void close() throws IOException, TimeoutException {
        ending = true;
        room.release(1);
        if (channel.isOpen()) {
            channel.abort();
        }
    }
}
