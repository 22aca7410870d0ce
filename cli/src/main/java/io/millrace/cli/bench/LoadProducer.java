package io.millrace.cli.bench;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Sends records until the load's time is over. With a rate, latency counts from when a record was due and not from
/// when a late producer got to it: a stalled broker must not look better for stalling us.
///
/// Owned by: its thread; the meter by the client's.
final class LoadProducer implements Runnable {
    private final Load load;
    private final Producer<byte[], byte[]> producer;
    private final Meter meter;
    private final long startNs;
    private final AtomicReference<Optional<Exception>> failure;
    private final byte[] value;

    LoadProducer(
            Load load,
            Producer<byte[], byte[]> producer,
            Meter meter,
            long startNs,
            AtomicReference<Optional<Exception>> failure) {
        this.load = load;
        this.producer = producer;
        this.meter = meter;
        this.startNs = startNs;
        this.failure = failure;
        this.value = new byte[load.recordBytes()];
        new SplittableRandom(1).nextBytes(value); // not compressible, as most measured payloads are
    }

    @Override
    public void run() {
        long endNs = startNs + load.warmUpNs() + load.runNs();
        long intervalNs =
                load.recordsPerSecond() == 0 ? 0 : 1_000_000_000L * load.producers() / load.recordsPerSecond();
        long dueNs = startNs;
        while (dueNs < endNs && failure.get().isEmpty()) {
            dueNs = intervalNs == 0 ? System.nanoTime() : dueNs + intervalNs;
            waitUntil(dueNs);
            send(dueNs);
        }
        producer.close();
    }

    private static void waitUntil(long dueNs) {
        long leftNs = dueNs - System.nanoTime();
        while (leftNs > 0) {
            LockSupport.parkNanos(leftNs);
            leftNs = dueNs - System.nanoTime();
        }
    }

    private void send(long dueNs) {
        ByteBuffer.wrap(value).putLong(dueNs); // the client copies the value before send returns
        producer.send(new ProducerRecord<>(load.topic(), value), (metadata, failed) -> {
            if (failed == null) {
                meter.done(dueNs, System.nanoTime());
            } else {
                failure.compareAndSet(Optional.empty(), Optional.of(failed));
            }
        });
    }
}
