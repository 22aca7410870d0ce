package io.millrace.cluster.queue;

import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// Lets questions about a queue follow what was published to it before them, though both go by lines of their own: who
/// publishes without waiting for a confirm, and then counts or gets, expects to find it. When the answer to a message
/// takes long it is not waited for.
///
/// Owned by: one [QueueLink].
final class PublishedBefore {
    static final long WAIT_MS_MAX = 500;

    private final Loop loop;
    private final Map<TopicId, Queue> queues = new HashMap<>();

    PublishedBefore(Loop loop) {
        this.loop = loop;
    }

    /// Messages of one queue, counted, and who waits for those so far.
    private static final class Queue {
        private final ArrayDeque<Question> questions = new ArrayDeque<>();
        private long sent;
        private long answered;
    }

    private record Question(long after, Runnable ask) {}

    void sent(TopicId queue) {
        queues.computeIfAbsent(queue, _ -> new Queue()).sent++;
    }

    void answered(TopicId id) {
        Queue queue = queues.get(id);
        if (queue == null) {
            return;
        }
        queue.answered++;
        while (!queue.questions.isEmpty() && queue.questions.element().after <= queue.answered) {
            queue.questions.remove().ask().run();
        }
        if (queue.answered == queue.sent) {
            queues.remove(id, queue);
        }
    }

    /// Asks now, or when what was sent so far is answered.
    void ask(TopicId id, Runnable ask) {
        Queue queue = queues.get(id);
        if (queue == null) {
            ask.run();
            return;
        }
        Question question = new Question(queue.sent, ask);
        queue.questions.add(question);
        loop.after(WAIT_MS_MAX, () -> {
            if (queue.questions.removeFirstOccurrence(question)) {
                ask.run();
            }
        });
    }
}
