package io.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class StrandTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private void run() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void oneTurnAtATimeInTheOrderTheyCame() {
        Strand strand = new Strand(threads::add, () -> done.add("fault"));
        strand.post(() -> {
            strand.post(() -> done.add("third"));
            done.add("first");
        });
        strand.post(() -> done.add("second"));
        assertThat(threads).hasSize(1);
        run();
        assertThat(done).containsExactly("first", "second", "third");
    }

    @Test
    void aTurnThatBreaksIsToldAndTheNextOneRuns() {
        Strand strand = new Strand(threads::add, () -> done.add("fault"));
        strand.post(() -> {
            throw new IllegalStateException("wanted by the test");
        });
        strand.post(() -> done.add("next"));
        run();
        assertThat(done).containsExactly("fault", "next");
    }
}
