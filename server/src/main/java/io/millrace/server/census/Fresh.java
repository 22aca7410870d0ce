package io.millrace.server.census;

import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An answer that is young enough for a second for whoever asks; who asks while it is under way gets that one. It is
/// dropped afterwards, for it may be large.
///
/// Owned by: its loop.
final class Fresh<T> {
    private static final long AGE_MS_MAX = 1_000;

    private final Loop loop;
    private final Clock clock;
    private final Consumer<Consumer<T>> ask;
    private @Nullable CompletableFuture<T> latest;
    private long askedMs;

    /// @param ask finds a new one, and hands it over inside the loop
    Fresh(Loop loop, Clock clock, Consumer<Consumer<T>> ask) {
        this.loop = loop;
        this.clock = clock;
        this.ask = ask;
    }

    void get(Consumer<T> reply) {
        CompletableFuture<T> known = latest;
        boolean isYoung = clock.monotonicMs() - askedMs < AGE_MS_MAX;
        if (known == null || known.isDone() && !isYoung) {
            CompletableFuture<T> next = new CompletableFuture<>();
            latest = next;
            askedMs = clock.monotonicMs();
            ask.accept(found -> found(next, found));
            known = next;
        }
        known.thenAccept(reply);
    }

    private void found(CompletableFuture<T> asked, T found) {
        asked.complete(found);
        loop.after(AGE_MS_MAX, () -> {
            if (latest == asked) {
                latest = null;
            }
        });
    }
}
