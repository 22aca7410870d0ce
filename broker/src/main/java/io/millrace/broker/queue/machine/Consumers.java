package io.millrace.broker.queue.machine;

import io.millrace.model.InvariantViolation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who consumes, whose turn it is, and who still holds something. Those of the highest priority that have room take
/// turns. Where a single one is active it stays so until it is cancelled; its successor is the most senior of the
/// highest priority.
///
/// Owned by: the queue's machine.
final class Consumers {
    private static final ConsumerOptions GETTER = ConsumerOptions.prefetching(ConsumerOptions.UNLIMITED);

    /// Who becomes the active one before whom.
    private static final Comparator<Holder> BY_RANK = Comparator.comparingInt(
                    (Holder holder) -> holder.options.priority())
            .reversed()
            .thenComparingLong(holder -> holder.seniority);

    private final MessageTable table;
    private final Map<ConsumerKey, Holder> holders = new HashMap<>();
    private final TreeSet<Holder> consuming = new TreeSet<>(BY_RANK);
    /// Those with room in the order of their turns; some may have lost it since.
    private final TreeMap<Integer, ArrayDeque<Holder>> waiting = new TreeMap<>(Comparator.reverseOrder());

    private final List<Integer> freeNumbers = new ArrayList<>();
    /// Holders by their number, from 1 on.
    private final List<@Nullable Holder> byNumber = new ArrayList<>();

    private int numbers;
    private long seniority;
    private boolean isSingleActive;
    private @Nullable Holder active;

    Consumers(MessageTable table) {
        this.table = table;
    }

    int count() {
        return consuming.size();
    }

    void singleActive(boolean wanted) {
        isSingleActive = wanted;
        elect();
    }

    @Nullable
    Holder active() {
        return active;
    }

    private void elect() {
        if (!isSingleActive || consuming.isEmpty()) {
            active = null;
        } else if (active == null) {
            active = consuming.first();
        }
    }

    Consuming add(ConsumerKey key, ConsumerOptions options) {
        if (!consuming.isEmpty() && consuming.first().options.exclusive()) {
            return Consuming.HELD_EXCLUSIVELY;
        }
        if (options.exclusive() && (isSingleActive || !consuming.isEmpty())) {
            return Consuming.NOT_ALONE;
        }
        Holder holder = register(key, options);
        holder.consumes = true;
        consuming.add(holder);
        elect();
        awaitTurn(holder);
        return Consuming.STARTED;
    }

    private Holder register(ConsumerKey key, ConsumerOptions options) {
        int number = freeNumbers.isEmpty() ? ++numbers : freeNumbers.removeLast();
        Holder holder = new Holder(key, options, number, seniority++, new HeldOffsets(table, number));
        if (holders.put(key, holder) != null) {
            throw new InvariantViolation(key + " is in use");
        }
        if (number > byNumber.size()) {
            byNumber.add(holder);
        } else {
            byNumber.set(number - 1, holder);
        }
        return holder;
    }

    @Nullable
    Holder find(ConsumerKey key) {
        return holders.get(key);
    }

    /// Whom a chunk names as the holder of a message.
    @Nullable
    Holder find(int number) {
        return number < 1 || number > byNumber.size() ? null : byNumber.get(number - 1);
    }

    /// Somebody who holds messages and never gets any by turn.
    Holder getter(ConsumerKey key) {
        Holder known = holders.get(key);
        if (known != null && known.options != GETTER) {
            throw new InvariantViolation(key + " is a consumer's");
        }
        return known == null ? register(key, GETTER) : known;
    }

    void cancel(Holder holder) {
        if (!holder.consumes) {
            return;
        }
        consuming.remove(holder);
        holder.consumes = false;
        if (active == holder) {
            active = null;
        }
        elect();
        stopWaiting(holder);
        waiting.computeIfPresent(holder.options.priority(), (priority, level) -> level.isEmpty() ? null : level);
        forgetIfIdle(holder);
    }

    private void stopWaiting(Holder holder) {
        ArrayDeque<Holder> level = waiting.get(holder.options.priority());
        if (holder.isWaiting && level != null) {
            level.remove(holder);
        }
        holder.isWaiting = false;
    }

    /// Something it held is gone, or something else that kept it from its turn.
    void freed(Holder holder) {
        awaitTurn(holder);
        forgetIfIdle(holder);
    }

    private void awaitTurn(Holder holder) {
        if (!holder.isWaiting && holder.hasRoom()) {
            holder.isWaiting = true;
            waiting.computeIfAbsent(holder.options.priority(), priority -> new ArrayDeque<>())
                    .add(holder);
        }
    }

    private void forgetIfIdle(Holder holder) {
        if (!holder.consumes && holder.held.count() == 0) {
            holders.remove(holder.key);
            freeNumbers.add(holder.number);
            byNumber.set(holder.number - 1, null);
        }
    }

    /// Whose turn it is, if anybody has room.
    @Nullable
    Holder first() {
        if (isSingleActive) {
            return active != null && active.hasRoom() ? active : null;
        }
        for (ArrayDeque<Holder> level : waiting.values()) {
            Holder holder = firstWithRoom(level);
            if (holder != null) {
                return holder;
            }
        }
        return null;
    }

    private static @Nullable Holder firstWithRoom(ArrayDeque<Holder> level) {
        while (!level.isEmpty()) {
            Holder holder = level.element();
            if (holder.hasRoom()) {
                return holder;
            }
            level.remove();
            holder.isWaiting = false;
        }
        return null;
    }

    /// It had its turn.
    void served(Holder holder) {
        holder.spendGrant();
        if (!isSingleActive) {
            stopWaiting(holder);
            awaitTurn(holder);
        }
    }
}
