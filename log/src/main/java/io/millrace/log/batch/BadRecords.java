package io.millrace.log.batch;

import io.millrace.log.batch.AppendResult.RecordError;
import java.util.ArrayList;
import java.util.List;

/// Names the records of a batch that a topic refuses. Made for a second [RecordScan] over records whose framing is
/// known to be sound, so that nothing has to be unpacked as a whole to find out which ones are to blame.
///
/// Owned by: the check of one batch.
final class BadRecords implements RecordScan.Witness {
    /// Bytes of one answer are bounded: more bad records than these are counted but not listed.
    private static final int LISTED_MAX = 1_000;

    private final Rule rule;
    private final List<RecordError> listed = new ArrayList<>();
    private int index = -1;
    private int count;

    /// What a topic demands of a record.
    interface Rule {
        boolean isBad(long timestamp, boolean hasKey);

        /// What a client is told of a bad one.
        String text(long timestamp, int index);
    }

    BadRecords(Rule rule) {
        this.rule = rule;
    }

    @Override
    public void saw(long timestamp, boolean hasKey) {
        index++;
        if (rule.isBad(timestamp, hasKey) && ++count <= LISTED_MAX) {
            listed.add(new RecordError(index, rule.text(timestamp, index)));
        }
    }

    int count() {
        return count;
    }

    List<RecordError> listed() {
        return List.copyOf(listed);
    }
}
