package io.millrace.console.web;

import io.millrace.broker.topology.NamePattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// The parameters `page`, `page_size`, `name` and `use_regex`.
///
/// @param page from 1, 0 for all items without the frame of a page
/// @param names which items are chosen, when not all are
record Paging(int page, int size, Optional<Predicate<String>> names) {
    private static final int SIZE = 100;
    private static final int SIZE_MAX = 500;

    static Paging of(QueryParameters query) throws Refusal {
        if (query.find("page").isEmpty()) {
            return new Paging(0, Integer.MAX_VALUE, Optional.empty());
        }
        int page = number(query.find("page").orElse(""));
        int size = query.find("page_size").isPresent()
                ? number(query.find("page_size").orElse(""))
                : SIZE;
        if (page < 1 || size < 1 || size > SIZE_MAX) {
            throw Refusal.badPage(
                    "invalid_pagination_parameters",
                    "Invalid pagination parameters: page number " + page + ", page size " + size);
        }
        return new Paging(page, size, names(query));
    }

    private static Refusal invalid() {
        return Refusal.badRequest("Pagination parameters are invalid");
    }

    private static int number(String text) throws Refusal {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw invalid();
        }
    }

    private static Optional<Predicate<String>> names(QueryParameters query) throws Refusal {
        String wanted = query.find("name").orElse("");
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        if (query.isTrue("use_regex")) {
            NamePattern pattern = new NamePattern("(?i)" + wanted);
            if (!pattern.isValid()) {
                throw invalid();
            }
            return Optional.of(pattern::matches);
        }
        String part = wanted.toLowerCase(Locale.ROOT);
        return Optional.of(name -> name.toLowerCase(Locale.ROOT).contains(part));
    }

    boolean isWhole() {
        return page == 0;
    }

    /// The part of `items` on this page.
    <T> List<T> cut(Collection<T> items) throws Refusal {
        if (isWhole()) {
            return List.copyOf(items);
        }
        long from = (page - 1L) * size;
        if (page > 1 && from >= items.size()) {
            throw Refusal.badPage(
                    "page_out_of_range",
                    "Page out of range, page: " + page + " page size: " + size + ", len: " + items.size());
        }
        List<T> part = new ArrayList<>();
        Iterator<T> rest = items.iterator();
        for (long at = 0; at < from + size && rest.hasNext(); at++) {
            T item = rest.next();
            if (at >= from) {
                part.add(item);
            }
        }
        return part;
    }

    int pages(int count) {
        return (int) ((count + (long) size - 1) / size);
    }
}
