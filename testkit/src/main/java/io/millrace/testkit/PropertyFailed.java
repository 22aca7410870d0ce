package io.millrace.testkit;

/// A [Property] did not hold; the message leads with the seed that shows it, the cause is what the test threw.
public final class PropertyFailed extends AssertionError {
    private static final long serialVersionUID = 1L;

    PropertyFailed(long seed, Throwable cause) {
        super("seed " + seed + " (again with -D" + PropertyExtension.SEED_KEY + "=" + seed + "): " + cause, cause);
    }
}
