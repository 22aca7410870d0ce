package io.millrace.log.disk;

import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A folder on a [MemoryDisk]: its names now, its names as last synced, and what was done since, in order. A crash
/// keeps the first few of those steps, as a journal does. Owned by: the disk's monitor.
final class MemoryFolder extends MemoryNode {
    private final TreeMap<String, MemoryNode> names = new TreeMap<>();
    private final TreeMap<String, MemoryNode> durable = new TreeMap<>();
    private final List<Runnable> unsynced = new ArrayList<>();

    @Nullable
    MemoryNode get(String name) {
        return names.get(name);
    }

    List<String> names() {
        return List.copyOf(names.keySet());
    }

    void put(String name, MemoryNode node) {
        names.put(name, node);
        unsynced.add(() -> durable.put(name, node));
    }

    void remove(String name) {
        names.remove(name);
        unsynced.add(() -> durable.remove(name));
    }

    /// Inside one folder a rename is one step; between two it is two, and the new name comes first.
    void rename(String name, MemoryFolder target, String newName) {
        MemoryNode node = names.remove(name);
        if (node == null) {
            throw new IllegalStateException("no " + name);
        }
        target.names.put(newName, node);
        if (target == this) {
            unsynced.add(() -> {
                durable.remove(name);
                durable.put(newName, node);
            });
        } else {
            target.unsynced.add(() -> target.durable.put(newName, node));
            unsynced.add(() -> durable.remove(name));
        }
    }

    void sync() {
        unsynced.forEach(Runnable::run);
        unsynced.clear();
    }

    @Override
    long bytes() {
        long total = 0;
        for (MemoryNode node : names.values()) {
            total += node.bytes();
        }
        return total;
    }

    @Override
    void crash(Randomness randomness) {
        int kept = randomness.nextInt(unsynced.size() + 1);
        unsynced.subList(0, kept).forEach(Runnable::run);
        unsynced.clear();
        names.clear();
        names.putAll(durable);
        names.values().forEach(node -> node.crash(randomness));
    }
}
