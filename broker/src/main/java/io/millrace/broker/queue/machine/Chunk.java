package io.millrace.broker.queue.machine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Up to 1,024 messages that follow one another in the log, and where each of them is: a slot for every message, a bit
/// or a number for every state. A message is ready (at its offset, or in its turn when it was delayed), settled, or
/// held: by a consumer, by the delay, or by the reason it was given up for.
///
/// Owned by: the message table.
final class Chunk {
    static final int SLOTS_MIN = 64;
    static final int SLOTS_MAX = 1024;
    static final int DELAYED = -1;

    private static final int FREE = 0;
    private static final int GIVEN_UP = -2; // and below, by reason

    private final Facts facts = new Facts();
    private final int capacity;
    /// Whether settled messages may have no slot any more.
    private final boolean compacted;

    private long firstOffset;
    private int count;
    private int @Nullable [] deltas; // none while the offsets are dense
    private final Bits ready;
    private final Bits settled;
    private @Nullable Bits matured;
    private @Nullable Bits redelivered;
    private @Nullable Bits @Nullable [] readyByLevel; // only while priorities are mixed
    private int @Nullable [] holders;
    private int @Nullable [] returns;
    private int readyCount;
    private int settledCount;
    private int heldCount;
    private int firstLive;
    private long expiresFrom = MessageFacts.NEVER;

    Chunk(int capacity) {
        this(capacity, false);
    }

    private Chunk(int capacity, boolean compacted) {
        this.capacity = capacity;
        this.compacted = compacted;
        ready = new Bits(capacity);
        settled = new Bits(capacity);
    }

    /// The same messages in a chunk of that size, all of them or only those that are not settled.
    Chunk copy(int size, boolean liveOnly) {
        Chunk target = new Chunk(size, compacted || liveOnly);
        for (int slot = 0; slot < count; slot++) {
            if (!liveOnly || !settled.get(slot)) {
                copy(slot, target);
            }
        }
        target.expiresFrom = expiresFrom;
        return target;
    }

    private void copy(int slot, Chunk target) {
        int to = target.append(offset(slot), facts.bytes(slot), facts.expiresAtMs(slot), facts.level(slot));
        if (facts.turn(slot) != 0) {
            target.putTurn(to, facts.turn(slot), facts.anchor(slot));
        }
        if (isReady(slot)) {
            target.addReady(to);
        } else if (settled.get(slot)) {
            target.settle(to);
        } else {
            target.setHolder(to, holder(slot));
        }
        if (redelivered != null && redelivered.get(slot)) {
            target.markRedelivered(to, returns(slot));
        }
    }

    /// Forgets everything: the next message is the first.
    void startOver() {
        count = 0;
        deltas = null;
        settled.clearAll();
        matured = null;
        redelivered = null;
        readyByLevel = null;
        returns = null;
        settledCount = 0;
        firstLive = 0;
        expiresFrom = MessageFacts.NEVER;
    }

    boolean accepts(long offset) {
        return count < capacity && (count == 0 || offset - firstOffset <= Integer.MAX_VALUE);
    }

    int append(long offset, int bytes, long expiresAtMs, int level) {
        int slot = count++;
        if (slot == 0) {
            firstOffset = offset;
        }
        if (deltas == null && offset != firstOffset + slot) {
            deltas = new int[capacity];
            Arrays.setAll(deltas, index -> index);
        }
        if (deltas != null) {
            deltas[slot] = (int) (offset - firstOffset);
        }
        boolean wasMixed = facts.isMixed();
        facts.put(slot, capacity, bytes, expiresAtMs, level);
        if (facts.isMixed() && !wasMixed) {
            splitByLevel();
        }
        return slot;
    }

    private void splitByLevel() {
        readyByLevel = new Bits[facts.level(0) + 1];
        if (!ready.isEmpty()) {
            readyOf(facts.level(0)).addAll(ready);
        }
    }

    private Bits readyOf(int level) {
        if (!facts.isMixed()) {
            return ready;
        }
        if (readyByLevel == null || readyByLevel.length <= level) {
            readyByLevel = readyByLevel == null ? new Bits[level + 1] : Arrays.copyOf(readyByLevel, level + 1);
        }
        Bits bits = readyByLevel[level];
        if (bits == null) {
            bits = new Bits(capacity);
            readyByLevel[level] = bits;
        }
        return bits;
    }

    // Where a message is.

    /// The slot of a message, or [Bits#NONE].
    int slot(long offset) {
        long delta = offset - firstOffset;
        if (deltas == null) {
            return delta >= 0 && delta < count ? (int) delta : Bits.NONE;
        }
        if (delta < 0 || delta > Integer.MAX_VALUE) {
            return Bits.NONE;
        }
        int slot = Arrays.binarySearch(deltas, 0, count, (int) delta);
        return slot < 0 ? Bits.NONE : slot;
    }

    long offset(int slot) {
        return firstOffset + (deltas == null ? slot : deltas[slot]);
    }

    int count() {
        return count;
    }

    int capacity() {
        return capacity;
    }

    int unsettled() {
        return count - settledCount;
    }

    Facts facts() {
        return facts;
    }

    boolean isSettled(int slot) {
        return settled.get(slot);
    }

    boolean isReady(int slot) {
        return ready.get(slot) || isMatured(slot);
    }

    /// Whether it is ready, and its place is its turn among those that were delayed.
    boolean isMatured(int slot) {
        return matured != null && matured.get(slot);
    }

    /// The first slot whose message is not settled; the chunk has one.
    int firstUnsettled() {
        return firstLive;
    }

    /// The first slot from there on whose message is, or is not, settled; at most [#count].
    int nextSlot(int from, boolean wantSettled) {
        int found = wantSettled ? settled.next(from) : settled.nextClear(from);
        return found == Bits.NONE ? count : Math.min(found, count);
    }

    boolean isCompacted() {
        return compacted;
    }

    /// Whether a snapshot has more to say of its messages than that they are there.
    boolean isMarked() {
        return heldCount > 0 || redelivered != null;
    }

    int readyCount() {
        return readyCount;
    }

    /// The first slot of that level that is ready at its offset, or [Bits#NONE].
    int firstReady(int level) {
        if (!facts.isMixed()) {
            return facts.level(0) == level ? ready.next(firstLive) : Bits.NONE;
        }
        Bits bits = readyByLevel == null || readyByLevel.length <= level ? null : readyByLevel[level];
        return bits == null ? Bits.NONE : bits.next(firstLive);
    }

    // The moves.

    void addReady(int slot) {
        readyCount++;
        if (facts.turn(slot) != 0) {
            maturedBits().set(slot);
            return;
        }
        ready.set(slot);
        if (facts.isMixed()) {
            readyOf(facts.level(slot)).set(slot);
        }
    }

    void removeReady(int slot) {
        readyCount--;
        if (isMatured(slot)) {
            maturedBits().clear(slot);
            return;
        }
        ready.clear(slot);
        if (facts.isMixed()) {
            readyOf(facts.level(slot)).clear(slot);
        }
    }

    private Bits maturedBits() {
        if (matured == null) {
            matured = new Bits(capacity);
        }
        return matured;
    }

    void putTurn(int slot, long turn, long anchor) {
        facts.putTurn(slot, capacity, turn, anchor);
    }

    void settle(int slot) {
        settled.set(slot);
        settledCount++;
        if (slot == firstLive) {
            firstLive = nextSlot(slot, false);
        }
    }

    /// Everything that is ready is settled.
    void purge() {
        for (int slot = nextReady(0); slot != Bits.NONE; slot = nextReady(slot + 1)) {
            removeReady(slot);
            settle(slot);
        }
    }

    /// The first slot from there on that is ready at all, or [Bits#NONE].
    int nextReady(int from) {
        int plain = ready.next(from);
        int due = matured == null ? Bits.NONE : matured.next(from);
        if (plain == Bits.NONE || due == Bits.NONE) {
            return Math.max(plain, due);
        }
        return Math.min(plain, due);
    }

    int holder(int slot) {
        return holders == null ? FREE : holders[slot];
    }

    /// Held by a consumer's number from 1 on, or [#DELAYED].
    void setHolder(int slot, int holder) {
        if (holders == null) {
            holders = new int[capacity];
        }
        heldCount++;
        holders[slot] = holder;
    }

    void release(int slot) {
        if (holders != null) {
            heldCount--;
            holders[slot] = FREE;
        }
    }

    void giveUp(int slot, Reason reason) {
        setHolder(slot, GIVEN_UP - reason.code());
    }

    /// Why it was given up, when it was and is not safe elsewhere yet.
    @Nullable
    Reason givenUp(int slot) {
        int holder = holder(slot);
        return holder <= GIVEN_UP ? Reason.of(GIVEN_UP - holder) : null;
    }

    void markRedelivered(int slot, int timesReturned) {
        if (redelivered == null) {
            redelivered = new Bits(capacity);
        }
        redelivered.set(slot);
        if (timesReturned > 0) {
            if (returns == null) {
                returns = new int[capacity];
            }
            returns[slot] = timesReturned;
        }
    }

    boolean isRedelivered(int slot) {
        return redelivered != null && redelivered.get(slot);
    }

    int returns(int slot) {
        return returns == null ? 0 : returns[slot];
    }

    // Expiry.

    /// No ready message expires before; it may be later.
    long expiresFrom() {
        return expiresFrom;
    }

    void expiresFrom(long atMs) {
        expiresFrom = atMs;
    }

    /// The first slot from there on that is ready and expires by then, or [Bits#NONE].
    int nextExpired(int from, long untilMs) {
        int slot = nextReady(from);
        while (slot != Bits.NONE && facts.expiresAtMs(slot) > untilMs) {
            slot = nextReady(slot + 1);
        }
        return slot;
    }

    /// When the first ready message expires.
    long firstExpiry() {
        long first = MessageFacts.NEVER;
        for (int slot = nextReady(0); slot != Bits.NONE; slot = nextReady(slot + 1)) {
            first = Math.min(first, facts.expiresAtMs(slot));
        }
        return first;
    }
}
