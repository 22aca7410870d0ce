package io.millrace.model;

/// The name of an exchange within its virtual host. The empty name is the default exchange.
///
/// The order is that of the characters, so that lists look the same on every node.
public record ExchangeName(String value) implements Comparable<ExchangeName> {
    /// Routes by queue name to every queue; nobody binds to it, and it cannot be deleted.
    public static final ExchangeName DEFAULT = new ExchangeName("");

    public boolean isDefault() {
        return value.isEmpty();
    }

    @Override
    public int compareTo(ExchangeName other) {
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
