package io.millrace.log.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A disk gave something back that is not what was written there. Asking again does not help; another replica may.
public final class DamageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long trustedOffset;

    /// @param trustedOffset where the segment begins that is damaged: nothing from there on is to be believed
    public DamageException(String message, long trustedOffset) {
        super(message);
        this.trustedOffset = trustedOffset;
    }

    /// What is damaged, when that is why something was refused; null when it was another reason.
    public static @Nullable DamageException in(Exception refusal) {
        return refusal instanceof DamageException damage
                ? damage
                : refusal.getCause() instanceof DamageException cause ? cause : null;
    }

    public long trustedOffset() {
        return trustedOffset;
    }
}
