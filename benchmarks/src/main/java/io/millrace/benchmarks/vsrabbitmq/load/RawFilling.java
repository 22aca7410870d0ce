package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;

/// Fills a durable queue.
public final class RawFilling {
    private static final int WINDOW = 1_000;
    private static final long SELECT_MILLIS = 100;
    /// After this long without a single confirm the broker is taken to hang.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private RawFilling() {}

    /// Declares the queue and publishes persistent messages until all are confirmed.
    public static void fill(InetSocketAddress address, String queue, long messages, int bodyBytes) throws IOException {
        try (Selector selector = Selector.open();
                AmqpLink link = AmqpLink.open(address)) {
            var settings = new RawLoad.Settings(RawLoad.Target.DURABLE, bodyBytes, WINDOW, 0);
            link.ask(settings.declare(queue));
            try (var publisher = new RawPublisher(address, selector, queue, settings)) {
                publish(selector, publisher, messages);
            }
        }
    }

    private static void publish(Selector selector, RawPublisher publisher, long messages) throws IOException {
        publisher.refill(0, messages);
        long silentSince = System.nanoTime();
        while (publisher.ended() < messages) {
            long before = publisher.ended();
            selector.select(SELECT_MILLIS);
            if (selector.selectedKeys().stream().anyMatch(SelectionKey::isReadable)) {
                publisher.receive();
            }
            selector.selectedKeys().clear();
            publisher.refill(0, messages);
            if (publisher.ended() > before) {
                silentSince = System.nanoTime();
            } else if (System.nanoTime() - silentSince > SILENCE_MAX.toNanos()) {
                throw new LoadFailure("no confirm for " + SILENCE_MAX);
            }
        }
    }
}
