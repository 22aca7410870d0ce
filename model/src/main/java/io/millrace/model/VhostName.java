package io.millrace.model;

/// A virtual host: a namespace of exchanges, queues and bindings with its own permissions.
///
/// The order is that of the characters, so that lists look the same on every node.
public record VhostName(String value) implements Comparable<VhostName> {
    /// That which is there from the first start, and the only one in which topics are seen.
    public static final VhostName HOME = new VhostName("/");

    @Override
    public int compareTo(VhostName other) {
        return value.compareTo(other.value);
    }

    /// Fixed by the specification of strings, so that hashed structures look the same on every node.
    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
