package io.millrace.broker.queue;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The history of a dead letter in its headers, as RabbitMQ writes it: `x-death` has an entry for each queue and
/// reason, the latest first, with a count; `x-first-death-*` stay as they were the first time.
final class Deaths {
    private static final String DEATHS = "x-death";
    private static final String FIRST = "x-first-death-";
    private static final String CC = "CC";
    private static final String COUNT = "count";
    private static final String QUEUE = "queue";
    private static final String REASON = "reason";
    private static final String EXCHANGE = "exchange";
    private static final String REJECTED = "rejected";

    private Deaths() {}

    /// @param dropsFurtherKeys whether the letter gets a key of its queue's and loses the sender's further ones
    static Arguments after(Arguments headers, Death death, boolean dropsFurtherKeys) {
        Map<String, ArgumentValue> all = new LinkedHashMap<>(headers.entries());
        all.put(DEATHS, new ArgumentValue.Sequence(entries(headers, death)));
        if (!all.containsKey(FIRST + REASON)) {
            all.put(FIRST + EXCHANGE, ArgumentValue.text(death.exchange()));
            all.put(FIRST + QUEUE, ArgumentValue.text(death.queue()));
            all.put(FIRST + REASON, ArgumentValue.text(death.reason()));
        }
        if (dropsFurtherKeys) {
            all.remove(CC);
        }
        return Arguments.of(all);
    }

    private static List<ArgumentValue> entries(Arguments headers, Death death) {
        List<ArgumentValue> others = new ArrayList<>();
        ArgumentValue latest = null;
        for (ArgumentValue entry : deaths(headers)) {
            if (latest == null && entry instanceof ArgumentValue.Table(Arguments of) && isOf(of, death)) {
                latest = counted(of);
            } else {
                others.add(entry);
            }
        }
        others.addFirst(latest == null ? entry(headers, death) : latest);
        return others;
    }

    private static boolean isOf(Arguments entry, Death death) {
        return entry.text(QUEUE).filter(death.queue()::equals).isPresent()
                && entry.text(REASON).filter(death.reason()::equals).isPresent();
    }

    private static List<ArgumentValue> deaths(Arguments headers) {
        return headers.find(DEATHS).orElse(null) instanceof ArgumentValue.Sequence(List<ArgumentValue> values)
                ? values
                : List.of();
    }

    /// Everything else stays as it was the first time; RabbitMQ sorts such an entry by name.
    private static ArgumentValue counted(Arguments entry) {
        long before = entry.find(COUNT).orElse(null) instanceof ArgumentValue.Whole whole ? whole.value() : 0;
        Map<String, ArgumentValue> sorted = new TreeMap<>(entry.entries());
        sorted.put(COUNT, ArgumentValue.whole(before + 1));
        return new ArgumentValue.Table(Arguments.of(sorted));
    }

    private static ArgumentValue entry(Arguments headers, Death death) {
        List<ArgumentValue> keys = new ArrayList<>();
        keys.add(ArgumentValue.text(death.routingKey()));
        furtherKeys(headers).forEach(key -> keys.add(ArgumentValue.text(key)));
        Map<String, ArgumentValue> entry = new LinkedHashMap<>();
        entry.put(COUNT, ArgumentValue.whole(1));
        entry.put(REASON, ArgumentValue.text(death.reason()));
        entry.put(QUEUE, ArgumentValue.text(death.queue()));
        entry.put("time", new ArgumentValue.Timestamp(death.atMs() / 1_000));
        entry.put(EXCHANGE, ArgumentValue.text(death.exchange()));
        entry.put("routing-keys", new ArgumentValue.Sequence(keys));
        death.expiration().ifPresent(text -> entry.put("original-expiration", ArgumentValue.text(text)));
        return new ArgumentValue.Table(Arguments.of(entry));
    }

    /// The sender's further routing keys.
    static List<String> furtherKeys(Arguments headers) {
        List<String> keys = new ArrayList<>();
        if (headers.find(CC).orElse(null) instanceof ArgumentValue.Sequence(List<ArgumentValue> values)) {
            for (ArgumentValue value : values) {
                if (value instanceof ArgumentValue.Text text) {
                    keys.add(text.asString());
                }
            }
        }
        return keys;
    }

    /// Whether a message with this history would go round for ever: it was in that queue before, and nobody rejected it
    /// since.
    static boolean isCycle(Arguments headers, String queue) {
        for (ArgumentValue entry : deaths(headers)) {
            if (!(entry instanceof ArgumentValue.Table(Arguments of))) {
                continue;
            }
            if (of.text(REASON).filter(REJECTED::equals).isPresent()) {
                return false;
            }
            if (of.text(QUEUE).filter(queue::equals).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
