package io.millrace.console.web;

import io.millrace.broker.topology.NamePattern;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// The parameters `page`, `page_size`, `name` and `use_regex`.
///
/// @param page from 1, 0 for all items without the frame of a page
record Paging(int page, int size, Predicate<String> names) {
    private static final int SIZE = 100;
    private static final int SIZE_MAX = 500;

    static Paging of(QueryParameters query) throws Refusal {
        if (query.find("page").isEmpty()) {
            return new Paging(0, Integer.MAX_VALUE, name -> true);
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

    private static Predicate<String> names(QueryParameters query) throws Refusal {
        String wanted = query.find("name").orElse("");
        if (wanted.isEmpty()) {
            return name -> true;
        }
        if (query.isTrue("use_regex")) {
            NamePattern pattern = new NamePattern("(?i)" + wanted);
            if (!pattern.isValid()) {
                throw invalid();
            }
            return pattern::matches;
        }
        String part = wanted.toLowerCase(Locale.ROOT);
        return name -> name.toLowerCase(Locale.ROOT).contains(part);
    }

    boolean isWhole() {
        return page == 0;
    }

    /// The part of `items` on this page.
    <T> List<T> cut(List<T> items) throws Refusal {
        if (isWhole()) {
            return items;
        }
        long from = (page - 1L) * size;
        if (page > 1 && from >= items.size()) {
            throw Refusal.badPage(
                    "page_out_of_range",
                    "Page out of range, page: " + page + " page size: " + size + ", len: " + items.size());
        }
        return items.subList((int) from, (int) Math.min(from + size, items.size()));
    }

    int pages(int count) {
        return (int) ((count + (long) size - 1) / size);
    }
}
