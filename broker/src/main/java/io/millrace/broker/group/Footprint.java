package io.millrace.broker.group;

/// About how many bytes the live groups of a shard keep on the heap: what clients say about themselves is copied and
/// kept as long as they are members, so there has to be an end to it. An estimate that never drifts: what is taken off
/// is always what was put on.
///
/// Owned by: the shard.
final class Footprint {
    private static final long GROUP_BYTES = 1_000;
    private static final long MEMBER_BYTES = 500;
    private static final long PENDING_BYTES = 300;
    private static final long PROTOCOL_BYTES = 100;

    private long bytes;

    long bytes() {
        return bytes;
    }

    void addGroup(String groupId) {
        bytes += ofGroup(groupId);
    }

    void removeGroup(String groupId) {
        bytes -= ofGroup(groupId);
    }

    void addPending(String memberId) {
        bytes += PENDING_BYTES + memberId.length();
    }

    void removePending(String memberId) {
        bytes -= PENDING_BYTES + memberId.length();
    }

    /// Counts a member as it is now, whether or not it was counted before.
    void count(Member member) {
        bytes -= member.countedBytes;
        member.countedBytes = MEMBER_BYTES
                + member.id.length()
                + member.clientId.length()
                + ofProtocols(member.protocols)
                + member.assignment.size();
        bytes += member.countedBytes;
    }

    void discount(Member member) {
        bytes -= member.countedBytes;
        member.countedBytes = 0;
    }

    static long ofGroup(String groupId) {
        return GROUP_BYTES + groupId.length();
    }

    /// What a member that speaks these protocols takes, or a little less.
    static long ofMember(Iterable<JoinGroup.Protocol> protocols) {
        return MEMBER_BYTES + ofProtocols(protocols);
    }

    private static long ofProtocols(Iterable<JoinGroup.Protocol> protocols) {
        long sum = 0;
        for (JoinGroup.Protocol protocol : protocols) {
            sum += PROTOCOL_BYTES
                    + protocol.name().length()
                    + protocol.metadata().size();
        }
        return sum;
    }
}
