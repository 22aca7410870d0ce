package io.millrace.broker.queue;

/// What all queues of a node hold in memory. May be called from any thread; who publishes asks [#isFull] before it
/// takes more, who consumes is never held up.
public interface QueueMemory {
    /// A message's own costs beside its bytes.
    int OVERHEAD_BYTES = 96;

    void add(int bytes);

    void remove(int bytes);

    /// Whether publishers have to wait.
    boolean isFull();
}
