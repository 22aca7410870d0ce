package io.millrace.server.census;

import io.millrace.model.Loop;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Answers of several nodes, until all of them have answered or will not. It ends in any case, without those who owe
/// theirs for too long: who comes later than it would wait for its end.
///
/// Owned by: its loop, where it is handed on.
final class Gathering<T> {
    /// More than the longest question takes.
    static final long MS_MAX = RowQuestion.WHOLE_MS_MAX + 2 * OtherNodes.ANSWER_MS;

    private final Loop loop;
    private final Consumer<List<T>> whenAll;
    private final SortedMap<Integer, T> answers = new TreeMap<>();
    private final Loop.Timer deadline;
    private int missing;
    private boolean isOver;

    /// @param asked how many nodes are
    /// @param whenAll told the answers there are, in the order of the nodes' ids
    Gathering(Loop loop, int asked, Consumer<List<T>> whenAll) {
        this.loop = loop;
        this.missing = asked;
        this.whenAll = whenAll;
        this.deadline = loop.after(MS_MAX, this::end);
    }

    /// May be called from any thread, once for each node.
    void add(int node, Optional<T> answer) {
        loop.run(() -> {
            answer.ifPresent(told -> answers.put(node, told));
            if (--missing == 0) {
                end();
            }
        });
    }

    private void end() {
        if (!isOver) {
            isOver = true;
            deadline.cancel();
            whenAll.accept(List.copyOf(answers.values()));
        }
    }
}
