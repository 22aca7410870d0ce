package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Queues that are loaded although nobody uses them, because time matters to them: a few at a time, so that a node that
/// starts with many of them serves those who ask for others.
///
/// Owned by: one [QueueShard].
final class Preparations {
    private static final int LOADING_MAX = 16;
    /// What has not come by then keeps nobody else waiting: its disk refuses, or it is not quite here yet.
    private static final long LOADING_MS_MAX = 1_000;

    /// Loads a queue.
    interface Loading {
        /// @param done called once, when it is loaded or can not be
        void load(QueueView queue, Runnable done);
    }

    private final Loop loop;
    private final Loading loading;
    private final Map<TopicId, QueueView> waiting = new LinkedHashMap<>();
    private int underWay;

    Preparations(Loop loop, Loading loading) {
        this.loop = loop;
        this.loading = loading;
    }

    void add(QueueView queue) {
        waiting.put(queue.id(), queue);
        next();
    }

    private void next() {
        Iterator<QueueView> first = waiting.values().iterator();
        for (int room = LOADING_MAX - underWay; room > 0 && first.hasNext(); room--) {
            QueueView queue = first.next();
            first.remove();
            underWay++;
            load(queue);
        }
    }

    private void load(QueueView queue) {
        boolean[] isOver = {false};
        Runnable over = () -> {
            if (!isOver[0]) {
                isOver[0] = true;
                underWay--;
                next();
            }
        };
        Loop.Timer patience = loop.after(LOADING_MS_MAX, over);
        // not at once: a turn loads no more than it began
        loading.load(
                queue,
                () -> loop.post(() -> {
                    patience.cancel();
                    over.run();
                }));
    }
}
