package io.millrace.cli.cluster.local;

import java.util.function.Consumer;

/// Where goes what a node prints.
public sealed interface NodeOutput {
    /// Into the log file of its place.
    record ToFile() implements NodeOutput {}

    /// Line by line to somebody, who is called by a thread of each node.
    record ToLines(Consumer<String> each) implements NodeOutput {}
}
