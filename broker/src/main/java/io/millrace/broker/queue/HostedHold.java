package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.ConsumerOptions;
import io.millrace.broker.queue.machine.Consuming;
import io.millrace.model.ArgumentValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The queue's side of a [Hold].
///
/// Owned by: the queue's loop.
final class HostedHold {
    private static final ConsumerKey[] NOBODY = {};

    private final QueueHost host;
    private final ConsumerKey lifeline;
    private final Map<String, ConsumerKey> byTag = new LinkedHashMap<>();
    /// Cancelled and not done with what they have.
    private final List<ConsumerKey> leaving = new ArrayList<>();
    /// Consumers the common limit is for.
    private final List<ConsumerKey> limited = new ArrayList<>();

    private ConsumerKey[] keys = NOBODY;
    private @Nullable ConsumerKey getter;
    private boolean paused;
    private int limit;

    /// @param home the way to the hold's connection
    /// @param lifeline hears there when the queue goes
    HostedHold(QueueHost host, boolean paused, int limit, Courier home, QueueConsumer lifeline) {
        this.host = host;
        this.paused = paused;
        this.limit = limit;
        this.lifeline = host.newKey();
        host.add(new HostedConsumer(this.lifeline, false, home, lifeline));
    }

    /// Whether its queue is where it was.
    boolean isOpen() {
        return !host.isClosed();
    }

    QueueOutcome consume(ConsumerSpec spec, QueueConsumer consumer, Courier home) {
        ConsumerKey key = host.newKey();
        int priority = spec.arguments().find("x-priority").orElse(null) instanceof ArgumentValue.Whole whole
                ? Math.clamp(whole.value(), Integer.MIN_VALUE, Integer.MAX_VALUE)
                : 0;
        Consuming begun = host.machine()
                .addConsumer(key, new ConsumerOptions(spec.prefetch(), spec.autoAck(), spec.exclusive(), priority));
        if (begun != Consuming.STARTED) {
            return QueueOutcome.EXCLUSIVE_USE;
        }
        byTag.put(spec.tag(), key);
        hold(key);
        if (paused) {
            host.machine().pause(key);
        }
        if (!spec.autoAck()) {
            limited.add(key);
            shareLimit();
        }
        host.add(new HostedConsumer(key, spec.autoAck(), home, consumer));
        return QueueOutcome.DONE;
    }

    private void hold(ConsumerKey key) {
        ConsumerKey[] more = new ConsumerKey[keys.length + 1];
        System.arraycopy(keys, 0, more, 0, keys.length);
        more[keys.length] = key;
        keys = more;
    }

    void cancel(String tag) {
        ConsumerKey key = byTag.remove(tag);
        if (key != null) {
            limited.remove(key);
            host.cancel(key);
            leaving.add(key);
            forgetLeft();
        }
    }

    /// A channel may consume and cancel for ever: who is cancelled is remembered for what it has to settle, or waits
    /// for, only.
    private void forgetLeft() {
        leaving.removeIf(key -> {
            boolean hasLeft = !host.owes(key);
            if (hasLeft) {
                host.remove(key);
                keys = without(key);
            }
            return hasLeft;
        });
    }

    private ConsumerKey[] without(ConsumerKey gone) {
        return Arrays.stream(keys).filter(key -> !key.equals(gone)).toArray(ConsumerKey[]::new);
    }

    void get(boolean autoAck, Consumer<@Nullable Delivery> taker) {
        ConsumerKey key = getter;
        if (key == null) {
            key = host.newKey();
            getter = key;
            hold(key);
        }
        host.get(key, autoAck, taker);
    }

    long ready() {
        return host.counts().ready();
    }

    void settle(long[] offsets, int count, Settlement how) {
        host.settle(keys, offsets, count, how);
        if (!leaving.isEmpty()) {
            forgetLeft();
        }
        shareLimit();
    }

    void limit(int unsettled) {
        boolean isLifted = unsettled == Hold.UNLIMITED && limit != unsettled;
        limit = unsettled;
        if (isLifted) {
            limited.forEach(key -> host.machine().grant(key, Hold.UNLIMITED));
            host.unlimited(keys);
        }
        shareLimit();
        host.later();
    }

    /// Each consumer may have what is left for all of them: whenever one got something the others have less.
    void shareLimit() {
        if (limit == Hold.UNLIMITED) {
            return;
        }
        long left = limit;
        for (ConsumerKey key : keys) {
            left -= key.equals(getter) ? 0 : host.machine().held(key);
        }
        int each = (int) Math.max(0, left);
        for (ConsumerKey key : limited) {
            host.limited(key, this);
            host.machine().grant(key, each);
        }
    }

    void pause(boolean pausing) {
        paused = pausing;
        for (ConsumerKey key : byTag.values()) {
            if (pausing) {
                host.machine().pause(key);
            } else {
                host.machine().resume(key);
            }
        }
        host.later();
    }

    void close() {
        for (ConsumerKey key : keys) {
            host.remove(key);
        }
        host.remove(lifeline);
        keys = NOBODY;
        byTag.clear();
        leaving.clear();
        limited.clear();
    }
}
