package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.load.LoadResult;
import io.millrace.benchmarks.vskafka.load.LoadSpan;
import io.millrace.benchmarks.vskafka.load.PacedProducer;
import io.millrace.benchmarks.vskafka.load.RawProducers;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What one producer's acknowledgements wait while another fills the disk: 100 B every 2 ms to a topic of its own,
/// beside large batches as fast as they go, both with acks=all.
public record QuietBesideSaturating(String name, String family, Durability durability, Payload neighbour)
        implements Scenario.OnRunning {
    private static final Duration PACE = Duration.ofMillis(2);
    private static final short ALL = -1;
    private static final int NEIGHBOUR_PARTITIONS = 6;
    private static final int NEIGHBOUR_CONNECTIONS = 2;
    private static final int NEIGHBOUR_WINDOW = 5;

    @Override
    public List<TopicSet> prepare(BrokerUnderTest broker) {
        return List.of();
    }

    @Override
    public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
        try (TopicSet quiet = TopicSet.create(broker, "quiet", 1, 1, durability);
                TopicSet loud = TopicSet.create(broker, "loud", 1, NEIGHBOUR_PARTITIONS, durability)) {
            FutureTask<LatencyHistogram> task = new FutureTask<>(() -> runQuiet(broker, quiet, settings));
            Thread thread = Thread.ofPlatform().name("quiet-producer").start(task);
            LoadResult saturating = runNeighbour(broker, loud, settings);
            LatencyHistogram latencies = result(task);
            thread.join();
            return Samples.withLatencies(Sample.empty(), latencies)
                    .with(Metric.NEIGHBOUR_MB_PER_SECOND, saturating.bytes() / saturating.seconds() / 1e6)
                    .with(Metric.RSS_MB, Samples.rssMb(broker));
        }
    }

    private LatencyHistogram runQuiet(BrokerUnderTest broker, TopicSet set, RunSettings settings) throws IOException {
        List<FrameTarget> targets = set.targets();
        ProduceFrame frame =
                ProduceFrame.of(targets.getFirst(), Payload.single(100).build(), ALL);
        try (PacedProducer producer = new PacedProducer(broker.address(), frame, targets, PACE)) {
            return producer.run(LoadSpan.of(settings.warmUp(), settings.measured()));
        }
    }

    private LoadResult runNeighbour(BrokerUnderTest broker, TopicSet set, RunSettings settings) throws IOException {
        List<FrameTarget> targets = set.targets();
        ProduceFrame frame = ProduceFrame.of(targets.getFirst(), neighbour.build(), ALL);
        try (RawProducers load =
                new RawProducers(broker.address(), frame, targets, NEIGHBOUR_CONNECTIONS, NEIGHBOUR_WINDOW)) {
            LoadSpan span = new LoadSpan(settings.warmUp(), settings.measured(), settings.neighbourBytesMax());
            LoadResult result = load.run(span, broker::cpuSeconds);
            set.verifyHolds(load.acknowledgedRecords());
            return result;
        }
    }

    private static LatencyHistogram result(FutureTask<LatencyHistogram> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw new IOException("the quiet producer failed", failed.getCause());
        }
    }
}
