package io.millrace.cli.experiment.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts violations and keeps the first of each kind: one lost segment is a million findings.
///
/// Owned by: the history.
final class Findings {
    private static final int KEPT_MAX = 20;

    private final Map<Violation, Long> counts = new EnumMap<>(Violation.class);
    private final List<Finding> kept = new ArrayList<>();

    void add(Violation violation, int partition, long offset, String what) {
        long before = counts.getOrDefault(violation, 0L);
        counts.put(violation, before + 1);
        if (before < KEPT_MAX) {
            kept.add(new Finding(violation, partition, offset, what));
        }
    }

    Map<Violation, Long> counts() {
        return counts;
    }

    List<Finding> kept() {
        return kept;
    }
}
