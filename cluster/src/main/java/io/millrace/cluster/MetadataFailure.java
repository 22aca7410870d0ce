package io.millrace.cluster;

/// The metadata log cannot be used, and without it a node cannot run. The message is for operators.
public final class MetadataFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MetadataFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
