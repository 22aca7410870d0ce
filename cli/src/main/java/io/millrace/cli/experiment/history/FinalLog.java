package io.millrace.cli.experiment.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All partitions of the topic as they are read from begin to end when nothing is written any more.
///
/// Owned by: one thread at a time.
public final class FinalLog {
    /// By partition, in the order they were read.
    private final List<Longs> offsets = new ArrayList<>();

    private final List<Longs> contents = new ArrayList<>();

    public FinalLog(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            offsets.add(new Longs(Content.NOTHING));
            contents.add(new Longs(Content.NOTHING));
        }
    }

    /// The next record of a partition.
    ///
    /// @param id what its value says, empty for a value that no producer of the history can have written
    public void add(int partition, long offset, Optional<RecordId> id) {
        Longs list = offsets.get(partition);
        contents.get(partition).set(list.size(), Content.of(partition, id));
        list.set(list.size(), offset);
    }

    int partitions() {
        return offsets.size();
    }

    Longs offsets(int partition) {
        return offsets.get(partition);
    }

    Longs contents(int partition) {
        return contents.get(partition);
    }
}
