package io.millrace.cli.cluster.local;

import java.util.List;
import java.util.Map;

/// How a node's process is started; the command must become (not fork) the node.
///
/// @param environment variables beside those this process has
public record Launch(List<String> command, Map<String, String> environment) {
    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
