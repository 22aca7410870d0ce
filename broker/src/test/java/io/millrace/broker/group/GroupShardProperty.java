package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ErrorKind;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Clients that join, sync, beat, commit, leave, fall silent and come back in any order, on a log that confirms late
/// and sometimes refuses. Whatever they do: one leader per generation, generations grow, everyone gets what its leader
/// gave it, no request is forgotten or answered twice, no group hangs, and the log alone tells the whole story.
class GroupShardProperty {
    private static final int CLIENTS = 6;

    @Property(tries = 200)
    void groupsKeepTheirPromises(SeededRandomness random) {
        World world = new World(random);
        for (int step = 0; step < 300; step++) {
            world.step();
        }

        world.calmDown();

        world.assertNothingHangs();
        assertThat(new GroupFixture(world.group).shard.store()).isEqualTo(world.group.shard.store());
    }

    /// One client as its broker sees it; static when it has an instance id.
    private static final class Client {
        final @Nullable String instanceId;
        String memberId = "";
        int generation = -1;
        boolean leads;
        List<String> membersSeen = List.of();
        GroupFixture.@Nullable Asked<JoinGroup.Reply> joining;
        GroupFixture.@Nullable Asked<SyncGroup.Reply> syncing;

        Client(@Nullable String instanceId) {
            this.instanceId = instanceId;
        }

        boolean isBusy() {
            return joining != null || syncing != null;
        }
    }

    private static final class World {
        final SeededRandomness random;
        final GroupFixture group = new GroupFixture(
                GroupConfig.DEFAULT.withInitialRebalanceDelayMs(1_000).withGroupSizeMax(CLIENTS));
        final List<Client> clients = new ArrayList<>();
        final List<GroupFixture.Asked<?>> everythingAsked = new ArrayList<>();
        final Map<Integer, String> leaderOfGeneration = new LinkedHashMap<>();
        int generationSeen;

        World(SeededRandomness random) {
            this.random = random;
            for (int index = 0; index < CLIENTS; index++) {
                clients.add(new Client(index < 2 ? "static-" + index : null));
            }
        }

        void step() {
            Client client = random.pick(clients);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> join(client);
                case 3, 4, 5 -> sync(client);
                case 6 -> beat(client);
                case 7 -> commit(client);
                case 8 -> leave(client);
                case 9 -> forget(client);
                case 10 -> group.pass(random.between(1, 20_000));
                default -> changeLog();
            }
            collect();
        }

        private void changeLog() {
            switch (random.nextInt(4)) {
                case 0 -> group.hold();
                case 1 -> group.refuseAll(ErrorKind.STORAGE_ERROR);
                default -> group.release();
            }
        }

        private void join(Client client) {
            if (client.isBusy()) {
                return;
            }
            JoinGroup join =
                    GroupFixture.join(client.memberId, client.instanceId, GroupFixture.speaking("range", "sticky"));
            client.joining = remember(group.ask(random.nextBoolean() ? GroupFixture.requiringId(join) : join));
        }

        private void sync(Client client) {
            if (client.isBusy() || client.generation < 0) {
                return;
            }
            List<SyncGroup.Assignment> assignments = client.leads
                    ? client.membersSeen.stream()
                            .map(member -> GroupFixture.to(member, client.generation + ":" + member))
                            .toList()
                    : List.of();
            client.syncing = remember(group.ask(new SyncGroup(
                    "group", client.memberId, client.instanceId, client.generation, null, null, assignments)));
        }

        private void beat(Client client) {
            ErrorKind error = remember(
                            group.ask(new Heartbeat("group", client.memberId, client.instanceId, client.generation)))
                    .answer();
            if (error == ErrorKind.UNKNOWN_MEMBER || error == ErrorKind.FENCED_INSTANCE_ID) {
                client.memberId = "";
                client.generation = -1;
            }
        }

        private void commit(Client client) {
            remember(group.ask(new CommitOffsets(
                    "group",
                    client.memberId,
                    client.instanceId,
                    client.generation,
                    true,
                    -1,
                    GroupFixture.commit("", -1, random.nextInt(3), random.nextInt(100))
                            .commits())));
        }

        private void leave(Client client) {
            if (client.memberId.isEmpty()) {
                return;
            }
            remember(group.ask(
                    new LeaveGroup("group", List.of(new LeaveGroup.Leaver(client.memberId, client.instanceId, "")))));
            forget(client);
        }

        /// The process dies: what it waits for is nobody's business any more.
        private void forget(Client client) {
            client.memberId = "";
            client.generation = -1;
            client.joining = null;
            client.syncing = null;
        }

        private <R> GroupFixture.Asked<R> remember(GroupFixture.Asked<R> asked) {
            everythingAsked.add(asked);
            return asked;
        }

        private void collect() {
            for (Client client : clients) {
                var joining = client.joining;
                if (joining != null && joining.isAnswered()) {
                    client.joining = null;
                    onJoined(client, joining.answer());
                }
                var syncing = client.syncing;
                if (syncing != null && syncing.isAnswered()) {
                    client.syncing = null;
                    onSynced(client, syncing.answer());
                }
            }
        }

        private void onJoined(Client client, JoinGroup.Reply reply) {
            client.generation = -1;
            switch (reply.error()) {
                case NONE -> {
                    client.memberId = reply.memberId();
                    client.generation = reply.generation();
                    client.leads = !reply.members().isEmpty() && reply.leader().equals(reply.memberId());
                    client.membersSeen = reply.members().stream()
                            .map(JoinGroup.JoinedMember::memberId)
                            .toList();
                    assertOneLeader(reply);
                }
                case MEMBER_ID_REQUIRED -> client.memberId = reply.memberId();
                case UNKNOWN_MEMBER, FENCED_INSTANCE_ID, GROUP_MAX_SIZE_REACHED -> client.memberId = "";
                default -> {}
            }
        }

        /// A static member may take the leader's place under a new id within a generation, so only dynamic leaders
        /// count.
        private void assertOneLeader(JoinGroup.Reply reply) {
            if (reply.leader().startsWith("static-")) {
                return;
            }
            String before = leaderOfGeneration.putIfAbsent(reply.generation(), reply.leader());
            boolean replaced = before != null && before.startsWith("static-");
            assertThat(before == null || replaced || before.equals(reply.leader()))
                    .isTrue();
        }

        private void onSynced(Client client, SyncGroup.Reply reply) {
            if (reply.error() != ErrorKind.NONE) {
                return;
            }
            String assignment = new String(reply.assignment().bytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (assignment.isEmpty()) {
                return; // the leader did not know it: it joined in its place afterwards
            }
            assertThat(assignment).startsWith(client.generation + ":");
            if (client.instanceId == null) {
                assertThat(assignment).isEqualTo(client.generation + ":" + client.memberId);
            }
        }

        void calmDown() {
            group.release();
            clients.forEach(this::forget);
            assertGenerationGrew();
            for (int minute = 0; minute < 30; minute++) {
                group.pass(60_000);
            }
        }

        private void assertGenerationGrew() {
            for (GroupRecord record : group.log) {
                if (record instanceof GroupRecord.GroupMetadataStored stored) {
                    assertThat(stored.generation()).isGreaterThanOrEqualTo(generationSeen);
                    generationSeen = stored.generation();
                } else if (record instanceof GroupRecord.GroupRemoved) {
                    generationSeen = 0;
                }
            }
        }

        void assertNothingHangs() {
            for (GroupFixture.Asked<?> asked : everythingAsked) {
                assertThat(asked.isAnswered()).isTrue();
                assertThat(asked.answer()).isNotNull(); // fails when there are two
            }
            for (Group live : group.shard.liveGroups()) {
                assertThat(live.state()).isEqualTo(GroupState.EMPTY);
                assertThat(live.members()).isEmpty();
                assertThat(live.pending().count()).isZero();
            }
        }
    }
}
