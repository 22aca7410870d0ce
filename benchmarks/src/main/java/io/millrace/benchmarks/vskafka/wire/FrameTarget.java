package io.millrace.benchmarks.vskafka.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Where a request goes. All targets of one load have names of one length, so that a name is patched in place.
///
/// @param topicBytes the topic's name on the wire; not to be changed
public record FrameTarget(String topic, byte[] topicBytes, int partition) {
    /// Every partition of every topic, partitions innermost.
    public static List<FrameTarget> of(List<String> topics, int partitions) {
        List<FrameTarget> targets = new ArrayList<>();
        for (String topic : topics) {
            byte[] bytes = topic.getBytes(StandardCharsets.US_ASCII);
            for (int partition = 0; partition < partitions; partition++) {
                targets.add(new FrameTarget(topic, bytes, partition));
            }
        }
        return List.copyOf(targets);
    }
}
