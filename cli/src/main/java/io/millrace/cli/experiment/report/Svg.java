package io.millrace.cli.experiment.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes the few elements of SVG that a chart needs. Looks come from classes of the style sheet, positions are in
/// pixels.
///
/// Owned by: one thread at a time.
final class Svg {
    /// A point of a path.
    record Point(double x, double y) {}

    private final StringBuilder text = new StringBuilder();

    Svg(int width, int height, String title, String style) {
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " role=\"img\">%n",
                width,
                height,
                width,
                height));
        text.append("<title>").append(escaped(title)).append("</title>\n");
        text.append("<style>\n").append(style.strip()).append("\n</style>\n");
    }

    /// What follows lies that much lower, until [#endGroup].
    void beginAt(double y) {
        add("<g transform=\"translate(0 %.1f)\">", y);
    }

    void endGroup() {
        add("</g>");
    }

    void rectangle(String type, double x, double y, double width, double height) {
        add("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", type, x, y, width, height);
    }

    void line(String type, Point from, Point to) {
        add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", type, from.x, from.y, to.x, to.y);
    }

    /// Straight lines through all points; closed and filled if the class says so.
    void path(String type, List<Point> points) {
        String through = points.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", point.x, point.y))
                .collect(Collectors.joining(" L"));
        add("<path class=\"%s\" d=\"M%s\"/>", type, through);
    }

    void words(String type, Point at, String words) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", type, at.x, at.y, escaped(words));
    }

    private void add(String element, Object... values) {
        text.append(String.format(Locale.ROOT, element, values)).append('\n');
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    String end() {
        return text + "</svg>\n";
    }
}
