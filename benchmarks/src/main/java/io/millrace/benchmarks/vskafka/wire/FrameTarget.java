package io.millrace.benchmarks.vskafka.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Where a request goes. All targets of one load have names of one length, so that a name is patched in place.
public final class FrameTarget {
    private final String topic;
    private final byte[] topicBytes;
    private final int partition;

    public FrameTarget(String topic, int partition) {
        this(topic, topic.getBytes(StandardCharsets.US_ASCII), partition);
    }

    private FrameTarget(String topic, byte[] topicBytes, int partition) {
        this.topic = topic;
        this.topicBytes = topicBytes;
        this.partition = partition;
    }

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

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    /// The length of the topic's name on the wire.
    int topicLength() {
        return topicBytes.length;
    }

    /// Where a frame names the topic.
    int positionIn(byte[] frame) {
        return RequestFrame.positionOf(topicBytes, frame);
    }

    void putTopic(ByteBuffer out, int position) {
        out.put(position, topicBytes);
    }
}
