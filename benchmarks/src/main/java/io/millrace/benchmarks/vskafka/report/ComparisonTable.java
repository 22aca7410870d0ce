package io.millrace.benchmarks.vskafka.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// Lays comparisons out as tables, one a family: a row of medians per broker and a row of ratios per scenario.
/// Pure: text in, text out. The same cells are rendered as Markdown, whose pipes line up in a terminal too.
public final class ComparisonTable {
    private static final String NONE = "";

    private ComparisonTable() {}

    /// Every family's table under its heading, as Markdown.
    public static String markdown(List<Comparison> comparisons) {
        Map<String, List<Comparison>> families = comparisons.stream()
                .collect(Collectors.groupingBy(Comparison::family, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder();
        families.forEach((family, members) -> text.append("### ")
                .append(family)
                .append("\n\n")
                .append(align(rows(members)))
                .append('\n'));
        return text.toString();
    }

    /// One line for a run that just ended.
    public static String line(Sample sample) {
        return sample.values().entrySet().stream()
                .map(entry -> entry.getKey().heading() + " "
                        + format(entry.getValue(), entry.getKey().decimals()))
                .collect(Collectors.joining(", "));
    }

    static List<List<String>> rows(List<Comparison> comparisons) {
        List<Metric> metrics = metricsOf(comparisons);
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("scenario", "broker"));
        metrics.forEach(metric -> heading.add(metric.heading()));
        rows.add(heading);
        comparisons.forEach(comparison -> addRows(comparison, metrics, rows));
        return rows;
    }

    private static void addRows(Comparison comparison, List<Metric> metrics, List<List<String>> rows) {
        String label = comparison.scenario();
        for (String broker : comparison.brokers()) {
            List<String> row = new ArrayList<>(List.of(label, broker));
            metrics.forEach(metric -> row.add(cell(comparison.median(broker, metric), metric.decimals(), "")));
            rows.add(row);
            label = NONE;
        }
        if (comparison.brokers().size() == 2) {
            rows.add(ratioRow(comparison, metrics));
        }
    }

    private static List<String> ratioRow(Comparison comparison, List<Metric> metrics) {
        String peer = comparison.brokers().getFirst();
        String broker = comparison.brokers().getLast();
        List<String> row = new ArrayList<>(List.of(NONE, broker + " / " + peer));
        for (Metric metric : metrics) {
            boolean judged = metric.better() != Metric.Better.NEITHER;
            row.add(judged ? cell(comparison.ratio(broker, peer, metric), 2, "x") : NONE);
        }
        return row;
    }

    private static List<Metric> metricsOf(List<Comparison> comparisons) {
        return Arrays.stream(Metric.values())
                .filter(metric -> comparisons.stream()
                        .anyMatch(comparison -> comparison.brokers().stream()
                                .anyMatch(broker ->
                                        comparison.median(broker, metric).isPresent())))
                .toList();
    }

    private static String cell(OptionalDouble value, int decimals, String suffix) {
        return value.isPresent() ? format(value.getAsDouble(), decimals) + suffix : NONE;
    }

    private static String format(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static String align(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        StringBuilder text = new StringBuilder();
        appendRow(text, rows.getFirst(), widths);
        text.append('|');
        for (int column = 0; column < columns; column++) {
            text.append(column < 2 ? "-" : "")
                    .append("-".repeat(widths[column] + 1))
                    .append(column < 2 ? "|" : ":|");
        }
        text.append('\n');
        rows.stream().skip(1).forEach(row -> appendRow(text, row, widths));
        return text.toString();
    }

    private static void appendRow(StringBuilder text, List<String> row, int[] widths) {
        text.append('|');
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - row.get(column).length());
            text.append(' ')
                    .append(column < 2 ? row.get(column) + padding : padding + row.get(column))
                    .append(" |");
        }
        text.append('\n');
    }
}
