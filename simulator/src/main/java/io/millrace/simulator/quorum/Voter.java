package io.millrace.simulator.quorum;

import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one node has of the metadata log on its disk, and its process when there is one.
///
/// Owned by: the thread of the simulation.
final class Voter {
    final int node;
    private final List<Batch> batches = new ArrayList<>();
    private int durable;
    int epochSeen;
    long lastMajorityNs;
    boolean isLearner;

    @Nullable
    SimMetadataLog life;

    Voter(int node) {
        this.node = node;
    }

    @Override
    public String toString() {
        return "node %d%s%s: %d batches, %d durable, epoch %d"
                .formatted(
                        node,
                        life == null ? " down" : life.isTurning() ? "" : " still",
                        isLearner ? " learns" : "",
                        size(),
                        durable,
                        epochSeen);
    }

    int size() {
        return batches.size();
    }

    Batch get(int index) {
        return batches.get(index);
    }

    int durable() {
        return durable;
    }

    int lastEpoch() {
        return batches.isEmpty() ? 0 : batches.getLast().last().epoch();
    }

    long endOffset() {
        return batches.isEmpty() ? 0 : batches.getLast().last().offset() + 1;
    }

    void add(Batch batch) {
        batches.add(batch);
    }

    void sync(int upTo) {
        durable = Math.max(durable, Math.min(upTo, batches.size()));
    }

    /// Becomes what the leader has: what only an earlier leader knew goes.
    void follow(Voter leader) {
        int same = 0;
        while (same < Math.min(size(), leader.size()) && get(same) == leader.get(same)) {
            same++;
        }
        batches.subList(same, size()).clear();
        durable = Math.min(durable, same);
        batches.addAll(leader.batches.subList(same, leader.size()));
    }

    boolean hasAll(List<Batch> committed) {
        return size() >= committed.size()
                && batches.subList(0, committed.size()).equals(committed);
    }

    /// The machine loses power: what was not synced is there, or is not.
    void crash(SeededRandomness chance) {
        int kept = chance.between(durable, size());
        batches.subList(kept, size()).clear();
        durable = kept;
    }

    void wipe() {
        batches.clear();
        durable = 0;
        isLearner = true;
    }
}
