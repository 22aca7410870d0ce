package io.millrace.cluster.bulletin;

/// What a node is short of. Publishers of the whole cluster wait until it no longer is.
public record Alarms(boolean memory, boolean disk) {
    public static final Alarms NONE = new Alarms(false, false);

    /// Whether publishers wait.
    public boolean any() {
        return memory || disk;
    }

    /// Of two nodes taken together.
    public Alarms or(Alarms other) {
        return new Alarms(memory || other.memory, disk || other.disk);
    }
}
