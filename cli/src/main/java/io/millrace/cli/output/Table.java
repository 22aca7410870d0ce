package io.millrace.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Lines of aligned columns under a header. Two spaces between columns and no frames, so that `awk` and `sort` can read
/// it too.
final class Table {
    private final List<List<String>> cells = new ArrayList<>();
    private final boolean[] rightAligned;
    private final int[] widths;

    private Table(int columns) {
        rightAligned = new boolean[columns];
        widths = new int[columns];
    }

    static Table of(List<String> names, List<List<Object>> rows) {
        var table = new Table(names.size());
        table.add(names.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
        for (List<Object> row : rows) {
            table.add(row.stream().map(Table::text).toList());
            for (int i = 0; i < row.size(); i++) {
                table.rightAligned[i] |= row.get(i) instanceof Number;
            }
        }
        return table;
    }

    List<String> lines() {
        return cells.stream().map(this::line).toList();
    }

    private void add(List<String> row) {
        cells.add(row);
        for (int i = 0; i < row.size(); i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    private String line(List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(rightAligned[i] ? padding + row.get(i) : row.get(i) + padding);
            line.append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static String text(Object cell) {
        if (cell instanceof List<?> list) {
            return String.join(",", list.stream().map(Object::toString).toList());
        }
        String text = cell.toString();
        return text.isEmpty() ? "-" : text;
    }
}
