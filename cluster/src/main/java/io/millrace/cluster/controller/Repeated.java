package io.millrace.cluster.controller;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/// Finds what a request names more than once.
final class Repeated {
    private Repeated() {}

    static <T, K> Set<K> keys(Collection<T> parts, Function<T, K> key) {
        Set<K> seen = new HashSet<>();
        Set<K> repeated = new HashSet<>();
        for (T part : parts) {
            if (!seen.add(key.apply(part))) {
                repeated.add(key.apply(part));
            }
        }
        return repeated;
    }
}
