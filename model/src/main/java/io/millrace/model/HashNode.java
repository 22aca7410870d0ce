package io.millrace.model;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A node of a [PersistentMap]: entries and nodes below, each at one of 32 places chosen by five bits of the hash.
///
/// `slots` has the entries first, key and value by turns, in the order of their places, then the nodes below in theirs.
/// Past the last bits of the hash (`shift` of 35) a second hash goes on; past its last bits (70) a node is a plain list
/// of entries whose hashes are all the same. No
/// node but the root is empty, or holds one entry and nothing else.
final class HashNode<K, V> {
    private static final int BITS = 5;
    private static final int SHIFT_SECOND = 35;
    private static final int SHIFT_MAX = 70;
    private static final HashNode<Object, Object> EMPTY = new HashNode<>(0, 0, new Object[0], 0);

    private final int entryPlaces;
    private final int nodePlaces;
    private final Object[] slots;
    private final int size;

    private HashNode(int entryPlaces, int nodePlaces, Object[] slots, int size) {
        this.entryPlaces = entryPlaces;
        this.nodePlaces = nodePlaces;
        this.slots = slots;
        this.size = size;
    }

    // An empty node holds no key and no value, so it is one of any types.
    @SuppressWarnings("unchecked")
    static <K, V> HashNode<K, V> empty() {
        return (HashNode<K, V>) EMPTY;
    }

    int size() {
        return size;
    }

    @Nullable
    V get(K key, int hash, int shift) {
        HashNode<K, V> node = this;
        int at = shift;
        int bits = hash;
        while (at < SHIFT_MAX) {
            int place = place(bits, at);
            if ((node.entryPlaces & place) != 0) {
                int slot = node.entrySlot(place);
                return node.slots[slot].equals(key) ? node.valueIn(slot) : null;
            }
            if ((node.nodePlaces & place) == 0) {
                return null;
            }
            node = node.nodeIn(node.nodeSlot(place));
            at += BITS;
            bits = hashAt(key, bits, at);
        }
        int slot = node.listSlot(key);
        return slot < 0 ? null : node.valueIn(slot);
    }

    HashNode<K, V> with(K key, V value, int hash, int shift) {
        if (shift >= SHIFT_MAX) {
            return listedWith(key, value);
        }
        int place = place(hash, shift);
        if ((nodePlaces & place) != 0) {
            int slot = nodeSlot(place);
            HashNode<K, V> below = nodeIn(slot);
            HashNode<K, V> changed = below.with(key, value, hashAt(key, hash, shift + BITS), shift + BITS);
            return changed == below ? this : withNode(slot, changed, size - below.size + changed.size);
        }
        int slot = entrySlot(place);
        if ((entryPlaces & place) == 0) {
            return new HashNode<>(entryPlaces | place, nodePlaces, inserted(slots, slot, key, value), size + 1);
        }
        if (slots[slot].equals(key)) {
            return slots[slot + 1] == value ? this : withValue(slot, value);
        }
        int below = shift + BITS;
        int otherHash = below < SHIFT_SECOND ? PersistentMap.spread(slots[slot]) : PersistentMap.second(slots[slot]);
        HashNode<K, V> pair = HashNode.<K, V>empty()
                .with(keyIn(slot), valueIn(slot), otherHash, below)
                .with(key, value, hashAt(key, hash, below), below);
        return entryBecomesNode(place, pair);
    }

    HashNode<K, V> without(K key, int hash, int shift) {
        if (shift >= SHIFT_MAX) {
            int slot = listSlot(key);
            return slot < 0 ? this : new HashNode<>(0, 0, removed(slots, slot, 2), size - 1);
        }
        int place = place(hash, shift);
        if ((entryPlaces & place) != 0) {
            int slot = entrySlot(place);
            return slots[slot].equals(key)
                    ? new HashNode<>(entryPlaces & ~place, nodePlaces, removed(slots, slot, 2), size - 1)
                    : this;
        }
        if ((nodePlaces & place) == 0) {
            return this;
        }
        int slot = nodeSlot(place);
        HashNode<K, V> below = nodeIn(slot);
        HashNode<K, V> changed = below.without(key, hashAt(key, hash, shift + BITS), shift + BITS);
        if (changed == below) {
            return this;
        }
        return changed.size == 1 ? nodeBecomesEntry(place, changed) : withNode(slot, changed, size - 1);
    }

    V valueAt(int index) {
        int entries = slots.length - Integer.bitCount(nodePlaces);
        if (index < entries / 2) {
            return valueIn(index * 2);
        }
        int left = index - entries / 2;
        int slot = entries;
        while (left >= nodeIn(slot).size) {
            left -= nodeIn(slot).size;
            slot++;
        }
        return nodeIn(slot).valueAt(left);
    }

    void forEach(BiConsumer<? super K, ? super V> action) {
        int entries = slots.length - Integer.bitCount(nodePlaces);
        for (int slot = 0; slot < entries; slot += 2) {
            action.accept(keyIn(slot), valueIn(slot));
        }
        for (int slot = entries; slot < slots.length; slot++) {
            nodeIn(slot).forEach(action);
        }
    }

    private HashNode<K, V> listedWith(K key, V value) {
        int slot = listSlot(key);
        if (slot < 0) {
            return new HashNode<>(0, 0, inserted(slots, slots.length, key, value), size + 1);
        }
        return slots[slot + 1] == value ? this : withValue(slot, value);
    }

    private int listSlot(K key) {
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot].equals(key)) {
                return slot;
            }
        }
        return -1;
    }

    private HashNode<K, V> withValue(int slot, V value) {
        Object[] copy = slots.clone();
        copy[slot + 1] = value;
        return new HashNode<>(entryPlaces, nodePlaces, copy, size);
    }

    private HashNode<K, V> withNode(int slot, HashNode<K, V> node, int newSize) {
        Object[] copy = slots.clone();
        copy[slot] = node;
        return new HashNode<>(entryPlaces, nodePlaces, copy, newSize);
    }

    private HashNode<K, V> entryBecomesNode(int place, HashNode<K, V> node) {
        Object[] copy = new Object[slots.length - 1];
        int entry = entrySlot(place);
        int after = nodeSlot(place);
        System.arraycopy(slots, 0, copy, 0, entry);
        System.arraycopy(slots, entry + 2, copy, entry, after - entry - 2);
        copy[after - 2] = node;
        System.arraycopy(slots, after, copy, after - 1, slots.length - after);
        return new HashNode<>(entryPlaces & ~place, nodePlaces | place, copy, size + 1);
    }

    private HashNode<K, V> nodeBecomesEntry(int place, HashNode<K, V> node) {
        Object[] fewer = removed(slots, nodeSlot(place), 1);
        int slot = entrySlot(place);
        return new HashNode<>(
                entryPlaces | place,
                nodePlaces & ~place,
                inserted(fewer, slot, node.slots[0], node.slots[1]),
                size - 1);
    }

    private static Object[] inserted(Object[] slots, int slot, Object key, Object value) {
        Object[] copy = new Object[slots.length + 2];
        System.arraycopy(slots, 0, copy, 0, slot);
        copy[slot] = key;
        copy[slot + 1] = value;
        System.arraycopy(slots, slot, copy, slot + 2, slots.length - slot);
        return copy;
    }

    private static Object[] removed(Object[] slots, int slot, int count) {
        Object[] copy = Arrays.copyOf(slots, slots.length - count);
        System.arraycopy(slots, slot + count, copy, slot, copy.length - slot);
        return copy;
    }

    private int entrySlot(int place) {
        return 2 * Integer.bitCount(entryPlaces & (place - 1));
    }

    private int nodeSlot(int place) {
        return slots.length - Integer.bitCount(nodePlaces & -place);
    }

    /// The hash whose bits count from `shift` on, when `hash` counted before.
    private static int hashAt(Object key, int hash, int shift) {
        return shift == SHIFT_SECOND ? PersistentMap.second(key) : hash;
    }

    /// One bit for the five bits of a hash at `shift`; the last place of each hash has only two bits left.
    private static int place(int hash, int shift) {
        return 1 << ((hash >>> (shift < SHIFT_SECOND ? shift : shift - SHIFT_SECOND)) & 31);
    }

    // Even slots before the nodes were filled with keys.
    @SuppressWarnings("unchecked")
    private K keyIn(int slot) {
        return (K) slots[slot];
    }

    // The slot behind a key was filled with its value.
    @SuppressWarnings("unchecked")
    private V valueIn(int keySlot) {
        return (V) slots[keySlot + 1];
    }

    // Slots behind the entries were filled with nodes.
    @SuppressWarnings("unchecked")
    private HashNode<K, V> nodeIn(int slot) {
        return (HashNode<K, V>) slots[slot];
    }
}
