package io.millrace.broker.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Bindings of a topic exchange in a trie of their words.
///
/// A message's words are followed along all branches at once, so the work is bounded by words times matching nodes and
/// no pattern of `#` makes it explode.
record TopicIndex(TopicNode root, int size) implements ExchangeIndex {
    static final TopicIndex EMPTY = new TopicIndex(TopicNode.ROOT, 0);

    @Override
    public ExchangeIndex with(Binding binding) {
        TopicNode changed = root.with(TopicWords.ofPattern(binding.key()), binding);
        return changed == root ? this : new TopicIndex(changed, size + 1);
    }

    @Override
    public ExchangeIndex without(Binding binding) {
        TopicNode changed = root.without(TopicWords.ofPattern(binding.key()), binding);
        return changed == root ? this : new TopicIndex(changed, size - 1);
    }

    @Override
    public boolean contains(Binding binding) {
        return root.contains(TopicWords.ofPattern(binding.key()), binding);
    }

    @Override
    public void forEach(Consumer<? super Binding> action) {
        root.forEach(action);
    }

    @Override
    public void match(Routable message, Chance chance, Consumer<? super Binding> found) {
        new Walk(found).follow(root, message.routingKey());
        for (String key : message.furtherKeys()) {
            new Walk(found).follow(root, key);
        }
    }

    @Override
    public boolean dependsOnKeyAlone() {
        return true;
    }

    /// One key's way through the trie.
    private static final class Walk {
        private final Consumer<? super Binding> found;

        /// Where the words read so far lead, each node once.
        private List<TopicNode> reached = new ArrayList<>(4);

        private List<TopicNode> next = new ArrayList<>(4);

        /// Nodes of `#` that were come upon and can be again after more words: those below another `#`.
        private @Nullable Set<TopicNode> comeUpon;

        Walk(Consumer<? super Binding> found) {
            this.found = found;
        }

        void follow(TopicNode root, String key) {
            reach(root, reached);
            int from = key.isEmpty() ? 1 : 0; // no words at all, not one empty word
            while (from <= key.length() && !reached.isEmpty()) {
                int dot = key.indexOf('.', from);
                int to = dot < 0 ? key.length() : dot;
                read(key.substring(from, to));
                from = to + 1;
            }
            for (TopicNode node : reached) {
                BindingSet.forEach(node.bindings(), found);
            }
        }

        private void read(String word) {
            next.clear();
            for (int i = 0; i < reached.size(); i++) {
                TopicNode node = reached.get(i);
                if (node.isRest()) {
                    next.add(node);
                }
                TopicNode child = node.child(word);
                if (child != null) {
                    reach(child, next);
                }
                TopicNode any = node.anyWord();
                if (any != null) {
                    reach(any, next);
                }
            }
            List<TopicNode> read = reached;
            reached = next;
            next = read;
        }

        private void reach(TopicNode node, List<TopicNode> into) {
            into.add(node);
            TopicNode rest = node.rest();
            if (rest == null || (node.isBelowRest() && !isNew(rest))) {
                return;
            }
            if (rest.isLeaf()) {
                BindingSet.forEach(rest.bindings(), found); // whatever follows
            } else {
                into.add(rest);
            }
        }

        private boolean isNew(TopicNode rest) {
            if (comeUpon == null) {
                comeUpon = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            return comeUpon.add(rest);
        }
    }
}
