package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.model.InvariantViolation;

/// Messages of a queue that does not outlive its node, in the node's memory.
///
/// Owned by: the queue's loop.
final class MemoryStore implements QueueStore {
    private final Owner owner;
    private final MessagesByOffset messages;
    private long end;

    MemoryStore(Owner owner, QueueMemory memory) {
        this.owner = owner;
        this.messages = new MessagesByOffset(memory);
    }

    @Override
    public void append(Message message, Publication publication) {
        long offset = end++;
        messages.add(offset, message);
        owner.onPlaced(offset, message);
        publication.ended(Publication.End.STORED);
    }

    @Override
    public Message find(long offset) {
        Message message = messages.find(offset);
        if (message == null) {
            throw new InvariantViolation("message " + offset + " of a queue in memory is settled and asked for");
        }
        return message;
    }

    @Override
    public void settled(long offset) {
        messages.remove(offset);
    }

    @Override
    public void settled(OffsetRanges offsets) {
        messages.removeAll(offsets);
    }

    @Override
    public void touched() {
        // memory has no restart
    }

    @Override
    public void whenNoted(Publication publication) {
        publication.ended(Publication.End.STORED);
    }

    @Override
    public void close() {
        messages.clear();
    }

    @Override
    public void closeInOrder(Runnable done) {
        close();
        done.run();
    }
}
