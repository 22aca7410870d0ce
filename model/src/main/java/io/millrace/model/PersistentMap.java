package io.millrace.model;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An immutable hash map (a compressed hash-array mapped trie, CHAMP). A change copies the path to the root, four or
/// five small nodes among a million entries, and shares the rest, so that readers of the map before it are not
/// disturbed.
///
/// Its order follows from the keys' hash codes alone and not from its history, except among keys with the very same
/// hash codes. Strings and [DoublyHashed] keys have a second one, so that names made to have the same first one do not
/// end up in one list.
public final class PersistentMap<K, V> {
    private static final PersistentMap<Object, Object> EMPTY = new PersistentMap<>(HashNode.empty());

    private final HashNode<K, V> root;

    private PersistentMap(HashNode<K, V> root) {
        this.root = root;
    }

    // An empty map holds no key and no value, so it is one of any types.
    @SuppressWarnings("unchecked")
    public static <K, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    public int size() {
        return root.size();
    }

    public boolean isEmpty() {
        return root.size() == 0;
    }

    public @Nullable V get(K key) {
        return root.get(key, spread(key), 0);
    }

    /// This map with `key` leading to `value`; this very map when it does already.
    public PersistentMap<K, V> with(K key, V value) {
        return of(root.with(key, value, spread(key), 0));
    }

    /// This map without `key`; this very map when it has none.
    public PersistentMap<K, V> without(K key) {
        return of(root.without(key, spread(key), 0));
    }

    /// The value at a position of the map's order, from 0 to `size() - 1`.
    public V valueAt(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index);
        }
        return root.valueAt(index);
    }

    public void forEach(BiConsumer<? super K, ? super V> action) {
        root.forEach(action);
    }

    private PersistentMap<K, V> of(HashNode<K, V> changed) {
        if (changed == root) {
            return this;
        }
        return changed.size() == 0 ? empty() : new PersistentMap<>(changed);
    }

    /// Hash codes of strings that differ late differ in their low bits; the multiplication carries them upwards.
    static int spread(Object key) {
        int mixed = key.hashCode() * 0x9E37_79B9;
        return mixed ^ (mixed >>> 15);
    }

    static int second(Object key) {
        return switch (key) {
            case String text -> Long.hashCode(TextHash.of(text));
            case DoublyHashed other -> Long.hashCode(TextHash.mixed(other.secondHashCode()));
            default -> 0;
        };
    }
}
