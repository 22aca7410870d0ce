package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.load.RawProducers;
import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import io.millrace.benchmarks.vskafka.wire.RecordBatches;
import java.io.IOException;
import java.util.List;

/// A topic with data to read: equal 16 KB batches, spread evenly over six partitions.
final class FilledTopic {
    static final int PARTITIONS = 6;
    private static final int BATCH_KILOBYTES = 16;
    private static final int CONNECTIONS = 2;
    private static final int WINDOW = 5;

    private FilledTopic() {}

    static TopicSet create(BrokerUnderTest broker, String prefix, int valueBytes, long recordCount)
            throws IOException, InterruptedException {
        TopicSet set = TopicSet.create(broker, prefix, 1, PARTITIONS, Durability.PAGE_CACHE);
        List<FrameTarget> targets = set.targets();
        RecordBatches.Batch batch = Payload.batch(BATCH_KILOBYTES, valueBytes).build();
        ProduceFrame frame = ProduceFrame.of(targets.getFirst(), batch, (short) 1);
        try (RawProducers load = new RawProducers(broker.address(), frame, targets, CONNECTIONS, WINDOW)) {
            load.fill(Math.ceilDiv(recordCount, batch.recordCount()));
        }
        return set;
    }
}
