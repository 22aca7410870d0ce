package io.millrace.broker.routing;

import static io.millrace.broker.routing.TopicWords.ANY;
import static io.millrace.broker.routing.TopicWords.REST;

import io.millrace.model.PersistentMap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A node of the topic trie, immutable: the bindings whose words end here, and the nodes of the words that may follow.
/// No node but the root is without both. No `#` leads on from where a `#` led.
///
/// Changes are loops and not recursions: a key has as many words as a protocol lets through.
///
/// @param rest where `#` leads
/// @param isRest whether `#` led here, so that every further word may be part of it
/// @param isBelowRest whether a `#` is on the way here
record TopicNode(
        PersistentMap<String, TopicNode> children,
        @Nullable TopicNode anyWord,
        @Nullable TopicNode rest,
        @Nullable BindingSet bindings,
        boolean isRest,
        boolean isBelowRest) {
    static final TopicNode ROOT = new TopicNode(PersistentMap.empty(), null, null, null, false, false);

    boolean isLeaf() {
        return children.isEmpty() && anyWord == null && rest == null;
    }

    @Nullable
    TopicNode child(String word) {
        return children.get(word);
    }

    boolean contains(List<String> words, Binding binding) {
        TopicNode node = this;
        for (String word : words) {
            node = node.after(word);
            if (node == null) {
                return false;
            }
        }
        return BindingSet.contains(node.bindings, binding);
    }

    /// This trie with `binding` at the end of `words`; this very trie when it is there.
    TopicNode with(List<String> words, Binding binding) {
        var path = new TopicNode[words.size()];
        TopicNode node = this;
        for (int i = 0; i < path.length; i++) {
            path[i] = node;
            TopicNode after = node.after(words.get(i));
            node = after != null ? after : node.fresh(words.get(i));
        }
        BindingSet set = BindingSet.with(node.bindings, binding);
        return set == node.bindings ? this : rebuilt(path, words, node.withBindings(set));
    }

    /// This trie without `binding` at the end of `words`; this very trie when it is not there.
    TopicNode without(List<String> words, Binding binding) {
        var path = new TopicNode[words.size()];
        TopicNode node = this;
        for (int i = 0; i < path.length; i++) {
            path[i] = node;
            TopicNode after = node.after(words.get(i));
            if (after == null) {
                return this;
            }
            node = after;
        }
        BindingSet set = BindingSet.without(node.bindings, binding);
        return set == node.bindings ? this : rebuilt(path, words, node.withBindings(set));
    }

    private static TopicNode rebuilt(TopicNode[] path, List<String> words, TopicNode end) {
        TopicNode node = end;
        for (int i = path.length - 1; i >= 0; i--) {
            boolean isGone = node.isLeaf() && node.bindings == null;
            node = path[i].leading(words.get(i), isGone ? null : node);
        }
        return node;
    }

    /// Every binding once. The order follows from the words.
    void forEach(Consumer<? super Binding> action) {
        Deque<TopicNode> left = new ArrayDeque<>();
        left.push(this);
        while (!left.isEmpty()) {
            TopicNode node = left.pop();
            BindingSet.forEach(node.bindings, action);
            node.children.forEach((_, child) -> left.push(child));
            if (node.anyWord != null) {
                left.push(node.anyWord);
            }
            if (node.rest != null) {
                left.push(node.rest);
            }
        }
    }

    private @Nullable TopicNode after(String word) {
        return switch (word) {
            case ANY -> anyWord;
            case REST -> rest;
            default -> children.get(word);
        };
    }

    private TopicNode fresh(String word) {
        boolean led = word.equals(REST);
        return new TopicNode(PersistentMap.empty(), null, null, null, led, isBelowRest || led);
    }

    private TopicNode leading(String word, @Nullable TopicNode to) {
        return switch (word) {
            case ANY -> new TopicNode(children, to, rest, bindings, isRest, isBelowRest);
            case REST -> new TopicNode(children, anyWord, to, bindings, isRest, isBelowRest);
            default ->
                new TopicNode(
                        to == null ? children.without(word) : children.with(word, to),
                        anyWord,
                        rest,
                        bindings,
                        isRest,
                        isBelowRest);
        };
    }

    private TopicNode withBindings(@Nullable BindingSet set) {
        return new TopicNode(children, anyWord, rest, set, isRest, isBelowRest);
    }
}
