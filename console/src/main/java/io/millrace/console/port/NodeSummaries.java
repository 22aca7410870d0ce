package io.millrace.console.port;

import java.util.List;
import java.util.function.Consumer;

/// The nodes in numbers that may be a second old: those who answer when they are asked.
@FunctionalInterface
public interface NodeSummaries {
    /// May be called from any thread, and answers on any.
    void latest(Consumer<List<NodeSummary>> reply);
}
