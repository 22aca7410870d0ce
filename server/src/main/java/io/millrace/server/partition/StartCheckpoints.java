package io.millrace.server.partition;

import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes of records that wait for the checkpoint: what was deleted must not come back with a restart. One write a
/// disk is out at a time, and whatever comes meanwhile goes with the next, because the file has a line for every
/// partition whatever changed.
///
/// Owned by: the loop of its [PartitionHost].
final class StartCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(StartCheckpoints.class);

    private final EventLoop loop;
    private final Map<DiskLoop, List<Waiting>> waiting = new HashMap<>();

    /// @param start what the client is told
    private record Waiting(PartitionLog log, LogDirectory directory, long start, Consumer<OffsetReply> answer) {}

    StartCheckpoints(EventLoop loop) {
        this.loop = loop;
    }

    void add(Hosted hosted, Consumer<OffsetReply> answer) {
        PartitionLog log = hosted.partition.log();
        DiskLoop disk = hosted.disk;
        if (!waiting.containsKey(disk)) {
            loop.atEndOfTurn(() -> write(disk)); // a request often names many partitions
        }
        waiting.computeIfAbsent(disk, _ -> new ArrayList<>())
                .add(new Waiting(log, log.directory(), log.startOffset(), answer));
    }

    /// While a write is out the disk has an entry, if only an empty one.
    private void write(DiskLoop disk) {
        List<Waiting> these = waiting.put(disk, new ArrayList<>());
        if (these == null || these.isEmpty()) {
            waiting.remove(disk);
            return;
        }
        disk.read(() -> {
            Set<PartitionLog> done = Set.of();
            ErrorKind otherwise = ErrorKind.STORAGE_ERROR;
            try {
                List<PartitionLog> logs = these.stream().map(Waiting::log).toList();
                done = these.getFirst().directory().checkpointStarts(logs);
                otherwise = ErrorKind.NOT_LEADER; // closed, deleted or moved to another disk meanwhile
            } catch (StorageException refused) {
                LOG.error("event=checkpoint-failed reason=\"{}\"", refused.getMessage(), refused);
            } finally {
                Set<PartitionLog> durable = done;
                ErrorKind error = otherwise; // also after a fault of ours: somebody waits
                loop.post(() -> answer(disk, these, durable, error));
            }
        });
    }

    private void answer(DiskLoop disk, List<Waiting> these, Set<PartitionLog> durable, ErrorKind otherwise) {
        try {
            for (Waiting one : these) {
                boolean isDurable = durable.contains(one.log());
                one.answer().accept(isDurable ? reply(ErrorKind.NONE, one.start()) : reply(otherwise, -1));
            }
        } finally {
            write(disk);
        }
    }

    static OffsetReply reply(ErrorKind error, long start) {
        return new OffsetReply(error, start, -1, -1, LeaderHint.NONE);
    }
}
