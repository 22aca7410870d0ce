package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// A list as the query wants it: filtered, sorted, one page of it, with some of its columns.
public final class Listing<T> {
    private final QueryParameters query;
    private final Shape<T> shape;

    private Listing(QueryParameters query, Shape<T> shape) {
        this.query = query;
        this.shape = shape;
    }

    /// @param items all there are, in the order of a list nobody wants sorted
    public static <T> ApiAnswer answer(QueryParameters query, Collection<T> items, Shape<T> shape) throws Refusal {
        return new Listing<>(query, shape).answer(items);
    }

    private ApiAnswer answer(Collection<T> items) throws Refusal {
        Paging paging = Paging.of(query);
        Columns columns = Columns.of(query);
        List<T> chosen = new ArrayList<>(items.size());
        for (T item : items) {
            if (paging.names().test(shape.name(item))) {
                chosen.add(item);
            }
        }
        sort(chosen);
        List<T> shown = paging.cut(chosen);
        if (paging.isWhole()) {
            return ApiAnswer.written(JsonBytes.list(
                    shown.stream().map(item -> columns.of(shape.tree(item))).iterator()));
        }
        ObjectNode frame = JsonNodeFactory.instance.objectNode();
        frame.put("filtered_count", chosen.size()).put("item_count", shown.size());
        ArrayNode list = frame.putArray("items");
        shown.forEach(item -> list.add(columns.of(shape.tree(item))));
        frame.put("page", paging.page())
                .put("page_count", paging.pages(chosen.size()))
                .put("page_size", paging.size())
                .put("total_count", items.size());
        return ApiAnswer.ok(frame);
    }

    private void sort(List<T> items) {
        String fields = query.find("sort").orElse("");
        if (!fields.isEmpty()) {
            List<Keyed<T>> keyed = new ArrayList<>(items.size());
            List<String> wanted = List.of(fields.split(",", -1));
            items.forEach(item -> keyed.add(new Keyed<>(item, keys(item, wanted))));
            keyed.sort(Comparator.comparing(Keyed::keys, Listing::compare));
            items.clear();
            keyed.forEach(each -> items.add(each.item()));
        }
        if (query.isTrue("sort_reverse")) {
            Collections.reverse(items);
        }
    }

    private record Keyed<T>(T item, List<JsonNode> keys) {}

    private List<JsonNode> keys(T item, List<String> fields) {
        List<JsonNode> keys = new ArrayList<>(fields.size());
        for (String field : fields) {
            keys.add(shape.field(item, field).orElseGet(() -> Columns.find(shape.tree(item), field)));
        }
        return keys;
    }

    private static int compare(List<JsonNode> left, List<JsonNode> right) {
        int order = 0;
        for (int at = 0; at < left.size() && order == 0; at++) {
            order = compare(left.get(at), right.get(at));
        }
        return order;
    }

    /// What has no value comes first, then numbers, then everything else by its text.
    private static int compare(JsonNode left, JsonNode right) {
        int order = Integer.compare(rank(left), rank(right));
        if (order != 0) {
            return order;
        }
        return left.isNumber()
                ? Double.compare(left.doubleValue(), right.doubleValue())
                : left.asText().compareTo(right.asText());
    }

    private static int rank(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        return value.isNumber() ? 1 : 2;
    }
}
