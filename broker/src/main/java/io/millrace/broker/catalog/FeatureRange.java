package io.millrace.broker.catalog;

import java.util.Map;

/// The levels of a feature this release can work at.
public record FeatureRange(int min, int max) {
    /// By name. `metadata.version` runs from Kafka 3.3 to 4.4: clients choose by it how they talk; our own records
    /// carry versions of their own.
    public static final Map<String, FeatureRange> SUPPORTED =
            Map.of("metadata.version", new FeatureRange(7, 33), "kraft.version", new FeatureRange(1, 1));
}
