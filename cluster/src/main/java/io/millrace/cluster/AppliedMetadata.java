package io.millrace.cluster;

import io.millrace.cluster.controller.CommandQueue.Foreseen;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/// What this node knows: committed records applied to the image, the image published, subscribers told, and those who
/// wait for an offset called.
///
/// Owned by: the metadata loop. Invariant: published, then heard by subscribers, then whoever waited, in this order for
/// every change.
final class AppliedMetadata {
    private final MetadataImage empty;
    private final CatalogCell published;
    private final Loop loop;
    private final MetadataLog log;
    private final int recordsPerSnapshot;
    private final List<CatalogListener> listeners = new ArrayList<>();
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Waiting::offset).thenComparingLong(Waiting::number));
    private long offset = -1;
    private long nextNumber;
    private int recordsSinceSnapshot;

    /// @param empty what is known before the first record
    AppliedMetadata(MetadataImage empty, ClusterPorts ports, int recordsPerSnapshot) {
        this.empty = empty;
        this.published = ports.published();
        this.loop = ports.loop();
        this.log = ports.log();
        this.recordsPerSnapshot = recordsPerSnapshot;
    }

    /// Somebody who acts when this node knows what is at `offset`.
    private record Waiting(long offset, long number, Runnable turn, Loop.Timer limit) {}

    MetadataImage image() {
        return published.get();
    }

    /// The last offset applied, or -1.
    long offset() {
        return offset;
    }

    void subscribe(CatalogListener listener) {
        listeners.add(listener);
        CatalogDelta everything = CatalogDelta.of(image());
        if (!everything.isEmpty()) {
            listener.onChange(empty, image(), everything);
        }
    }

    /// Runs `turn` once, when `wanted` is applied or after `limitMs`: what somebody else was told to be committed is
    /// true even if this node is cut off before it sees it.
    void when(long wanted, long limitMs, Runnable turn) {
        if (wanted <= offset) {
            turn.run();
            return;
        }
        long number = nextNumber++;
        Loop.Timer limit = loop.after(limitMs, () -> {
            if (waiting.removeIf(each -> each.number() == number)) {
                turn.run();
            }
        });
        waiting.add(new Waiting(wanted, number, turn, limit));
    }

    void onSnapshot(Position last, List<MetadataRecord> records) {
        MetadataImage before = image();
        ImageDraft draft = empty.draft();
        records.forEach(draft::apply);
        MetadataImage after = draft.image().withController(before.controllerId());
        recordsSinceSnapshot = 0;
        publish(before, after, draft.deltaFromAll(before, after));
        advance(last.offset());
    }

    /// @param foreseen what the records make of the image, if that is known
    void onCommitted(Position last, List<MetadataRecord> records, Optional<Foreseen> foreseen) {
        if (!records.isEmpty()) {
            MetadataImage before = image();
            Foreseen made = foreseen.orElseGet(() -> applied(before, records));
            publish(before, made.after(), made.delta());
            recordsSinceSnapshot += records.size();
        }
        advance(last.offset());
    }

    private static Foreseen applied(MetadataImage before, List<MetadataRecord> records) {
        ImageDraft draft = before.draft();
        records.forEach(draft::apply);
        MetadataImage after = draft.image();
        return new Foreseen(after, draft.changes().between(before, after));
    }

    private void publish(MetadataImage before, MetadataImage after, CatalogDelta delta) {
        published.set(after);
        if (!delta.isEmpty()) {
            listeners.forEach(listener -> listener.onChange(before, after, delta));
        }
    }

    private void advance(long applied) {
        offset = applied;
        while (!waiting.isEmpty() && waiting.element().offset() <= offset) {
            Waiting next = waiting.remove();
            next.limit().cancel();
            next.turn().run();
        }
    }

    void onController(int controllerId) {
        published.set(image().withController(controllerId));
    }

    /// A snapshot costs as much as there is to write, so a large image is written less often.
    void writeSnapshotWhenDue(Position last) {
        MetadataImage image = image();
        if (recordsSinceSnapshot >= recordsPerSnapshot && recordsSinceSnapshot >= ImageSnapshot.sizeOf(image)) {
            log.writeSnapshot(last, action -> ImageSnapshot.forEach(image, action));
            recordsSinceSnapshot = 0;
        }
    }
}
