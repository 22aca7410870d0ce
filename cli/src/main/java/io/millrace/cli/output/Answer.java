package io.millrace.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes what a command found to its standard output, in the format the user asked for.
public final class Answer {
    private final OutputFormat format;
    private final PrintWriter out;

    public Answer(OutputFormat format, PrintWriter out) {
        this.format = format;
        this.out = out;
    }

    /// A list of items: a table, or a JSON array of objects.
    public <T> void rows(List<Column<T>> columns, List<T> items) {
        if (format == OutputFormat.JSON) {
            json(objects(columns, items));
        } else {
            table(columns, items);
        }
    }

    /// Names with values: two columns, or one JSON object.
    public void facts(Map<String, Object> facts) {
        if (format == OutputFormat.JSON) {
            json(facts);
            return;
        }
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
        facts.forEach((name, value) -> out.println(name + " ".repeat(width - name.length() + 2) + value));
        out.flush();
    }

    /// Things with what belongs to them: headlines and tables, or a JSON array of objects.
    public void descriptions(List<Description> things) {
        if (format == OutputFormat.JSON) {
            json(things.stream().map(Description::object).toList());
        } else {
            things.forEach(thing -> thing.print(this));
        }
    }

    /// A sentence about what was done; programs have the exit code.
    public void say(String sentence) {
        if (format == OutputFormat.TABLE) {
            out.println(sentence);
            out.flush();
        }
    }

    /// The table alone, whatever the format.
    public <T> void table(List<Column<T>> columns, List<T> items) {
        List<List<Object>> rows = items.stream()
                .map(item -> columns.stream()
                        .map(column -> column.value().apply(item))
                        .toList())
                .toList();
        Table.of(columns.stream().map(Column::name).toList(), rows).lines().forEach(out::println);
        out.flush();
    }

    /// A text as it is, whatever the format.
    public void print(String text) {
        out.println(text);
        out.flush();
    }

    /// JSON alone, whatever the format.
    public void json(Object value) {
        out.println(Json.text(value));
        out.flush();
    }

    /// The items as JSON objects, for answers that nest them.
    public static <T> List<Map<String, Object>> objects(List<Column<T>> columns, List<T> items) {
        var objects = new ArrayList<Map<String, Object>>();
        for (T item : items) {
            var object = new LinkedHashMap<String, Object>();
            columns.forEach(column -> object.put(column.name(), column.value().apply(item)));
            objects.add(object);
        }
        return objects;
    }
}
