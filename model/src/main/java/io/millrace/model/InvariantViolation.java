package io.millrace.model;

/// Something only a bug of ours can cause. It stops the state it was found in, loudly; it never reaches a client as
/// text.
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvariantViolation(String message) {
        super(message);
    }

    public InvariantViolation(String message, Throwable cause) {
        super(message, cause);
    }
}
