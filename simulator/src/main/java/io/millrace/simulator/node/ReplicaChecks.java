package io.millrace.simulator.node;

import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.InSyncProposal;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.PartitionLog;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches;
import io.millrace.simulator.check.Batches.Batch;
import io.millrace.simulator.check.CommittedMetadata;
import io.millrace.simulator.check.History;
import io.millrace.simulator.check.Violation;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Looks at every replica a node has touched, when the turn that touched it is over: whatever lies below a high
/// watermark is the same everywhere and stays, a leader has it all, and so has everybody in sync.
///
/// Owned by: the thread of the simulation.
public final class ReplicaChecks {
    private static final int READ_BYTES_MAX = 1 << 20;

    private final History history;
    private final CommittedMetadata metadata;
    private final TreeMap<Integer, NodeLife> lives = new TreeMap<>();
    private final Map<String, String> appenders = new HashMap<>();

    public ReplicaChecks(History history, CommittedMetadata metadata) {
        this.history = history;
        this.metadata = metadata;
    }

    void born(NodeLife life) {
        lives.put(life.nodeId(), life);
    }

    void died(NodeLife life) {
        lives.remove(life.nodeId(), life);
    }

    /// One leader at most appends in an epoch.
    void appended(NodeLife life, Partition partition) {
        String leadership = partition.id() + " epoch " + partition.assignment().leaderEpoch();
        String before = appenders.putIfAbsent(leadership, life.toString());
        if (before != null && !before.equals(life.toString()) && !history.isLossy(partition.id())) {
            throw new Violation("%s: both %s and %s append".formatted(leadership, before, life));
        }
    }

    /// A leader asks for another in-sync set.
    void proposed(InSyncProposal proposal) {
        metadata.proposed(
                proposal.topicId(),
                proposal.partition().partition(),
                proposal.partitionEpoch(),
                proposal.isr().stream().map(InSyncProposal.Member::nodeId).toList());
    }

    /// A turn of a node's data loop is over.
    void afterTurn(NodeLife life, SimHost host) {
        for (Hosted hosted : host.all()) {
            if (!hosted.isReleased()) {
                check(life, hosted);
            }
        }
    }

    private void check(NodeLife life, Hosted hosted) {
        Partition partition = hosted.partition;
        if (history.isLossy(partition.id())) {
            return;
        }
        PartitionLog log = partition.log();
        long highWatermark = partition.highWatermark();
        if (log.endOffset() < hosted.checkedOffset && hosted.isRepaired) {
            checkRepair(life, hosted);
            hosted.checkedOffset = log.endOffset();
        }
        hosted.isRepaired = false;
        if (log.endOffset() < hosted.checkedOffset) {
            throw new Violation("%s: %s has cut its log to %d, below what was committed up to %d"
                    .formatted(partition.id(), life, log.endOffset(), hosted.checkedOffset));
        }
        Assignment assignment = partition.assignment();
        if (partition.isLeader() && hosted.ledEpoch < assignment.leaderEpoch()) {
            hosted.ledEpoch = assignment.leaderEpoch();
            checkNewLeader(life, hosted, assignment);
        }
        if (highWatermark > hosted.checkedOffset) {
            long before = history.committedEnd(partition.id());
            compare(life, hosted, highWatermark);
            if (history.committedEnd(partition.id()) > before) {
                checkInSync(life, partition);
            }
        }
    }

    /// Who throws away what it had of committed records, because it is damaged, may not be one whom others count on.
    private void checkRepair(NodeLife life, Hosted hosted) {
        if (metadata.isCountedOn(hosted.partition.id(), life.nodeId())) {
            throw new Violation("%s: %s repairs its log from %d on, below what was committed up to %d, while it counts"
                    .formatted(
                            hosted.partition.id(), life, hosted.partition.log().endOffset(), hosted.checkedOffset));
        }
    }

    /// Who hears late that it once led finds others further; that is no leader any more.
    private void checkNewLeader(NodeLife life, Hosted hosted, Assignment assignment) {
        TopicPartition id = hosted.partition.id();
        if (metadata.leaderEpoch(id) != assignment.leaderEpoch()) {
            return;
        }
        long committed = history.committedEnd(id);
        if (hosted.partition.log().endOffset() < committed) {
            throw new Violation("%s: %s leads epoch %d with a log that ends at %d, but committed is what is below %d"
                    .formatted(id, life, hosted.ledEpoch, hosted.partition.log().endOffset(), committed));
        }
        compare(life, hosted, Math.min(committed, hosted.partition.log().writtenOffset()));
    }

    private void compare(NodeLife life, Hosted hosted, long below) {
        PartitionLog log = hosted.partition.log();
        long from = Math.max(hosted.checkedOffset, log.startOffset());
        while (from < below) {
            long[] damagedAt = {Long.MAX_VALUE};
            ByteBuffer bytes =
                    Reading.bytes(log.read(from, below, READ_BYTES_MAX, true), offset -> damagedAt[0] = offset);
            long committed = history.committedEnd(hosted.partition.id());
            if (damagedAt[0] < committed) {
                from = Math.min(committed, below); // it is repaired before it is looked at again
                continue;
            }
            if (bytes == null || !bytes.hasRemaining()) {
                return; // what is to be cut, or refused, is looked at later
            }
            for (Batch batch : Batches.parse(bytes)) {
                if (batch.nextOffset() > from) {
                    history.shown(hosted.partition.id(), batch, life.toString());
                    from = batch.nextOffset();
                }
            }
        }
        hosted.checkedOffset = Math.max(hosted.checkedOffset, from);
    }

    private void checkInSync(NodeLife leader, Partition partition) {
        for (int member : partition.assignment().isr()) {
            NodeLife life = lives.get(member);
            Hosted replica = life == null ? null : life.hosted(partition.id());
            if (!metadata.isInSync(partition.id(), member)
                    || replica == null
                    || replica.isReleased()
                    || replica.partition.log().isBeingCut()) {
                continue; // it comes back with what it has on disk, and is looked at then
            }
            PartitionLog log = replica.partition.log();
            long safe = partition.isDurable() ? log.durableOffset() : log.writtenOffset();
            if (safe < partition.highWatermark()) {
                throw new Violation("%s: %s moved the high watermark to %d, but %s, in sync, has only what is below %d"
                        .formatted(partition.id(), leader, partition.highWatermark(), life, safe));
            }
        }
    }
}
