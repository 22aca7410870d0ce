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

    /// Never has room, and counts nothing.
    QueueMemory NO_ROOM = new QueueMemory() {
        @Override
        public void add(int bytes) {
            // what a read brings beyond the wanted message is little and soon gone
        }

        @Override
        public void remove(int bytes) {
            // see add
        }

        @Override
        public boolean isFull() {
            return true;
        }
    };
}
