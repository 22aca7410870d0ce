package io.millrace.cli.experiment.history;

import java.util.List;
import java.util.Map;

/// The judgement of a whole history.
///
/// @param sent records that producers tried to write
/// @param acknowledged those they were told are stored
/// @param unknown those that ended without an answer: each may be in the log or not
/// @param refused those they were told are not stored
/// @param stored records in the log at the end
/// @param read records that readers got on the way, again and again counted
/// @param counts how often each violation was found
/// @param examples the first findings of each kind
public record Verdict(
        long sent,
        long acknowledged,
        long unknown,
        long refused,
        long stored,
        long read,
        Map<Violation, Long> counts,
        List<Finding> examples) {
    public Verdict {
        counts = Map.copyOf(counts);
        examples = List.copyOf(examples);
    }

    public long count(Violation violation) {
        return counts.getOrDefault(violation, 0L);
    }

    /// Whether nothing was found.
    public boolean isClean() {
        return counts.isEmpty();
    }
}
