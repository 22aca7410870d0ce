package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.load.LoadResult;
import io.millrace.benchmarks.vskafka.load.LoadSpan;
import io.millrace.benchmarks.vskafka.load.RawProducers;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import java.io.IOException;
import java.util.List;

/// Pre-built Produce requests as fast as the broker takes them, into fresh topics.
///
/// @param connections how many to each leader, each with `window` requests in flight
/// @param acks 1 or -1
public record RawProduce(
        String name,
        String family,
        int topics,
        int partitions,
        Payload payload,
        int connections,
        int window,
        short acks,
        Durability durability)
        implements Scenario.OnRunning {
    /// Large batches at page-cache speed fill a small disk in seconds; no run needs more than this.
    private static final long REQUEST_BYTES_MAX = 8L << 30;

    @Override
    public List<TopicSet> prepare(BrokerUnderTest broker) {
        return List.of();
    }

    @Override
    public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
        try (TopicSet set = TopicSet.create(broker, "raw", topics, partitions, durability)) {
            List<FrameTarget> targets = set.targets();
            ProduceFrame frame = ProduceFrame.of(targets.getFirst(), payload.build(), acks);
            try (RawProducers load = new RawProducers(set.led(), frame, connections, window)) {
                LoadSpan span = new LoadSpan(settings.warmUp(), settings.measured(), REQUEST_BYTES_MAX);
                LoadResult result = load.run(span, broker::cpuSeconds);
                set.verifyHolds(load.acknowledgedRecords());
                Sample sample = Samples.of(result, broker);
                // One append to a few partitions is noise; to many it is what a client waits for.
                return topics > 1 ? sample.with(Metric.FIRST_APPENDS_SECONDS, result.firstRoundSeconds()) : sample;
            }
        }
    }
}
