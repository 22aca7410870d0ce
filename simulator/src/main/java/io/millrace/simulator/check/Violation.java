package io.millrace.simulator.check;

/// A promise was broken. The message says which, where and how.
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }
}
