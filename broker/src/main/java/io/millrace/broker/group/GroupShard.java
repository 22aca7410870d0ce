package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.GroupRecord.GroupRemoved;
import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.broker.group.ListGroups.Listing;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Randomness;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The groups and positions of one partition of the offsets topic. Two layers: [GroupStore] is replicated and changes
/// by [#apply(GroupRecord)] only; the live groups on top (who waits for whom, sessions, deadlines) belong to the
/// present coordinator and are built anew from the store when another one takes over.
///
/// Records are applied when the log has confirmed them, in log order, and then the [Turn.Outcome] of the command that
/// wrote them is told. So nobody ever sees a position that a crash could take back.
///
/// Owned by: the loop of the partition's log. Pure: time comes with the [Turn], chance with the constructor.
public final class GroupShard {
    private final GroupConfig config;
    private final Subscriptions subscriptions;
    private final MemberIds ids;
    private final GroupStore store = new GroupStore();
    private final CommitsInFlight inFlight = new CommitsInFlight();
    private final Deadlines deadlines = new Deadlines();
    private final Footprint footprint = new Footprint();
    private final Map<String, Group> live = new LinkedHashMap<>();
    private final Rebalance rebalance = new Rebalance(this);
    private final Membership membership = new Membership(this);
    private final Retention retention = new Retention(this);
    private final Deadlines.Deadline retentionCheck = deadlines.deadline(this::onRetentionCheck);

    public GroupShard(GroupConfig config, Subscriptions subscriptions, Randomness randomness) {
        this.config = config;
        this.subscriptions = subscriptions;
        this.ids = new MemberIds(randomness);
    }

    /// The only change of the replicated state: a record the log has confirmed, or one read back from it.
    public void apply(GroupRecord record) {
        store.apply(record);
    }

    /// Everything in the log has been applied: this node coordinates now. Members get a full session to be heard from.
    public void onLoaded(Turn turn) {
        store.groups().values().forEach(stored -> restore(stored, turn));
        store.offsets().keySet().forEach(groupId -> ensure(groupId, turn));
        retentionCheck.set(turn.nowMs() + config.offsetsRetentionCheckMs());
    }

    private void restore(GroupMetadataStored stored, Turn turn) {
        Group group = create(stored.groupId(), turn);
        String protocol = stored.protocol();
        List<Member> members = new ArrayList<>(stored.members().size());
        for (GroupRecord.StoredMember one : stored.members()) {
            List<JoinGroup.Protocol> protocols =
                    List.of(new JoinGroup.Protocol(protocol == null ? "" : protocol, one.subscription()));
            Member member = membership.newMember(
                    group,
                    one.memberId(),
                    one.instanceId(),
                    one.clientId(),
                    one.clientHost(),
                    one.rebalanceTimeoutMs(),
                    one.sessionTimeoutMs(),
                    protocols);
            member.assignment = one.assignment();
            membership.touch(member, turn);
            members.add(member);
        }
        group.restore(stored, members, subscriptions);
        if (group.size() > config.groupSizeMax()) {
            rebalance.prepare(group, "the group is over its maximum size", turn);
        }
    }

    /// Another node coordinates now: whoever waits here has to ask there.
    public void onUnload(Turn turn) {
        refuseParked(turn);
        live.clear();
    }

    /// Sends everybody away who waits for others: what they wait for will not happen here.
    void refuseParked(Turn turn) {
        for (Group group : live.values()) {
            for (Member member : group.members()) {
                var join = group.takeJoin(member);
                if (join != null) {
                    turn.answer(join, JoinGroup.Reply.refused(member.id, ErrorKind.NOT_COORDINATOR));
                }
                var sync = member.waitingSync;
                if (sync != null) {
                    member.waitingSync = null;
                    turn.answer(sync, SyncGroup.Reply.refused(ErrorKind.NOT_COORDINATOR));
                }
            }
        }
    }

    /// Lets everything happen whose time has come.
    public void onTick(Turn turn) {
        deadlines.fire(turn);
    }

    /// When [#onTick(Turn)] is wanted; never too late, sometimes early.
    public OptionalLong nextDeadlineMs() {
        return deadlines.next();
    }

    /// Topics are gone, and with them the positions in them.
    public void onTopicDeleted(String topic, Turn turn) {
        Set<String> affected = new LinkedHashSet<>(store.groupsIn(topic));
        affected.addAll(inFlight.groups());
        for (String groupId : affected) {
            List<GroupRecord> records = new ArrayList<>();
            for (TopicPartition partition : partitionsKnown(groupId)) {
                if (partition.topic().equals(topic)) {
                    records.add(new OffsetRemoved(groupId, partition));
                }
            }
            if (!records.isEmpty()) {
                turn.append(records, new Turn.Outcome() {
                    @Override
                    public void appended(Turn later) {}

                    @Override
                    public void refused(ErrorKind error, Turn later) {
                        later.event(new GroupEvent(
                                groupId, -1, GroupEvent.Kind.WRITE_FAILED, "offsets of " + topic + ": " + error));
                    }
                });
            }
        }
    }

    public List<Listing> list(ListGroups query) {
        return live.values().stream()
                .filter(group -> query.wants(group.state()))
                .map(group -> {
                    String type = group.protocolType();
                    return new Listing(group.id(), type == null ? "" : type, group.state());
                })
                .toList();
    }

    public int groupCount() {
        return live.size();
    }

    public int offsetCount() {
        return store.offsetCount();
    }

    private void onRetentionCheck(Turn turn) {
        retention.expire(turn);
        retentionCheck.set(turn.nowMs() + config.offsetsRetentionCheckMs());
    }

    // --- for the commands

    GroupConfig config() {
        return config;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    MemberIds ids() {
        return ids;
    }

    GroupStore store() {
        return store;
    }

    CommitsInFlight inFlight() {
        return inFlight;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Footprint footprint() {
        return footprint;
    }

    /// Whether so many more bytes may be kept of what clients say about themselves.
    boolean hasRoomFor(long bytes) {
        return footprint.bytes() + bytes <= config.shardBytesMax();
    }

    Rebalance rebalance() {
        return rebalance;
    }

    Membership membership() {
        return membership;
    }

    List<Group> liveGroups() {
        return List.copyOf(live.values());
    }

    @Nullable
    Group find(String groupId) {
        return live.get(groupId);
    }

    Member require(Group group, String memberId) {
        Member member = group.member(memberId);
        if (member == null) {
            throw new InvariantViolation("no member " + memberId + " in group " + group.id());
        }
        return member;
    }

    Group create(String groupId, Turn turn) {
        Group[] self = new Group[1];
        Group group = new Group(
                groupId,
                footprint,
                deadlines,
                later -> rebalance.onJoinDeadline(self[0], later),
                later -> rebalance.onSyncDeadline(self[0], later),
                turn.now().wallMs());
        self[0] = group;
        live.put(groupId, group);
        footprint.addGroup(groupId);
        return group;
    }

    /// A group that holds positions exists, even when it never had a member.
    void ensure(String groupId, Turn turn) {
        if (!live.containsKey(groupId) && !store.offsets(groupId).isEmpty()) {
            create(groupId, turn);
        }
    }

    boolean hasOffset(String groupId, TopicPartition partition) {
        return store.offsets(groupId).containsKey(partition)
                || inFlight.of(groupId).contains(partition);
    }

    private Set<TopicPartition> partitionsKnown(String groupId) {
        Set<TopicPartition> partitions =
                new LinkedHashSet<>(store.offsets(groupId).keySet());
        partitions.addAll(inFlight.of(groupId));
        return partitions;
    }

    /// The records that leave nothing of a group.
    List<GroupRecord> removalOf(Group group) {
        List<GroupRecord> records = new ArrayList<>();
        for (TopicPartition partition : partitionsKnown(group.id())) {
            records.add(new OffsetRemoved(group.id(), partition));
        }
        // A first generation may be on its way to the log, unconfirmed: the tombstone has to come after it.
        if (store.group(group.id()) != null || group.generation() > 0) {
            records.add(new GroupRemoved(group.id()));
        }
        return records;
    }

    /// Forgets a live group, unless it came to life again while its removal was written: then it goes on as a new one.
    void drop(Group group, Turn turn) {
        boolean revived = group.state() != GroupState.EMPTY
                || group.pending().count() > 0
                || !store.offsets(group.id()).isEmpty()
                || store.group(group.id()) != null;
        if (revived || live.get(group.id()) != group) {
            return;
        }
        group.joinDeadline.cancel();
        group.syncDeadline.cancel();
        group.moveTo(GroupState.DEAD, turn.now().wallMs());
        live.remove(group.id());
        footprint.removeGroup(group.id());
        turn.event(new GroupEvent(group.id(), group.generation(), GroupEvent.Kind.REMOVED, ""));
    }
}
