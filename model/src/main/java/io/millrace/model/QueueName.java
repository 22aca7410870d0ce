package io.millrace.model;

/// The name of a queue within its virtual host.
///
/// The order is that of the characters, so that lists look the same on every node.
public record QueueName(String value) implements Comparable<QueueName> {
    @Override
    public int compareTo(QueueName other) {
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
