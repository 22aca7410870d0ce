package io.millrace.kafka.session;

import io.millrace.model.InvariantViolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/// The registry: which APIs this broker offers, in which versions, and who answers them. Immutable.
public final class Apis {
    private final @Nullable Api<?>[] byKey;
    private final List<Api<?>> all;

    /// @param apis in any order, each key at most once
    public Apis(List<Api<?>> apis) {
        int highest = 0;
        for (Api<?> api : apis) {
            highest = Math.max(highest, api.key().id);
        }
        byKey = new @Nullable Api<?>[highest + 1];
        for (Api<?> api : apis) {
            if (byKey[api.key().id] != null) {
                throw new InvariantViolation("two handlers for " + api.key());
            }
            byKey[api.key().id] = api;
        }
        List<Api<?>> ordered = new ArrayList<>(apis);
        ordered.sort((a, b) -> Short.compare(a.key().id, b.key().id));
        all = Collections.unmodifiableList(ordered);
    }

    /// The API with this wire number, or null when it is not offered.
    public @Nullable Api<?> find(short key) {
        return key >= 0 && key < byKey.length ? byKey[key] : null;
    }

    public @Nullable Api<?> find(ApiKeys key) {
        return find(key.id);
    }

    /// All of them in key order.
    public List<Api<?>> all() {
        return all;
    }
}
