package io.millrace.server.census;

import io.millrace.model.Loop;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Answers of several nodes, until all of them have answered or will not.
///
/// Owned by: its loop, where it is handed on.
final class Gathering<T> {
    private final Loop loop;
    private final Consumer<List<T>> whenAll;
    private final SortedMap<Integer, T> answers = new TreeMap<>();
    private int missing;

    /// @param asked how many nodes are
    /// @param whenAll told the answers there are, in the order of the nodes' ids
    Gathering(Loop loop, int asked, Consumer<List<T>> whenAll) {
        this.loop = loop;
        this.missing = asked;
        this.whenAll = whenAll;
    }

    /// May be called from any thread, once for each node.
    void add(int node, Optional<T> answer) {
        loop.run(() -> {
            answer.ifPresent(told -> answers.put(node, told));
            if (--missing == 0) {
                whenAll.accept(List.copyOf(answers.values()));
            }
        });
    }
}
