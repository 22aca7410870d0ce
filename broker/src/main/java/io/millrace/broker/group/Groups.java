package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.function.Consumer;

/// The port through which protocols reach groups. One per loop: called on that loop, and every answer arrives there,
/// sometimes before the call returns, a join or a sync often much later.
public interface Groups {
    /// Asks the coordinator of the command's group. Exactly one answer comes.
    <R> void submit(GroupCommand<R> command, Consumer<R> answer);

    /// Lists the groups this node coordinates.
    void list(ListGroups query, Consumer<ListGroups.Reply> answer);

    /// Says which node coordinates a group, creating the offsets topic when this is the first group ever.
    void findCoordinator(String groupId, Consumer<Coordinator> answer);

    /// @param nodeId -1 on error
    record Coordinator(ErrorKind error, int nodeId) {}
}
