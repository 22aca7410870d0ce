package io.millrace.cli.output;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One thing that was looked at closely: for a person a headline with tables below it, for a program an object that
/// nests lists.
///
/// @param headline what it is, on one line
/// @param facts the same for a program
/// @param parts its tables
public record Description(String headline, Map<String, Object> facts, List<Part<?>> parts) {
    /// A list that belongs to the thing; an empty one is not shown to a person.
    ///
    /// @param name its member in the object
    public record Part<T>(String name, List<Column<T>> columns, List<T> items) {
        private void print(Answer answer) {
            if (!items.isEmpty()) {
                answer.table(columns, items);
                answer.say("");
            }
        }

        private List<Map<String, Object>> objects() {
            return Answer.objects(columns, items);
        }
    }

    void print(Answer answer) {
        answer.say(headline);
        parts.forEach(part -> part.print(answer));
    }

    Map<String, Object> object() {
        var object = new LinkedHashMap<>(facts);
        parts.forEach(part -> object.put(part.name(), part.objects()));
        return object;
    }
}
