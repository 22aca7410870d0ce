package io.millrace.benchmarks.vskafka.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// All samples of one scenario by broker, and what follows from them: medians and the ratio of medians.
///
/// Owned by: the command's main thread, which adds samples as runs end.
public final class Comparison {
    private final String scenario;
    private final String family;
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    /// @param family scenarios of one family share a table
    public Comparison(String scenario, String family) {
        this.scenario = scenario;
        this.family = family;
    }

    public String scenario() {
        return scenario;
    }

    public String family() {
        return family;
    }

    /// Adds one measured run.
    public void add(String broker, Sample sample) {
        samples.computeIfAbsent(broker, name -> new ArrayList<>()).add(sample);
    }

    /// Brokers in the order of their first run.
    public List<String> brokers() {
        return List.copyOf(samples.keySet());
    }

    /// Every run of a broker, oldest first.
    public List<Sample> samples(String broker) {
        return List.copyOf(samples.getOrDefault(broker, List.of()));
    }

    /// The median of a broker's runs, if any run took this figure.
    public OptionalDouble median(String broker, Metric metric) {
        return median(samples.getOrDefault(broker, List.of()).stream()
                .flatMapToDouble(sample -> sample.value(metric).stream())
                .sorted()
                .toArray());
    }

    /// Median of `broker` divided by median of `peer`; absent when either is absent or the divisor is zero.
    public OptionalDouble ratio(String broker, String peer, Metric metric) {
        OptionalDouble ours = median(broker, metric);
        OptionalDouble theirs = median(peer, metric);
        if (ours.isEmpty() || theirs.isEmpty() || theirs.getAsDouble() == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(ours.getAsDouble() / theirs.getAsDouble());
    }

    private static OptionalDouble median(double[] sorted) {
        int count = sorted.length;
        if (count == 0) {
            return OptionalDouble.empty();
        }
        double upper = sorted[count / 2];
        return OptionalDouble.of(count % 2 == 1 ? upper : (sorted[count / 2 - 1] + upper) / 2);
    }
}
