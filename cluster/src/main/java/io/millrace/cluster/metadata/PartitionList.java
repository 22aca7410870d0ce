package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.PartitionView;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/// The partitions of one topic: an immutable list in chunks, so that changing one of 10,000 partitions copies one chunk
/// and the list of chunks, not 10,000 references.
final class PartitionList extends AbstractList<PartitionView> implements RandomAccess {
    static final PartitionList EMPTY = new PartitionList(new PartitionView[0][], 0);

    private static final int CHUNK = 256;

    private final PartitionView[][] chunks;
    private final int size;

    private PartitionList(PartitionView[][] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    @Override
    public PartitionView get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("partition " + index + " of " + size);
        }
        return chunks[index / CHUNK][index % CHUNK];
    }

    @Override
    public int size() {
        return size;
    }

    PartitionList with(PartitionView changed) {
        get(changed.index());
        PartitionView[][] next = chunks.clone();
        int chunk = changed.index() / CHUNK;
        next[chunk] = next[chunk].clone();
        next[chunk][changed.index() % CHUNK] = changed;
        return new PartitionList(next, size);
    }

    PartitionList withAppended(List<PartitionState> states) {
        int nextSize = size + states.size();
        PartitionView[][] next = new PartitionView[(nextSize + CHUNK - 1) / CHUNK][];
        for (int chunk = 0; chunk < next.length; chunk++) {
            int length = Math.min(CHUNK, nextSize - chunk * CHUNK);
            next[chunk] = chunk < chunks.length && chunks[chunk].length == length
                    ? chunks[chunk]
                    : extended(chunk, length, states);
        }
        return new PartitionList(next, nextSize);
    }

    private PartitionView[] extended(int chunk, int length, List<PartitionState> states) {
        PartitionView[] views = new PartitionView[length];
        int first = chunk * CHUNK;
        for (int at = 0; at < length; at++) {
            int index = first + at;
            views[at] = index < size ? get(index) : states.get(index - size).view(index);
        }
        return views;
    }
}
