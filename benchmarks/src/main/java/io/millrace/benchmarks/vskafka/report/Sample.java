package io.millrace.benchmarks.vskafka.report;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/// What one run against one broker measured. Immutable; a metric the run could not take is absent.
public final class Sample {
    private final Map<Metric, Double> values;

    private Sample(Map<Metric, Double> values) {
        this.values = values;
    }

    /// A sample without figures, to be extended by [#with].
    public static Sample empty() {
        return new Sample(Collections.emptyMap());
    }

    /// This sample and one more figure; a value that is no number is left out.
    public Sample with(Metric metric, double value) {
        if (!Double.isFinite(value)) {
            return this;
        }
        EnumMap<Metric, Double> extended = new EnumMap<>(Metric.class);
        extended.putAll(values);
        extended.put(metric, value);
        return new Sample(extended);
    }

    /// The figure, if this run took it.
    public OptionalDouble value(Metric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /// Every figure taken, in the order of [Metric].
    public Map<Metric, Double> values() {
        return Collections.unmodifiableMap(values);
    }
}
