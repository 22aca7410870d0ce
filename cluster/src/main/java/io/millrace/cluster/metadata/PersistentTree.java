package io.millrace.cluster.metadata;

import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An immutable sorted map (AVL tree). A change copies the path to the root, about 17 nodes among 100,000, and shares
/// the rest, so that keeping the image before a change next to the one after it costs next to nothing.
final class PersistentTree<K, V> {
    private final Comparator<? super K> order;
    private final @Nullable Node<K, V> root;

    private PersistentTree(Comparator<? super K> order, @Nullable Node<K, V> root) {
        this.order = order;
        this.root = root;
    }

    static <K, V> PersistentTree<K, V> empty(Comparator<? super K> order) {
        return new PersistentTree<>(order, null);
    }

    int size() {
        return count(root);
    }

    @Nullable
    V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int side = order.compare(key, node.key);
            if (side == 0) {
                return node.value;
            }
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentTree<K, V> with(K key, V value) {
        return new PersistentTree<>(order, put(root, key, value));
    }

    PersistentTree<K, V> without(K key) {
        if (get(key) == null) {
            return this;
        }
        return new PersistentTree<>(order, remove(root, key));
    }

    /// With other values in key order; shares what is the same. Costs one look at each, and nothing for keys.
    PersistentTree<K, V> mapped(UnaryOperator<V> change) {
        Node<K, V> changed = mapped(root, change);
        return changed == root ? this : new PersistentTree<>(order, changed);
    }

    private static <K, V> @Nullable Node<K, V> mapped(@Nullable Node<K, V> node, UnaryOperator<V> change) {
        if (node == null) {
            return null;
        }
        Node<K, V> left = mapped(node.left, change);
        V value = change.apply(node.value);
        Node<K, V> right = mapped(node.right, change);
        boolean isSame = left == node.left && value == node.value && right == node.right;
        return isSame ? node : new Node<>(node.key, value, left, right);
    }

    /// All values in key order.
    Collection<V> values() {
        return new Values(null);
    }

    /// All keys in order.
    List<K> keys() {
        List<K> keys = new ArrayList<>(size());
        collectKeys(root, keys);
        return keys;
    }

    private static <K> void collectKeys(@Nullable Node<K, ?> node, List<K> into) {
        if (node != null) {
            collectKeys(node.left, into);
            into.add(node.key);
            collectKeys(node.right, into);
        }
    }

    /// Values of `from` and the keys after it, in key order.
    Collection<V> valuesFrom(K from) {
        return new Values(from);
    }

    private Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int side = order.compare(key, node.key);
        if (side == 0) {
            return new Node<>(key, value, node.left, node.right);
        }
        return side < 0
                ? balanced(node, put(node.left, key, value), node.right)
                : balanced(node, node.left, put(node.right, key, value));
    }

    private @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int side = order.compare(key, node.key);
        if (side < 0) {
            return balanced(node, remove(node.left, key), node.right);
        }
        if (side > 0) {
            return balanced(node, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<K, V> successor = first(node.right);
        return balanced(successor, node.left, remove(node.right, successor.key));
    }

    private static <K, V> Node<K, V> first(Node<K, V> node) {
        Node<K, V> at = node;
        while (at.left != null) {
            at = at.left;
        }
        return at;
    }

    /// A node with `entry`'s key and value over both subtrees, rotated when one is two levels deeper.
    private static <K, V> Node<K, V> balanced(Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left != null && left.height > height(right) + 1) {
            return rotatedRight(entry, left, right);
        }
        if (right != null && right.height > height(left) + 1) {
            return rotatedLeft(entry, left, right);
        }
        return new Node<>(entry.key, entry.value, left, right);
    }

    private static <K, V> Node<K, V> rotatedRight(Node<K, V> entry, Node<K, V> left, @Nullable Node<K, V> right) {
        Node<K, V> inner = left.right;
        if (inner == null || height(left.left) >= inner.height) {
            return new Node<>(left.key, left.value, left.left, new Node<>(entry.key, entry.value, inner, right));
        }
        return new Node<>(
                inner.key,
                inner.value,
                new Node<>(left.key, left.value, left.left, inner.left),
                new Node<>(entry.key, entry.value, inner.right, right));
    }

    private static <K, V> Node<K, V> rotatedLeft(Node<K, V> entry, @Nullable Node<K, V> left, Node<K, V> right) {
        Node<K, V> inner = right.left;
        if (inner == null || height(right.right) >= inner.height) {
            return new Node<>(right.key, right.value, new Node<>(entry.key, entry.value, left, inner), right.right);
        }
        return new Node<>(
                inner.key,
                inner.value,
                new Node<>(entry.key, entry.value, left, inner.left),
                new Node<>(right.key, right.value, inner.right, right.right));
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static int count(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.count;
    }

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;
        final int count;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(height(left), height(right));
            this.count = 1 + count(left) + count(right);
        }
    }

    /// A view of the values at and after a key; `null` means all.
    private final class Values extends AbstractCollection<V> {
        private final @Nullable K from;

        Values(@Nullable K from) {
            this.from = from;
        }

        @Override
        public Iterator<V> iterator() {
            return new InOrder(from);
        }

        @Override
        public int size() {
            if (from == null) {
                return count(root);
            }
            int count = 0;
            for (Iterator<V> it = iterator(); it.hasNext(); it.next()) {
                count++;
            }
            return count;
        }
    }

    /// Walks in key order with the path still to visit on a stack.
    private final class InOrder implements Iterator<V> {
        private final Deque<Node<K, V>> path = new ArrayDeque<>();

        InOrder(@Nullable K from) {
            Node<K, V> node = root;
            while (node != null) {
                if (from != null && order.compare(node.key, from) < 0) {
                    node = node.right;
                } else {
                    path.push(node);
                    node = node.left;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public V next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = path.pop();
            for (Node<K, V> below = node.right; below != null; below = below.left) {
                path.push(below);
            }
            return node.value;
        }
    }
}
