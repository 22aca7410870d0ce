package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks to become, or to stay, a member of a group's next generation. The answer comes when everyone has asked.
///
/// Kafka's classic protocol: KIP-62 (rebalance timeout apart from the session), KIP-345 (static members), KIP-394
/// (member id first), KIP-800 (reason), KIP-814 (a static leader skips the assignment).
///
/// @param memberId empty for a member that has no id yet
/// @param instanceId the static name, null for a dynamic member
/// @param protocols what the member can speak, favourite first
/// @param memberIdRequired answer an unknown dynamic member with an id to come back with, instead of letting it in
/// @param canSkipAssignment whether the member understands a reply that says so
/// @param reason why the member asks, in its own words
public record JoinGroup(
        String groupId,
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        String protocolType,
        List<Protocol> protocols,
        boolean memberIdRequired,
        boolean canSkipAssignment,
        String reason)
        implements GroupCommand<JoinGroup.Reply> {
    /// @param metadata what the member tells the leader under this protocol
    public record Protocol(String name, Opaque metadata) {}

    /// @param metadata under the chosen protocol
    public record JoinedMember(String memberId, @Nullable String instanceId, Opaque metadata) {}

    /// @param generation -1 on error
    /// @param protocolType null on error
    /// @param protocol null on error
    /// @param skipAssignment the leader need not assign: the assignments of this generation stand
    /// @param members everyone, for the leader only
    public record Reply(
            ErrorKind error,
            String memberId,
            int generation,
            @Nullable String protocolType,
            @Nullable String protocol,
            String leader,
            boolean skipAssignment,
            List<JoinedMember> members) {
        static Reply refused(String memberId, ErrorKind error) {
            return new Reply(error, memberId, -1, null, null, "", false, List.of());
        }

        static Reply joined(Group group, String memberId, boolean skipAssignment) {
            boolean leads = group.isLeader(memberId);
            return of(group, memberId, group.leader(), skipAssignment, leads ? everyone(group) : List.of());
        }

        /// The reply to a static member that took over a place in a stable group and cannot skip the assignment: it is
        /// told the old leader's name, so that it fetches its assignment instead of making a new one.
        static Reply follower(Group group, String memberId, @Nullable String leader) {
            return of(group, memberId, leader, false, List.of());
        }

        private static Reply of(
                Group group, String memberId, @Nullable String leader, boolean skip, List<JoinedMember> members) {
            return new Reply(
                    ErrorKind.NONE,
                    memberId,
                    group.generation(),
                    group.protocolType(),
                    group.protocol(),
                    leader == null ? "" : leader,
                    skip,
                    members);
        }

        private static List<JoinedMember> everyone(Group group) {
            return group.members().stream()
                    .map(member -> new JoinedMember(member.id, member.instanceId, member.metadata(group.protocol())))
                    .toList();
        }
    }

    @Override
    public boolean allowsEmptyGroupId() {
        return false;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return Reply.refused(memberId, error);
    }

    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        GroupConfig config = shard.config();
        long bytes = Footprint.ofMember(protocols);
        if (hasTextTooLong() || bytes > config.memberBytesMax()) {
            turn.answer(answer, refused(ErrorKind.INVALID_REQUEST));
            return;
        }
        if (sessionTimeoutMs < config.sessionTimeoutMinMs() || sessionTimeoutMs > config.sessionTimeoutMaxMs()) {
            turn.answer(answer, refused(ErrorKind.INVALID_SESSION_TIMEOUT));
            return;
        }
        Group group = shard.find(groupId);
        if (!hasRoom(shard, group, bytes)) {
            turn.answer(answer, Reply.refused("", ErrorKind.GROUP_MAX_SIZE_REACHED));
            return;
        }
        if (group == null) {
            if (!memberId.isEmpty()) {
                turn.answer(answer, refused(ErrorKind.UNKNOWN_MEMBER));
                return;
            }
            if (!canFound()) {
                turn.answer(answer, refused(ErrorKind.INCONSISTENT_GROUP_PROTOCOL));
                return;
            }
            group = shard.create(groupId, turn);
        }
        if (!group.accepts(memberId, config.groupSizeMax())) {
            sendAway(shard, group, answer, turn);
        } else if (!group.supports(protocolType, protocols)) {
            turn.answer(answer, refused(ErrorKind.INCONSISTENT_GROUP_PROTOCOL));
        } else if (memberId.isEmpty()) {
            joinNew(shard, group, answer, turn);
        } else {
            joinKnown(shard, group, answer, turn);
        }
    }

    /// What is stored has to fit the record, whose strings end at 32,767 bytes.
    private boolean hasTextTooLong() {
        return GroupConfig.isTextTooLong(memberId)
                || GroupConfig.isTextTooLong(clientId)
                || GroupConfig.isTextTooLong(protocolType)
                || (instanceId != null && GroupConfig.isTextTooLong(instanceId))
                || protocols.stream().anyMatch(protocol -> GroupConfig.isTextTooLong(protocol.name()));
    }

    /// A member that asks again takes only what it tells more than before.
    private boolean hasRoom(GroupShard shard, @Nullable Group group, long bytes) {
        Member known = group == null ? null : group.member(memberId);
        long had = known == null ? 0 : Footprint.ofMember(known.protocols);
        long more = bytes - had + (group == null ? Footprint.ofGroup(groupId) : 0);
        return more <= 0 || shard.hasRoomFor(more);
    }

    /// Whether a group could begin with this member; checked first, so that nonsense leaves no group behind.
    private boolean canFound() {
        return !protocolType.isEmpty() && !protocols.isEmpty();
    }

    private void sendAway(GroupShard shard, Group group, Consumer<Reply> answer, Turn turn) {
        Member member = group.member(memberId);
        if (member != null) {
            shard.membership().remove(group, member, "the group is full", turn);
        }
        group.pending().forget(memberId);
        turn.answer(answer, Reply.refused("", ErrorKind.GROUP_MAX_SIZE_REACHED));
        shard.rebalance().completeWhenAllJoined(group, turn);
    }

    private void joinNew(GroupShard shard, Group group, Consumer<Reply> answer, Turn turn) {
        String newId = shard.membership().newMemberId(this);
        if (instanceId != null) {
            String owner = group.memberOfInstance(instanceId);
            if (owner == null) {
                shard.membership().addAndRebalance(group, newId, this, answer, turn);
            } else {
                takeOver(shard, group, shard.require(group, owner), newId, answer, turn);
            }
        } else if (!memberIdRequired) {
            shard.membership().addAndRebalance(group, newId, this, answer, turn);
        } else if (group.pending().count() >= shard.config().pendingMembersMax()) {
            turn.answer(answer, Reply.refused("", ErrorKind.GROUP_MAX_SIZE_REACHED));
        } else {
            shard.membership().addPending(group, newId, sessionTimeoutMs, turn);
            turn.answer(answer, Reply.refused(newId, ErrorKind.MEMBER_ID_REQUIRED));
        }
    }

    private void joinKnown(GroupShard shard, Group group, Consumer<Reply> answer, Turn turn) {
        if (instanceId == null && group.pending().has(memberId)) {
            shard.membership().addAndRebalance(group, memberId, this, answer, turn);
            return;
        }
        ErrorKind error = group.validate(memberId, instanceId);
        if (error != ErrorKind.NONE) {
            turn.answer(answer, refused(error));
            return;
        }
        Member member = shard.require(group, memberId);
        switch (group.state()) {
            case PREPARING_REBALANCE -> shard.membership().updateAndRebalance(group, member, this, answer, turn);
            case COMPLETING_REBALANCE -> {
                // The same metadata again means that the answer to the first join was lost: give it once more.
                if (member.protocols.equals(protocols)) {
                    turn.answer(answer, Reply.joined(group, memberId, false));
                } else {
                    shard.membership().updateAndRebalance(group, member, this, answer, turn);
                }
            }
            case STABLE -> {
                // A leader may force a rebalance for reasons only it knows, such as a topic that grew.
                if (group.isLeader(memberId) || !member.protocols.equals(protocols)) {
                    shard.membership().updateAndRebalance(group, member, this, answer, turn);
                } else {
                    turn.answer(answer, Reply.joined(group, memberId, false));
                }
            }
            case EMPTY, DEAD -> turn.answer(answer, refused(ErrorKind.UNKNOWN_MEMBER));
        }
    }

    private void takeOver(GroupShard shard, Group group, Member old, String newId, Consumer<Reply> answer, Turn turn) {
        String leaderBefore = group.leader();
        Member next = shard.membership().replaceStatic(group, old, newId, turn);
        group.update(next, this);
        shard.membership().park(group, next, answer, turn);
        switch (group.state()) {
            case STABLE -> {
                if (group.selectProtocol().equals(group.protocol())) {
                    turn.append(List.of(group.stored()), new TakeOver(shard, group, old, next, leaderBefore, this));
                } else {
                    shard.rebalance()
                            .prepareOrComplete(group, "static member " + instanceId + " changes the protocol", turn);
                }
            }
            // The leader may be assigning to the old id already: begin again, or the new one gets nothing.
            case COMPLETING_REBALANCE ->
                shard.rebalance().prepare(group, "static member " + instanceId + " came back", turn);
            case PREPARING_REBALANCE -> shard.rebalance().completeWhenAllJoined(group, turn);
            case EMPTY, DEAD -> throw new InvariantViolation("static member in an empty group");
        }
    }

    /// What follows when a static member's new id is stored, or is not: a rebalance that began in between has parked
    /// the join already and will answer it.
    private record TakeOver(
            GroupShard shard,
            Group group,
            Member old,
            Member next,
            @Nullable String leaderBefore,
            JoinGroup command) implements Turn.Outcome {
        private boolean isStillWaiting() {
            return group.state() == GroupState.STABLE && group.member(next.id) == next && next.isAwaitingJoin();
        }

        @Override
        public void appended(Turn turn) {
            if (!isStillWaiting()) {
                return;
            }
            shard.membership().touch(next, turn);
            if (command.canSkipAssignment()) {
                shard.rebalance().answerJoin(group, next, group.isLeader(next.id), turn);
                return;
            }
            Consumer<Reply> waiting = group.takeJoin(next);
            if (waiting != null) {
                turn.answer(waiting, Reply.follower(group, next.id, leaderBefore));
            }
        }

        @Override
        public void refused(ErrorKind error, Turn turn) {
            if (!isStillWaiting()) {
                return;
            }
            Consumer<Reply> waiting = group.takeJoin(next);
            next.session.cancel();
            group.replace(/* leaving= */ next, /* arriving= */ old);
            shard.membership().touch(old, turn);
            if (waiting != null) {
                turn.answer(waiting, Reply.refused("", WriteErrors.ofGroup(error)));
            }
        }
    }
}
