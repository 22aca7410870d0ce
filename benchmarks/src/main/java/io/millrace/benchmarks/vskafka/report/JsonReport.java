package io.millrace.benchmarks.vskafka.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/// Every run of every scenario as JSON, so that a later run can be compared figure by figure. Pure.
public final class JsonReport {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonReport() {}

    /// The document: one object per scenario, with all samples and the medians by broker.
    public static String json(List<Comparison> comparisons) {
        ObjectNode root = MAPPER.createObjectNode();
        for (Comparison comparison : comparisons) {
            ObjectNode scenario = root.putObject(comparison.scenario()).put("family", comparison.family());
            comparison.brokers().forEach(broker -> addBroker(scenario.putObject(broker), comparison, broker));
        }
        return root.toPrettyString() + "\n";
    }

    private static void addBroker(ObjectNode node, Comparison comparison, String broker) {
        ObjectNode medians = node.putObject("medians");
        for (Metric metric : Metric.values()) {
            comparison.median(broker, metric).ifPresent(value -> medians.put(key(metric), value));
        }
        var runs = node.putArray("runs");
        for (Sample sample : comparison.samples(broker)) {
            ObjectNode run = runs.addObject();
            sample.values().forEach((metric, value) -> run.put(key(metric), value));
        }
    }

    private static String key(Metric metric) {
        return metric.name().toLowerCase(Locale.ROOT);
    }
}
