package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.GroupRecord.StoredMember;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A live classic group: its members, what they agreed on, and how far the current rebalance has come. Holds only the
/// bookkeeping and its rules; [Rebalance] and the commands decide what happens.
///
/// Not replicated: what survives the coordinator is the last [GroupMetadataStored].
///
/// Owned by: the shard. Invariants: the leader is a member; a static name belongs to exactly one member;
/// `joinsWaiting` counts the members with a waiting join.
final class Group {
    private final String id;
    private final Footprint footprint;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> memberByInstance = new LinkedHashMap<>();
    private final PendingMembers pending;
    private final Set<String> syncsMissing = new LinkedHashSet<>();
    private final SpokenProtocols spoken = new SpokenProtocols();
    final Deadlines.Deadline joinDeadline;
    final Deadlines.Deadline syncDeadline;

    private GroupState state = GroupState.EMPTY;
    private GroupState previousState = GroupState.EMPTY;
    private long stateTimestampMs;
    private int generation;
    private int joinsWaiting;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leader;
    private @Nullable Set<String> subscribedTopics;

    /// A member joined while the first rebalance of an empty group waits for more (KIP-134).
    boolean memberAddedWhileWaiting;
    /// How much longer the first rebalance may be put off after the current delay.
    int initialDelayLeftMs;
    /// The delay that runs now.
    int initialDelayMs;

    Group(
            String id,
            Footprint footprint,
            Deadlines deadlines,
            Consumer<Turn> joinDue,
            Consumer<Turn> syncDue,
            long wallMs) {
        this.id = id;
        this.footprint = footprint;
        this.pending = new PendingMembers(footprint);
        this.joinDeadline = deadlines.deadline(joinDue);
        this.syncDeadline = deadlines.deadline(syncDue);
        this.stateTimestampMs = wallMs;
    }

    String id() {
        return id;
    }

    GroupState state() {
        return state;
    }

    /// Whether the running rebalance is the first one after the group was empty.
    boolean isInitialRebalance() {
        return state == GroupState.PREPARING_REBALANCE && previousState == GroupState.EMPTY;
    }

    int generation() {
        return generation;
    }

    long stateTimestampMs() {
        return stateTimestampMs;
    }

    @Nullable
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    @Nullable
    String leader() {
        return leader;
    }

    void moveTo(GroupState next, long wallMs) {
        if (!state.mayMoveTo(next)) {
            throw new InvariantViolation("group " + id + " may not move from " + state + " to " + next);
        }
        previousState = state;
        state = next;
        stateTimestampMs = wallMs;
    }

    // --- members

    @Nullable
    Member member(String memberId) {
        return members.get(memberId);
    }

    Collection<Member> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leader);
    }

    @Nullable
    String memberOfInstance(String instanceId) {
        return memberByInstance.get(instanceId);
    }

    /// KIP-345: who speaks under a static name must be the member that owns it.
    ErrorKind validate(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String owner = memberByInstance.get(instanceId);
            if (owner == null) {
                return ErrorKind.UNKNOWN_MEMBER;
            }
            if (!owner.equals(memberId)) {
                return ErrorKind.FENCED_INSTANCE_ID;
            }
        }
        return members.containsKey(memberId) ? ErrorKind.NONE : ErrorKind.UNKNOWN_MEMBER;
    }

    /// Whether the group has room for the member (`group.max.size`). During a rebalance only those who have joined
    /// again count, so that a group that is too large loses the last ones to join.
    boolean accepts(String memberId, int sizeMax) {
        return switch (state) {
            case EMPTY, DEAD -> true;
            case PREPARING_REBALANCE -> {
                Member member = members.get(memberId);
                yield member != null && member.isAwaitingJoin() || joinsWaiting < sizeMax;
            }
            case COMPLETING_REBALANCE, STABLE -> members.containsKey(memberId) || members.size() < sizeMax;
        };
    }

    void add(Member member, @Nullable String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        if (member.instanceId != null && memberByInstance.putIfAbsent(member.instanceId, member.id) != null) {
            throw new InvariantViolation("static member " + member.instanceId + " is already in group " + id);
        }
        if (leader == null) {
            leader = member.id;
        }
        members.put(member.id, member);
        footprint.count(member);
        spoken.add(member);
        joinsWaiting += member.isAwaitingJoin() ? 1 : 0;
        pending.forget(member.id);
    }

    /// @return the member that was removed, or null
    @Nullable
    Member remove(String memberId) {
        Member removed = members.remove(memberId);
        if (removed != null) {
            footprint.discount(removed);
            spoken.remove(removed);
            joinsWaiting -= removed.isAwaitingJoin() ? 1 : 0;
            if (removed.instanceId != null) {
                memberByInstance.remove(removed.instanceId);
            }
        }
        if (isLeader(memberId)) {
            leader = members.isEmpty() ? null : members.keySet().iterator().next();
        }
        syncsMissing.remove(memberId);
        return removed;
    }

    /// Puts `arriving` into the place of the static member `leaving`, leadership included.
    void replace(Member leaving, Member arriving) {
        members.remove(leaving.id);
        footprint.discount(leaving);
        spoken.remove(leaving);
        joinsWaiting -= leaving.isAwaitingJoin() ? 1 : 0;
        members.put(arriving.id, arriving);
        footprint.count(arriving);
        spoken.add(arriving);
        joinsWaiting += arriving.isAwaitingJoin() ? 1 : 0;
        if (isLeader(leaving.id)) {
            leader = arriving.id;
        }
        if (syncsMissing.remove(leaving.id)) {
            syncsMissing.add(arriving.id);
        }
        memberByInstance.put(Optional.ofNullable(arriving.instanceId).orElseThrow(), arriving.id);
    }

    void update(Member member, JoinGroup command) {
        spoken.remove(member);
        member.protocols = command.protocols();
        footprint.count(member);
        spoken.add(member);
        member.rebalanceTimeoutMs = command.rebalanceTimeoutMs();
        member.sessionTimeoutMs = command.sessionTimeoutMs();
    }

    void assign(Member member, Opaque assignment) {
        member.assignment = assignment;
        footprint.count(member);
    }

    void awaitJoin(Member member, Consumer<JoinGroup.Reply> answer) {
        joinsWaiting += member.isAwaitingJoin() ? 0 : 1;
        member.waitingJoin = answer;
    }

    @Nullable
    Consumer<JoinGroup.Reply> takeJoin(Member member) {
        Consumer<JoinGroup.Reply> waiting = member.waitingJoin;
        if (waiting != null && members.get(member.id) == member) {
            joinsWaiting--;
        }
        member.waitingJoin = null;
        return waiting;
    }

    boolean allJoined() {
        return members.size() == joinsWaiting && pending.count() == 0;
    }

    List<Member> dynamicMembersNotJoined() {
        return members.values().stream()
                .filter(member -> !member.isAwaitingJoin() && !member.isStatic())
                .toList();
    }

    /// Hands the leadership to someone who has joined when the leader has not; false when nobody has.
    boolean electJoinedLeader() {
        if (leader == null) {
            return false;
        }
        Member current = members.get(leader);
        if (current != null && current.isAwaitingJoin()) {
            return true;
        }
        for (Member member : members.values()) {
            if (member.isAwaitingJoin()) {
                leader = member.id;
                return true;
            }
        }
        return false;
    }

    /// Member ids handed out, not used yet.
    PendingMembers pending() {
        return pending;
    }

    // --- syncs

    Set<String> syncsMissing() {
        return syncsMissing;
    }

    void expectSync(String memberId) {
        syncsMissing.add(memberId);
    }

    void syncArrived(String memberId) {
        if (syncsMissing.remove(memberId) && syncsMissing.isEmpty()) {
            syncDeadline.cancel();
        }
    }

    // --- what the members agree on

    boolean isConsumerGroup() {
        return Subscriptions.CONSUMER.equals(protocolType);
    }

    boolean supports(String type, List<JoinGroup.Protocol> offered) {
        if (state == GroupState.EMPTY) {
            return !type.isEmpty() && !offered.isEmpty();
        }
        return type.equals(protocolType) && spoken.isAnySpokenBy(members.size(), offered);
    }

    /// The protocol the members would use now.
    String selectProtocol() {
        return spoken.elect(members.values());
    }

    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(member -> member.rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    /// Starts the next generation: with members it waits for the leader's assignments, without it is empty.
    void nextGeneration(Subscriptions subscriptions, long wallMs) {
        generation++;
        protocol = members.isEmpty() ? null : selectProtocol();
        syncsMissing.clear();
        subscribedTopics = readSubscriptions(subscriptions);
        moveTo(members.isEmpty() ? GroupState.EMPTY : GroupState.COMPLETING_REBALANCE, wallMs);
    }

    private @Nullable Set<String> readSubscriptions(Subscriptions subscriptions) {
        if (!isConsumerGroup()) {
            return null;
        }
        Set<String> topics = new LinkedHashSet<>();
        for (Member member : members.values()) {
            Optional<Set<String>> own = subscriptions.topics(member.metadata(protocol));
            if (own.isEmpty()) {
                return null;
            }
            topics.addAll(own.get());
        }
        return topics;
    }

    /// Whether the subscriptions of all members are known.
    boolean knowsSubscriptions() {
        return subscribedTopics != null;
    }

    /// A consumer group whose subscriptions cannot be read counts as subscribed to everything.
    boolean isSubscribedTo(String topic) {
        return subscribedTopics == null ? isConsumerGroup() : subscribedTopics.contains(topic);
    }

    // --- to and from the log

    /// The group as a record, with the assignments the members have.
    GroupMetadataStored stored() {
        Map<String, Opaque> assignments = new LinkedHashMap<>();
        members.values().forEach(member -> assignments.put(member.id, member.assignment));
        return stored(assignments);
    }

    GroupMetadataStored stored(Map<String, Opaque> assignments) {
        List<StoredMember> list = new ArrayList<>(members.size());
        for (Member member : members.values()) {
            list.add(new StoredMember(
                    member.id,
                    member.instanceId,
                    member.clientId,
                    member.clientHost,
                    member.rebalanceTimeoutMs,
                    member.sessionTimeoutMs,
                    member.metadata(protocol),
                    assignments.getOrDefault(member.id, Opaque.EMPTY)));
        }
        return new GroupMetadataStored(
                id,
                protocolType == null ? "" : protocolType,
                generation,
                protocol,
                leader,
                stateTimestampMs,
                List.copyOf(list));
    }

    /// Takes over what a record says, before the group is used for the first time.
    void restore(GroupMetadataStored record, List<Member> restored, Subscriptions subscriptions) {
        generation = record.generation();
        for (Member member : restored) {
            add(member, record.protocolType());
        }
        protocolType = record.protocolType().isEmpty() ? null : record.protocolType();
        protocol = record.protocol();
        leader = members.containsKey(record.leader()) ? record.leader() : leader;
        state = members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        previousState = state;
        stateTimestampMs = record.stateTimestampMs();
        subscribedTopics = readSubscriptions(subscriptions);
    }
}
