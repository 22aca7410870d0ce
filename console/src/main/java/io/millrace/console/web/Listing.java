package io.millrace.console.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

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
        Collection<T> chosen =
                paging.names().isPresent() ? named(items, paging.names().get()) : items;
        List<T> shown = paging.cut(sorted(chosen));
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

    private List<T> named(Collection<T> items, Predicate<String> names) {
        List<T> chosen = new ArrayList<>();
        for (T item : items) {
            if (names.test(shape.name(item))) {
                chosen.add(item);
            }
        }
        return chosen;
    }

    /// The items themselves when nobody wants another order: a page of them costs no more than the page.
    private Collection<T> sorted(Collection<T> items) {
        String fields = query.find("sort").orElse("");
        boolean isReversed = query.isTrue("sort_reverse");
        if (fields.isEmpty()) {
            return isReversed ? new ArrayList<>(items).reversed() : items;
        }
        List<String> wanted = List.of(fields.split(",", -1));
        List<Keyed<T>> keyed = new ArrayList<>(items.size());
        items.forEach(item -> keyed.add(new Keyed<>(item, keys(item, wanted))));
        keyed.sort(Comparator.comparing(Keyed::keys, Listing::compare));
        List<T> sorted = new ArrayList<>(items.size());
        keyed.forEach(each -> sorted.add(each.item()));
        return isReversed ? sorted.reversed() : sorted;
    }

    private record Keyed<T>(T item, List<SortKey> keys) {}

    private List<SortKey> keys(T item, List<String> fields) {
        List<SortKey> keys = new ArrayList<>(fields.size());
        for (String field : fields) {
            keys.add(shape.field(item, field).orElseGet(() -> SortKey.of(Columns.find(shape.tree(item), field))));
        }
        return keys;
    }

    private static int compare(List<SortKey> left, List<SortKey> right) {
        int order = 0;
        for (int at = 0; at < left.size() && order == 0; at++) {
            order = left.get(at).compareTo(right.get(at));
        }
        return order;
    }
}
