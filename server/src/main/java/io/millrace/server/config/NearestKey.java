package io.millrace.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what a mistyped key was meant to be: the nearest known one by edit distance.
final class NearestKey {
    private static final int SECTION_LETTERS_WRONG_MAX = 2;

    private NearestKey() {}

    /// The nearest, when it is near enough to be worth saying. A known key that ends as the typed one does (its section
    /// forgotten) is taken before any other.
    static Optional<String> to(String typed, Collection<String> known) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String each : known) {
            int distance = each.endsWith("." + typed) ? 1 : distance(typed, each);
            if (distance < least) {
                least = distance;
                nearest = each;
            }
        }
        return least <= Math.max(3, typed.length() / 3) ? Optional.of(nearest) : Optional.empty();
    }

    /// The section a key was meant to be in, when there is none of its name but one that is near.
    static Optional<String> section(String typed, Collection<String> known) {
        int dot = typed.indexOf('.');
        if (dot < 1) {
            return Optional.empty();
        }
        String name = typed.substring(0, dot);
        return known.stream()
                .filter(key -> key.indexOf('.') > 0)
                .map(key -> key.substring(0, key.indexOf('.')))
                .distinct()
                .filter(section -> !section.equals(name) && distance(name, section) <= SECTION_LETTERS_WRONG_MAX)
                .min(Comparator.comparingInt(section -> distance(name, section)));
    }

    /// Levenshtein's distance, row by row.
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[to.length()];
    }
}
