package io.millrace.broker.catalog;

/// The levels of a feature a build can work at.
public record FeatureRange(int min, int max) {
    public boolean includes(int level) {
        return level >= min && level <= max;
    }

    /// As Kafka words it: `7-33`, or `1` when there is only one.
    public String words() {
        return min == max ? Integer.toString(min) : min + "-" + max;
    }
}
