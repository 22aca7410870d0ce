package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.Delivery;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the machine has decided and what its message may first have to be read for: deliveries and gets.
/// Each kind keeps its order: what has to be read holds up what comes behind it.
///
/// Owned by: one [QueueHost].
final class Handout {
    /// Deliveries that wait for their messages to be read.
    private static final int UNREAD_MAX = 256;

    /// Bytes on their way to connections, beyond which none are handed out: a connection that has got them says in time
    /// whether it takes more, also one on another loop.
    private static final int UNDER_WAY_BYTES_MAX = 2 * 1024 * 1024;

    record Get(Delivery decided, boolean autoAck, Consumer<io.millrace.broker.queue.@Nullable Delivery> taker) {}

    /// What waited for messages that can not be read any more.
    record Lost(List<Delivery> deliveries, List<Get> gets) {}

    private final QueueStore store;
    private final Map<ConsumerKey, HostedConsumer> consumers = new LinkedHashMap<>();
    private final Set<HostedConsumer> served = new LinkedHashSet<>();
    private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
    private final ArrayDeque<Get> gets = new ArrayDeque<>();
    private final LongConsumer settled;
    private final IntConsumer arrived;
    private long underWayBytes;

    /// @param settled called with offsets that were given to who does not acknowledge
    /// @param arrived called where connections are, with bytes that came there: these are for [#arrived(int)]
    Handout(QueueStore store, LongConsumer settled, IntConsumer arrived) {
        this.store = store;
        this.settled = settled;
        this.arrived = arrived;
    }

    void add(HostedConsumer consumer) {
        consumers.put(consumer.key(), consumer);
    }

    /// It is gone, and the machine has taken back what it held.
    void remove(ConsumerKey key) {
        HostedConsumer gone = consumers.remove(key);
        deliveries.removeIf(delivery -> {
            boolean isItsOwn = delivery.consumer().equals(key);
            if (isItsOwn && gone != null && gone.autoAck()) {
                settled.accept(delivery.offset());
            }
            return isItsOwn;
        });
        gets.removeIf(get -> {
            boolean isItsOwn = get.decided.consumer().equals(key);
            if (isItsOwn) {
                get.taker.accept(null);
            }
            return isItsOwn;
        });
    }

    /// Whether something on its way to this consumer has to be read first.
    boolean isReadingFor(ConsumerKey key) {
        return deliveries.stream().anyMatch(delivery -> delivery.consumer().equals(key));
    }

    /// Whether a consumer acknowledges nothing.
    boolean isAutomatic(ConsumerKey key) {
        HostedConsumer consumer = consumers.get(key);
        return consumer != null && consumer.autoAck();
    }

    boolean hasRoom() {
        return deliveries.size() < UNREAD_MAX && underWayBytes < UNDER_WAY_BYTES_MAX;
    }

    /// So many bytes have come to their connections.
    void arrived(int bytes) {
        underWayBytes -= bytes;
    }

    void deliver(Delivery decided) {
        deliveries.add(decided);
        deliverRead();
    }

    void deliverRead() {
        for (Delivery next = deliveries.peek(); next != null; next = deliveries.peek()) {
            Message message = underWayBytes < UNDER_WAY_BYTES_MAX ? store.find(next.offset()) : null;
            if (message == null) {
                return;
            }
            deliveries.remove();
            HostedConsumer consumer = consumers.get(next.consumer());
            if (consumer == null) {
                continue;
            }
            consumer.add(of(next, message));
            underWayBytes += message.bytes();
            served.add(consumer);
            if (consumer.autoAck()) {
                settled.accept(next.offset());
            }
        }
    }

    private static io.millrace.broker.queue.Delivery of(Delivery decided, Message message) {
        return new io.millrace.broker.queue.Delivery(
                decided.offset(), message, decided.redelivered(), decided.deliveryCount());
    }

    void flush() {
        served.forEach(consumer -> consumer.flush(arrived));
        served.clear();
    }

    void get(Delivery decided, boolean autoAck, Consumer<io.millrace.broker.queue.@Nullable Delivery> taker) {
        gets.add(new Get(decided, autoAck, taker));
        getRead();
    }

    void getRead() {
        for (Get next = gets.peek(); next != null; next = gets.peek()) {
            Message message = store.find(next.decided.offset());
            if (message == null) {
                return;
            }
            gets.remove();
            if (next.autoAck) {
                settled.accept(next.decided.offset());
            }
            next.taker.accept(of(next.decided, message));
        }
    }

    /// What waits to be read; the machine may have settled it already, for who does not acknowledge.
    Set<Long> unread() {
        Set<Long> offsets = new HashSet<>();
        deliveries.forEach(delivery -> offsets.add(delivery.offset()));
        gets.forEach(get -> offsets.add(get.decided.offset()));
        return offsets;
    }

    /// Messages from `first` to before `end` can not be read any more, and nobody will get them.
    Lost lost(long first, long end) {
        LongPredicate isLost = offset -> offset >= first && offset < end;
        return new Lost(
                takeOut(deliveries, delivery -> isLost.test(delivery.offset())),
                takeOut(gets, get -> isLost.test(get.decided.offset())));
    }

    private static <T> List<T> takeOut(ArrayDeque<T> all, Predicate<T> isWanted) {
        List<T> taken = all.stream().filter(isWanted).toList();
        all.removeIf(isWanted);
        return taken;
    }

    /// The queue has gone: who waits is told.
    void close() {
        gets.forEach(get -> get.taker.accept(null));
        gets.clear();
        deliveries.clear();
        consumers.values().forEach(HostedConsumer::cancelled);
        consumers.clear();
        served.clear();
    }
}
