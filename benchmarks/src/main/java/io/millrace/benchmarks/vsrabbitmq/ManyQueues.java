package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vsrabbitmq.load.QueueDeclarations;
import java.io.IOException;

/// A fresh broker gets many durable queues, is stopped in order and started again until it knows a hundred of them, one
/// by one. Immutable.
///
/// @param connections each waits for its answer
record ManyQueues(String name, int queues, int connections) implements AmqpCase {
    private static final double NANOS = 1e9;

    private static final int ASKED_FOR = 100;

    @Override
    public String family() {
        return "Many durable queues";
    }

    Sample run(Side side) throws IOException, InterruptedException {
        AmqpProcess broker = side.fresh();
        Sample sample;
        try {
            long began = System.nanoTime();
            try (var declarations = new QueueDeclarations(broker.address(), connections)) {
                declarations.declare(queues);
            }
            sample = Sample.empty().with(Metric.CREATE_SECONDS, since(began)).with(Metric.RSS_MB, broker.rssMb());
        } catch (IOException failed) {
            broker.close();
            throw failed;
        }
        long stopped = System.nanoTime();
        broker.stop();
        double stopSeconds = since(stopped);
        long started = System.nanoTime();
        try (AmqpProcess again = side.again();
                var declarations = new QueueDeclarations(again.address(), 1)) {
            declarations.find(queues, ASKED_FOR);
            return sample.with(Metric.STOP_SECONDS, stopSeconds).with(Metric.CLEAN_RESTART_SECONDS, since(started));
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / NANOS;
    }
}
