package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.load.LoadSpan;
import io.millrace.benchmarks.vskafka.load.RawFetchers;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.wire.FetchFrame;
import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import java.io.IOException;
import java.util.List;

/// Pre-built Fetch requests round and round through a topic filled before; the bytes are discarded.
public record RawFetch(String name, String family, int valueBytes, long recordCount, int connections)
        implements Scenario.OnRunning {
    private static final int BYTES_MAX = 1 << 20;

    @Override
    public List<TopicSet> prepare(BrokerUnderTest broker) throws IOException, InterruptedException {
        return List.of(FilledTopic.create(broker, name, valueBytes, recordCount));
    }

    @Override
    public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException {
        FrameTarget target = new FrameTarget(name + "-00000", 0);
        FetchFrame frame = FetchFrame.of(target, BYTES_MAX);
        try (RawFetchers load = new RawFetchers(broker.address(), frame, FilledTopic.PARTITIONS, connections)) {
            LoadSpan span = LoadSpan.of(settings.warmUp(), settings.measured());
            return Samples.of(load.run(span, broker::cpuSeconds), broker);
        }
    }
}
