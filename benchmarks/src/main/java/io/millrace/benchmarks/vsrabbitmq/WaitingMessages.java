package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vsrabbitmq.load.RawFilling;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// A fresh broker gets persistent messages of 1,000 bytes that nobody takes; its memory some seconds later. Immutable.
record WaitingMessages(String name, int messages) implements AmqpCase {
    private static final double NANOS = 1e9;
    private static final int BODY_BYTES = 1_000;
    private static final int IDLE_SECONDS = 15;

    @Override
    public String family() {
        return "Messages that wait in one queue, 1 KB";
    }

    Sample run(Side side) throws IOException, InterruptedException {
        try (AmqpProcess broker = side.fresh()) {
            long began = System.nanoTime();
            RawFilling.fill(broker.address(), "waiting", messages, BODY_BYTES);
            double seconds = (System.nanoTime() - began) / NANOS;
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            return Sample.empty()
                    .with(Metric.RECORDS_PER_SECOND, messages / seconds)
                    .with(Metric.RSS_MB, broker.rssMb());
        }
    }
}
