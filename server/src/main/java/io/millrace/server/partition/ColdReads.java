package io.millrace.server.partition;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;

/// The reads of one fetch that may have to wait for a disk: gathered while the fetch goes through its partitions, then
/// run on the disks' threads, one outcome each.
///
/// Owned by: whoever reads for the fetch until [#start], its home loop from then on.
final class ColdReads {
    private static final long MOVED_RETRY_MS = 2;
    private static final int MOVED_RETRIES_MAX = 500;

    private final NodePartitions node;
    private final FetchQuery query;
    private final FetchOperation.Reader reader;
    private final Sink sink;
    private final List<Runnable> gathered = new ArrayList<>(0);
    private int out;

    /// Where outcomes go, on the home loop.
    interface Sink {
        /// @param result [ReadResult.Ready] or [ReadResult.Refused]
        /// @param isLast whether no other read is out
        void onCold(int index, ReadResult result, boolean isLast);
    }

    ColdReads(NodePartitions node, FetchQuery query, FetchOperation.Reader reader, Sink sink) {
        this.node = node;
        this.query = query;
        this.reader = reader;
        this.sink = sink;
    }

    boolean isEmpty() {
        return gathered.isEmpty();
    }

    void clear() {
        gathered.clear();
    }

    /// The job starts when the pass is over: its outcome may arrive on the home loop while another loop is still in the
    /// middle of the pass.
    ///
    /// @param index which of the partitions asked for it is
    void add(Hosted hosted, int index, int budget, ReadResult.Cold cold) {
        gathered.add(() -> run(hosted, index, budget, cold, 0));
    }

    void start() {
        out = gathered.size();
        gathered.forEach(Runnable::run);
        gathered.clear();
    }

    private void run(Hosted hosted, int index, int budget, ReadResult.Cold cold, int movedCount) {
        TopicPartition id = hosted.partition.id();
        hosted.disk.read(() -> {
            ReadResult result = new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
            try {
                result = cold.job().run();
            } finally {
                if (result instanceof ReadResult.Moved) {
                    Runnable again = () -> readMoved(hosted, index, budget, movedCount + 1);
                    node.hosts().of(id).loop().after(MOVED_RETRY_MS, again);
                } else if (result instanceof ReadResult.Damaged(long offset)) {
                    node.hosts().of(id).loop().post(() -> onDamaged(hosted, index, offset));
                } else {
                    answer(index, result); // also after a fault of ours: somebody waits
                }
            }
        });
    }

    private void onDamaged(Hosted hosted, int index, long offset) {
        try {
            node.hosts().of(hosted.partition.id()).onDamaged(hosted, offset);
        } finally {
            answer(index, new ReadResult.Refused(DamagedLogs.refusal(hosted.partition)));
        }
    }

    private void answer(int index, ReadResult result) {
        node.home().post(() -> {
            out--;
            sink.onCold(index, result, out == 0);
        });
    }

    /// Compaction swapped files under a cold read, or recovery cut one: the same read once more, on the log's owner.
    private void readMoved(Hosted hosted, int index, int budget, int movedCount) {
        FetchQuery.Ask ask = query.partitions().get(index);
        if (node.hosts().of(ask.partition()).hosted(ask.partition()) != hosted) {
            answer(index, new ReadResult.Refused(ErrorKind.NOT_LEADER));
            return;
        }
        ReadResult result = new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
        if (movedCount > MOVED_RETRIES_MAX) {
            answer(index, result); // the disk does not let the log come to rest
            return;
        }
        try {
            result = readOnceMore(hosted, index, budget);
        } finally {
            if (result instanceof ReadResult.Cold cold) {
                run(hosted, index, budget, cold, movedCount);
            } else if (result instanceof ReadResult.Damaged(long offset)) {
                onDamaged(hosted, index, offset);
            } else {
                answer(index, result);
            }
        }
    }

    private ReadResult readOnceMore(Hosted hosted, int index, int budget) {
        ReadOutcome outcome = reader.read(hosted.partition, index, budget, true);
        return switch (outcome.bytes()) {
            case null ->
                outcome.error() == ErrorKind.NONE
                        ? new ReadResult.Ready(FileSlice.empty())
                        : new ReadResult.Refused(outcome.error());
            case ReadResult found -> found;
        };
    }
}
