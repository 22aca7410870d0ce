package io.millrace.broker.queue;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps a queue with `x-message-deduplication` from having two messages of the same `x-deduplication-header`: which
/// values it has, from when a message is on its way in until it is settled. A duplicate's publisher hears what the
/// first one's hears. Other queues keep nothing here.
///
/// Owned by: the queue's loop. What it keeps counts as memory of queues, so publishers wait when it is too much.
final class Duplicates {
    static final String ARGUMENT = "x-message-deduplication";

    /// What one value costs in the tables below, about.
    private static final int ENTRY_BYTES = 256;

    private final boolean isOn;
    private final QueueSurroundings around;
    private final Map<DeduplicationKey, First> firsts = new HashMap<>();
    private final TreeMap<Long, DeduplicationKey> stored = new TreeMap<>();

    private Duplicates(boolean isOn, QueueSurroundings around) {
        this.isOn = isOn;
        this.around = around;
    }

    static Duplicates of(QueueView queue, QueueSurroundings around) {
        boolean isAsked = queue.spec().arguments().find(ARGUMENT).orElse(new ArgumentValue.Nothing())
                        instanceof ArgumentValue.Bool(boolean is)
                && is;
        return new Duplicates(isAsked && !DelayQueue.is(queue), around);
    }

    /// The message of a value, and publishers of others with it.
    private final class First implements Publication {
        private final DeduplicationKey key;
        private final Publication own;
        private List<Publication> followers = new ArrayList<>(0);
        private boolean isStored;

        First(DeduplicationKey key, Publication own) {
            this.key = key;
            this.own = own;
        }

        @Override
        public void ended(End end) {
            if (end == End.STORED) {
                isStored = true;
            } else {
                forget(this);
            }
            own.ended(end);
            List<Publication> told = followers;
            followers = List.of();
            told.forEach(each -> each.ended(end));
        }

        void follow(Publication publication) {
            if (isStored) {
                publication.ended(End.STORED);
            } else {
                followers.add(publication);
            }
        }
    }

    private Optional<DeduplicationKey> key(Message message) {
        MessageFormat format = around.formats().of(message);
        return format == null ? Optional.empty() : DeduplicationKey.of(format.headers(message.properties()));
    }

    /// Whether the queue has the message's value already: then it is dropped, and its publisher is told in time.
    boolean isDuplicate(Message message, Publication publication) {
        First first = isOn ? key(message).map(firsts::get).orElse(null) : null;
        if (first == null) {
            return false;
        }
        around.logs().events().duplicate();
        first.follow(publication);
        return true;
    }

    /// A message that is no duplicate goes in.
    ///
    /// @return who is to be told of it instead
    Publication first(Message message, Publication publication) {
        Optional<DeduplicationKey> key = isOn ? key(message) : Optional.empty();
        if (key.isEmpty()) {
            return publication;
        }
        First first = new First(key.get(), publication);
        add(first);
        return first;
    }

    private void add(First first) {
        firsts.put(first.key, first);
        around.memory().add(ENTRY_BYTES);
    }

    /// A message that came in by [#first] is in, at this place.
    void placed(long offset, Message message) {
        if (isOn) {
            key(message).filter(firsts::containsKey).ifPresent(key -> stored.put(offset, key));
        }
    }

    /// The log has it since before.
    void loaded(long offset, Message message) {
        if (!isOn) {
            return;
        }
        key(message).filter(key -> !firsts.containsKey(key)).ifPresent(key -> {
            First first = new First(key, Publication.UNHEARD);
            first.isStored = true;
            add(first);
            stored.put(offset, key);
        });
    }

    private void forget(First first) {
        if (firsts.remove(first.key, first)) {
            around.memory().remove(ENTRY_BYTES);
        }
    }

    private void settled(@Nullable DeduplicationKey key) {
        if (key != null && firsts.remove(key) != null) {
            around.memory().remove(ENTRY_BYTES);
        }
    }

    void settled(long offset) {
        if (!stored.isEmpty()) {
            settled(stored.remove(offset));
        }
    }

    void settled(OffsetRanges offsets) {
        for (int range = 0; range < offsets.count(); range++) {
            Map<Long, DeduplicationKey> gone = stored.subMap(offsets.first(range), true, offsets.last(range), true);
            gone.values().forEach(this::settled);
            gone.clear();
        }
    }

    void close() {
        firsts.keySet().forEach(_ -> around.memory().remove(ENTRY_BYTES));
        firsts.clear();
        stored.clear();
    }
}
