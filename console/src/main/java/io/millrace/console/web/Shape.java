package io.millrace.console.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// How the items of a list look, so that only those that are shown are made into JSON.
public interface Shape<T> {
    /// What the parameter `name` filters by.
    String name(T item);

    ObjectNode tree(T item);

    /// One field for sorting, without making the tree; nothing when it takes the tree.
    Optional<SortKey> field(T item, String field);
}
