package io.millrace.cli.experiment.report;

import io.millrace.cli.experiment.history.Violation;
import io.millrace.cli.experiment.load.Bucket;
import io.millrace.cli.experiment.report.Svg.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Throughput and errors over time with the kills marked, one panel for each broker, all on the same scales. Follows
/// the reader's light or dark theme.
public final class FailoverChart {
    private static final int WIDTH = 1_000;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 56;
    private static final int RATE_HEIGHT = 150;
    private static final int TROUBLE_TOP = TOP + RATE_HEIGHT + 14;
    private static final int TROUBLE_HEIGHT = 36;
    private static final int PANEL_HEIGHT = TROUBLE_TOP + TROUBLE_HEIGHT + 36;
    private static final int STEPS_MAX = 450;
    private static final int TICKS_MAX = 12;
    private static final int ROUND_RATE = 500;
    private static final double MS_PER_SECOND = 1_000;

    /// Plain colours in plain classes: viewers beside browsers know no variables and would paint all of it black.
    private static final String STYLE = """
            svg { font: 12px ui-sans-serif, system-ui, sans-serif; }
            .paper { fill: #ffffff; }
            text { fill: #1f2328; }
            .heading { font-size: 14px; font-weight: 600; }
            .right { text-anchor: end; }
            .middle { text-anchor: middle; }
            .grid { stroke: #d1d9e0; }
            .rate { fill: #0969da; fill-opacity: .35; stroke: #0969da; stroke-width: 1; }
            .kill { stroke: #cf222e; stroke-width: 1.5; }
            .restart { stroke: #1a7f37; stroke-width: 1; stroke-dasharray: 3 3; }
            .retry { fill: #bc4c00; fill-opacity: .6; }
            .error { fill: #cf222e; }
            @media (prefers-color-scheme: dark) {
              .paper { fill: #0d1117; }
              text { fill: #e6edf3; }
              .grid { stroke: #30363d; }
              .rate { fill: #58a6ff; stroke: #58a6ff; }
              .kill { stroke: #ff7b72; }
              .restart { stroke: #56d364; }
              .retry { fill: #ffa657; }
              .error { fill: #ff7b72; }
            }
            """;

    /// The scales of all panels.
    private record Scales(long endMs, double rateMax, double troubleMax) {
        double x(long ms) {
            return LEFT + (double) ms / endMs * (WIDTH - LEFT - RIGHT);
        }

        double rateY(double perSecond) {
            return TOP + RATE_HEIGHT * (1 - Math.min(1, perSecond / rateMax));
        }

        double troubleHeight(double perSecond) {
            return Math.min(1, perSecond / troubleMax) * TROUBLE_HEIGHT;
        }
    }

    private FailoverChart() {}

    public static String svg(List<FailoverOutcome> outcomes) {
        var svg =
                new Svg(WIDTH, PANEL_HEIGHT * outcomes.size(), "Throughput and errors while leaders are killed", STYLE);
        svg.rectangle("paper", 0, 0, WIDTH, PANEL_HEIGHT * outcomes.size());
        int together = together(outcomes);
        List<List<Bucket>> series = outcomes.stream()
                .map(outcome -> coarse(outcome.buckets(), together))
                .toList();
        Scales scales = scales(series);
        for (int i = 0; i < outcomes.size(); i++) {
            panel(svg, i * PANEL_HEIGHT, outcomes.get(i), series.get(i), scales);
        }
        return svg.end();
    }

    /// How many buckets make a step, so that there are few enough to be drawn; the same in all panels, because longer
    /// steps look calmer.
    private static int together(List<FailoverOutcome> outcomes) {
        int longest = outcomes.stream()
                .mapToInt(outcome -> outcome.buckets().size())
                .max()
                .orElse(1);
        return Math.max(1, Math.ceilDiv(longest, STEPS_MAX));
    }

    private static List<Bucket> coarse(List<Bucket> fine, int together) {
        var steps = new ArrayList<Bucket>();
        for (int from = 0; from < fine.size(); from += together) {
            steps.add(sum(fine.subList(from, Math.min(fine.size(), from + together))));
        }
        return steps;
    }

    private static Bucket sum(List<Bucket> buckets) {
        return new Bucket(
                buckets.getFirst().startMs(),
                buckets.stream().mapToLong(Bucket::acknowledged).sum(),
                buckets.stream().mapToLong(Bucket::read).sum(),
                buckets.stream().mapToLong(Bucket::retries).sum(),
                buckets.stream().mapToLong(Bucket::errors).sum());
    }

    private static long stepMs(List<Bucket> steps) {
        return steps.size() < 2
                ? Bucket.MS
                : steps.get(1).startMs() - steps.getFirst().startMs();
    }

    private static double perSecond(long count, long stepMs) {
        return count * MS_PER_SECOND / stepMs;
    }

    /// The backlog that is written after a gap would flatten everything else, so a scale ends at twice the median.
    private static Scales scales(List<List<Bucket>> series) {
        long endMs = 1;
        double rateMax = 1;
        double troubleMax = 1;
        for (List<Bucket> steps : series) {
            long stepMs = stepMs(steps);
            double[] rates = steps.stream()
                    .mapToDouble(step -> perSecond(step.acknowledged(), stepMs))
                    .sorted()
                    .toArray();
            for (Bucket step : steps) {
                endMs = Math.max(endMs, step.startMs() + stepMs);
                troubleMax = Math.max(troubleMax, perSecond(step.retries() + step.errors(), stepMs));
            }
            rateMax = Math.max(rateMax, rates.length == 0 ? 1 : rates[rates.length / 2] * 2);
        }
        return new Scales(endMs, Math.ceil(rateMax / ROUND_RATE) * ROUND_RATE, troubleMax);
    }

    private static void panel(Svg svg, int top, FailoverOutcome outcome, List<Bucket> steps, Scales scales) {
        svg.beginAt(top);
        svg.words("heading", new Point(LEFT, 22), heading(outcome));
        legend(svg);
        axes(svg, scales);
        rate(svg, steps, scales);
        trouble(svg, steps, scales);
        marks(svg, outcome, scales);
        svg.endGroup();
    }

    private static String heading(FailoverOutcome outcome) {
        return String.format(
                Locale.ROOT,
                "%s: %d leaders killed; the next write acknowledged after %,d ms (median), %,d ms (worst); lost %d of %,d",
                outcome.software(),
                outcome.failovers().size(),
                outcome.median(Failover::writeMs),
                outcome.worst(Failover::writeMs),
                outcome.verdict().count(Violation.LOST),
                outcome.verdict().acknowledged());
    }

    private static void legend(Svg svg) {
        double y = 42;
        svg.rectangle("rate", LEFT, y - 9, 12, 9);
        svg.words("", new Point(LEFT + 18, y), "acknowledged records/s");
        svg.line("kill", new Point(LEFT + 186, y - 10), new Point(LEFT + 186, y));
        svg.words("", new Point(LEFT + 192, y), "leader killed");
        svg.line("restart", new Point(LEFT + 286, y - 10), new Point(LEFT + 286, y));
        svg.words("", new Point(LEFT + 292, y), "node started again");
        svg.rectangle("retry", LEFT + 420, y - 9, 12, 9);
        svg.words("", new Point(LEFT + 438, y), "retries in the client");
        svg.rectangle("error", LEFT + 576, y - 9, 12, 9);
        svg.words("", new Point(LEFT + 594, y), "errors the application saw");
    }

    private static void axes(Svg svg, Scales scales) {
        for (int quarter = 0; quarter <= 2; quarter++) {
            double rate = scales.rateMax() * quarter / 2;
            double y = scales.rateY(rate);
            svg.line("grid", new Point(LEFT, y), new Point(WIDTH - RIGHT, y));
            svg.words("right", new Point(LEFT - 8, y + 4), String.format(Locale.ROOT, "%,.0f", rate));
        }
        double bottom = TROUBLE_TOP + TROUBLE_HEIGHT;
        svg.line("grid", new Point(LEFT, bottom), new Point(WIDTH - RIGHT, bottom));
        svg.words(
                "right",
                new Point(LEFT - 8, TROUBLE_TOP + 12),
                String.format(Locale.ROOT, "%,.0f", scales.troubleMax()));
        long step = tickSeconds(scales.endMs() / MS_PER_SECOND);
        for (long second = 0; second * MS_PER_SECOND <= scales.endMs(); second += step) {
            double x = scales.x(Math.round(second * MS_PER_SECOND));
            svg.line("grid", new Point(x, bottom), new Point(x, bottom + 4));
            svg.words("middle", new Point(x, bottom + 18), second + " s");
        }
    }

    /// A round number of seconds between two marks of the time axis.
    static long tickSeconds(double seconds) {
        long step = 1;
        while (seconds / step > TICKS_MAX) {
            step *= Long.toString(step).startsWith("1") ? 5 : 2; // 1, 5, 10, 50, 100
        }
        return step;
    }

    private static void rate(Svg svg, List<Bucket> steps, Scales scales) {
        long stepMs = stepMs(steps);
        var points = new ArrayList<Point>();
        points.add(new Point(scales.x(0), scales.rateY(0)));
        for (Bucket step : steps) {
            double y = scales.rateY(perSecond(step.acknowledged(), stepMs));
            points.add(new Point(scales.x(step.startMs()), y));
            points.add(new Point(scales.x(step.startMs() + stepMs), y));
        }
        points.add(new Point(points.getLast().x(), scales.rateY(0)));
        svg.path("rate", points);
    }

    private static void trouble(Svg svg, List<Bucket> steps, Scales scales) {
        long stepMs = stepMs(steps);
        double bottom = TROUBLE_TOP + TROUBLE_HEIGHT;
        for (Bucket step : steps) {
            double x = scales.x(step.startMs());
            double width = Math.max(1, scales.x(step.startMs() + stepMs) - x);
            double retries = scales.troubleHeight(perSecond(step.retries(), stepMs));
            double errors = scales.troubleHeight(perSecond(step.errors(), stepMs));
            if (step.retries() > 0) {
                svg.rectangle("retry", x, bottom - retries, width, retries);
            }
            if (step.errors() > 0) {
                svg.rectangle("error", x, bottom - retries - errors, width, errors);
            }
        }
    }

    private static void marks(Svg svg, FailoverOutcome outcome, Scales scales) {
        for (Moment moment : outcome.timeline()) {
            if (moment.kind() != Moment.Kind.OTHER) {
                double x = scales.x(moment.atMs());
                String type = moment.kind() == Moment.Kind.KILL ? "kill" : "restart";
                svg.line(type, new Point(x, TOP - 4), new Point(x, TROUBLE_TOP + TROUBLE_HEIGHT));
            }
        }
    }
}
