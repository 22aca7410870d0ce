package io.millrace.cluster.queue;

import io.millrace.model.Loop;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Connections that take chance times, and break at chance moments: what was on the way is lost from some frame on, and
/// each end hears of it in its own time. The far end of an old one may still be at work when a new one is made.
final class TornLines {
    private static final int DELAY_MS_MAX = 5;
    private static final int NOTICE_MS_MAX = 60;

    private final Loop loop;
    private final SeededRandomness random;
    private final List<Pair> open = new ArrayList<>();

    TornLines(Loop loop, SeededRandomness random) {
        this.loop = loop;
        this.random = random;
    }

    /// Lines to whoever makes these desks; one that is made for `null` is refused.
    QueueLine.Dialler to(Function<QueueLine, @Nullable QueueDesk> desks) {
        return (_, listener) -> {
            End near = new End();
            End far = new End();
            Pair pair = new Pair(near, far);
            near.pair = pair;
            far.pair = pair;
            near.onOver = listener::onClosed;
            far.wantsMore = listener::wantsMore;
            far.onFrame = listener::onFrame;
            QueueDesk desk = desks.apply(far);
            if (desk == null) {
                pair.tear();
                return near;
            }
            near.onFrame = desk::onFrame;
            far.onOver = desk::onClosed;
            near.wantsMore = desk::wantsMore;
            open.add(pair);
            loop.after(random.between(1, DELAY_MS_MAX), () -> {
                if (!near.over) {
                    listener.onOpen();
                }
            });
            return near;
        };
    }

    /// Tears one connection, if there is any.
    void tear() {
        if (!open.isEmpty()) {
            random.pick(open).tear();
        }
    }

    /// From now on nothing arrives on any of them, and nobody is told.
    void silence() {
        open.forEach(pair -> {
            pair.near.cut();
            pair.far.cut();
        });
    }

    private final class Pair {
        private final End near;
        private final End far;

        Pair(End near, End far) {
            this.near = near;
            this.far = far;
        }

        void tear() {
            open.remove(this);
            for (End end : List.of(near, far)) {
                end.cut();
                loop.after(random.between(0, NOTICE_MS_MAX), end::over);
            }
        }
    }

    /// One end: what it sends arrives in order, each frame some time after the one before.
    private final class End implements QueueLine {
        private final ArrayDeque<ByteBuffer> onTheWay = new ArrayDeque<>();
        private @Nullable Pair pair;
        private Consumer<ByteBuffer> onFrame = frame -> {};
        private Runnable onOver = () -> {};
        private BooleanSupplier wantsMore = () -> true;

        /// Frames that have arrived.
        private int due;

        private boolean cut;
        private boolean over;

        @Override
        public void send(List<ByteBuffer> frame) {
            ByteBuffer whole = ByteBuffer.allocate(
                    frame.stream().mapToInt(ByteBuffer::remaining).sum());
            frame.forEach(piece -> whole.put(piece.duplicate()));
            if (!cut) {
                onTheWay.add(whole.flip());
                loop.after(random.between(0, DELAY_MS_MAX), this::arrive);
            }
        }

        private void arrive() {
            due++;
            hand();
        }

        private void hand() {
            while (due > 0 && !onTheWay.isEmpty() && wantsMore.getAsBoolean()) {
                due--;
                onFrame.accept(onTheWay.remove());
            }
        }

        @Override
        public void resume() {
            Pair both = pair;
            if (both != null) {
                End sender = both.near == this ? both.far : both.near;
                loop.post(sender::hand);
            }
        }

        /// Loses a chance number of the last frames, and all later ones.
        void cut() {
            cut = true;
            for (int lost = random.between(0, onTheWay.size()); lost > 0; lost--) {
                onTheWay.removeLast();
            }
        }

        void over() {
            if (!over) {
                over = true;
                onOver.run();
            }
        }

        @Override
        public void close(String why) {
            Pair both = pair;
            if (both != null) {
                both.tear();
            }
        }
    }
}
