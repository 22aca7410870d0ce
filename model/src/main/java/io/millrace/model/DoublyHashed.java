package io.millrace.model;

/// A key of a [PersistentMap] that is made of what clients chose, and has a second hash for those whose first one was
/// made to be the same. Strings have one without this.
public interface DoublyHashed {
    /// Follows from what `equals` compares, and not from `hashCode`.
    long secondHashCode();
}
