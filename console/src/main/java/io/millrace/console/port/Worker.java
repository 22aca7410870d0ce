package io.millrace.console.port;

/// Runs the turns of one request, one after another, where nobody waits for them but whoever asked.
@FunctionalInterface
public interface Worker {
    /// May be called from any thread.
    void post(Runnable turn);
}
