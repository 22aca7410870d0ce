package io.millrace.conformance;

import org.opentest4j.TestAbortedException;

/// Leaves a test out because the machine lacks a client, and says why.
///
/// With `-Dmillrace.conformance.require=true` nothing may be left out: a missing client fails the run.
public final class Skip {
    private Skip() {}

    /// The exception to throw.
    public static RuntimeException because(String reason) {
        if (Boolean.getBoolean("millrace.conformance.require")) {
            throw new AssertionError("required, but " + reason);
        }
        System.err.println("SKIPPED: " + reason);
        return new TestAbortedException(reason);
    }
}
