package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Shows a group and its members.
public record DescribeGroup(String groupId) implements GroupCommand<DescribeGroup.Reply> {
    /// @param protocolType empty when the group never had a member
    /// @param protocol what the members agreed on, empty unless the group is stable
    public record Reply(
            ErrorKind error, GroupState state, String protocolType, String protocol, List<DescribedMember> members) {}

    /// @param metadata under the agreed protocol, empty unless the group is stable
    /// @param assignment empty unless the group is stable
    public record DescribedMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            Opaque metadata,
            Opaque assignment) {}

    @Override
    public boolean allowsEmptyGroupId() {
        return true;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return new Reply(error, GroupState.DEAD, "", "", List.of());
    }

    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        Group group = shard.find(groupId);
        turn.answer(answer, group == null ? refused(ErrorKind.GROUP_NOT_FOUND) : describe(group));
    }

    private static Reply describe(Group group) {
        boolean stable = group.state() == GroupState.STABLE;
        String type = group.protocolType();
        String protocol = group.protocol();
        List<DescribedMember> members = group.members().stream()
                .map(member -> new DescribedMember(
                        member.id,
                        member.instanceId,
                        member.clientId,
                        member.clientHost,
                        stable ? member.metadata(protocol) : Opaque.EMPTY,
                        stable ? member.assignment : Opaque.EMPTY))
                .toList();
        return new Reply(
                ErrorKind.NONE,
                group.state(),
                type == null ? "" : type,
                stable && protocol != null ? protocol : "",
                members);
    }
}
