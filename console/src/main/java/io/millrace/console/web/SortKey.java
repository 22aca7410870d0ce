package io.millrace.console.web;

import com.fasterxml.jackson.databind.JsonNode;

/// What a list is sorted by: what has no value comes first, then numbers, then everything else by its text.
public record SortKey(int rank, double number, String text) implements Comparable<SortKey> {
    /// Nothing is known.
    public static final SortKey NONE = new SortKey(0, 0, "");

    public static SortKey of(double number) {
        return new SortKey(1, number, "");
    }

    public static SortKey of(long number) {
        double value = number;
        return of(value);
    }

    public static SortKey of(String text) {
        return new SortKey(2, 0, text);
    }

    static SortKey of(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return NONE;
        }
        return value.isNumber() ? of(value.doubleValue()) : of(value.asText());
    }

    @Override
    public int compareTo(SortKey other) {
        if (rank != other.rank) {
            return Integer.compare(rank, other.rank);
        }
        return rank == 1 ? Double.compare(number, other.number) : text.compareTo(other.text);
    }
}
