package io.millrace.log.disk;

import java.io.IOException;

/// A disk gave something back that is not what was written there. Asking again does not help; another replica may.
public final class DamageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long trustedOffset;

    /// @param trustedOffset where the segment begins that is damaged: nothing from there on is to be believed
    public DamageException(String message, long trustedOffset) {
        super(message);
        this.trustedOffset = trustedOffset;
    }

    public long trustedOffset() {
        return trustedOffset;
    }
}
