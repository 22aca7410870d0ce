package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Records of every kind with any content.
final class RandomRecords {
    private static final int KINDS = 15;
    private static final List<Standing> STANDINGS = List.copyOf(EnumSet.allOf(Standing.class));
    private static final List<ConfigResource.Kind> RESOURCES = List.copyOf(EnumSet.allOf(ConfigResource.Kind.class));

    private final Randomness randomness;

    RandomRecords(Randomness randomness) {
        this.randomness = randomness;
    }

    MetadataRecord next() {
        return switch (randomness.nextInt(KINDS)) {
            case 0 ->
                new MetadataRecord.NodeRegistered(
                        number(),
                        randomness.nextLong() >>> 1,
                        id(),
                        id(),
                        Stream.generate(this::id).limit(randomness.nextInt(3)).toList(),
                        text(),
                        STANDINGS.get(randomness.nextInt(STANDINGS.size())),
                        List.of(new NodeView.Endpoint(text(), text(), number())),
                        randomness.nextBoolean() ? Map.of() : Map.of(text(), new FeatureRange(number(), number())));
            case 1 -> new MetadataRecord.NodeFenced(number());
            case 2 -> new MetadataRecord.NodeUnfenced(number());
            case 3 -> new MetadataRecord.NodeUnregistered(number());
            case 4 -> new MetadataRecord.TopicCreated(id(), text(), randomness.nextBoolean(), Map.of(text(), text()));
            case 5 -> new MetadataRecord.PartitionsCreated(id(), number(), states());
            case 6 -> new MetadataRecord.PartitionChanged(id(), number(), state());
            case 7 -> new MetadataRecord.TopicDeleted(id());
            case 8 ->
                new MetadataRecord.ConfigChanged(
                        new ConfigResource(RESOURCES.get(randomness.nextInt(RESOURCES.size())), text()),
                        text(),
                        randomness.nextBoolean() ? Optional.of(text()) : Optional.empty());
            case 9 -> new MetadataRecord.FeatureLevelSet(text(), number(), number());
            case 10 -> new MetadataRecord.NodeLeaving(number());
            case 11 -> new MetadataRecord.NodeCordoned(number(), randomness.nextBoolean());
            case 12 -> new MetadataRecord.NodeEpochReached(randomness.nextLong() >>> 1);
            case 13 -> new MetadataRecord.TopologyRecorded(new RandomTopology(randomness).record());
            default -> new MetadataRecord.ProducerIdsAllocated(number(), randomness.nextLong() >>> 1);
        };
    }

    private List<PartitionState> states() {
        List<PartitionState> states = new ArrayList<>();
        for (int run = randomness.nextInt(4); run >= 0; run--) {
            PartitionState state = state();
            for (int times = randomness.nextInt(5); times >= 0; times--) {
                states.add(state);
            }
        }
        return states;
    }

    private PartitionState state() {
        List<Integer> replicas = nodes(1);
        return randomness.nextBoolean()
                ? PartitionState.created(replicas)
                : new PartitionState(
                        randomness.nextInt(5) - 1,
                        number(),
                        number(),
                        replicas,
                        nodes(0),
                        nodes(0),
                        nodes(0),
                        nodes(0),
                        nodes(0));
    }

    private List<Integer> nodes(int countMin) {
        List<Integer> nodes = new ArrayList<>();
        for (int left = countMin + randomness.nextInt(4); left > 0; left--) {
            nodes.add(number());
        }
        return nodes;
    }

    private int number() {
        return randomness.nextInt(Integer.MAX_VALUE) >>> randomness.nextInt(31);
    }

    private TopicId id() {
        return TopicId.random(randomness);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int left = randomness.nextInt(20); left > 0; left--) {
            text.appendCodePoint(List.of(0x61, 0x2e, 0xe9, 0x20ac, 0x1f600).get(randomness.nextInt(5)));
        }
        return text.toString();
    }
}
