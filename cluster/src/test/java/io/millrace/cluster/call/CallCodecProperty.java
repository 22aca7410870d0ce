package io.millrace.cluster.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.ClusterChanges.Election;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.Bulletin;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.cluster.controller.AllocateProducerIds;
import io.millrace.cluster.controller.AlterConfigs;
import io.millrace.cluster.controller.ChangeInSync;
import io.millrace.cluster.controller.ChangeTopology;
import io.millrace.cluster.controller.Command;
import io.millrace.cluster.controller.CreatePartitions;
import io.millrace.cluster.controller.CreateTopics;
import io.millrace.cluster.controller.DeleteTopics;
import io.millrace.cluster.controller.ElectLeaders;
import io.millrace.cluster.controller.GiveUpReplicas;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.HeartbeatReply;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.InSyncMember;
import io.millrace.cluster.controller.RaiseLeaderEpochs;
import io.millrace.cluster.controller.Reassign;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.controller.UnregisterNode;
import io.millrace.cluster.controller.UpdateFeatures;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.cluster.metadata.RandomTopology;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ErrorKind;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;

/// Every call and every reply comes out as it went in, and no bytes make the codec throw.
class CallCodecProperty {
    private static final MetadataImage IMAGE = MetadataImage.empty("cluster", 1, Map.of());

    @Property(tries = 200)
    void bringsEveryCallAndReplyThere(SeededRandomness chance) {
        Calls calls = new Calls(chance);
        calls.all().forEach(Exchange::check);
    }

    @Property(tries = 300)
    void answersAnyBytes(SeededRandomness chance) {
        Calls calls = new Calls(chance);
        for (Exchange<?> exchange : calls.all()) {
            byte[] bytes = CallCodec.encode(exchange.call).array().clone();
            damage(bytes, chance);
            assertThat(CallCodec.decode(ByteBuffer.wrap(bytes), MetadataLevel.newest()))
                    .isNotNull();
            exchange.answerDamaged(chance);
        }
    }

    @Property(tries = 20)
    void anOlderBuildReadsWhatCameWithItsLevelsOnly(SeededRandomness chance) {
        for (Exchange<?> exchange : new Calls(chance).all()) {
            for (MetadataLevel known : MetadataLevel.values()) {
                assertThat(CallCodec.decode(CallCodec.encode(exchange.call), known))
                        .isInstanceOf(
                                known.has(CallCodec.since(exchange.call))
                                        ? CallCodec.Decoded.Complete.class
                                        : CallCodec.Decoded.Malformed.class);
            }
        }
    }

    /// The first column of the table is the level, the third its calls.
    @Property(tries = 1)
    void theDocumentationSaysWhatCameWhen(SeededRandomness chance) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../docs/protocols/nodes.md"));
        for (Exchange<?> exchange : new Calls(chance).all()) {
            Object named = exchange.call instanceof Call.Decide<?>(Command<?> command) ? command : exchange.call;
            String row = "| " + CallCodec.since(exchange.call).number() + " | ";
            String name = "`" + named.getClass().getSimpleName() + "`";

            assertThat(lines)
                    .filteredOn(line -> line.split("\\|", -1).length == 5 && line.split("\\|", -1)[3].contains(name))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith(row);
        }
    }

    private static void damage(byte[] bytes, SeededRandomness chance) {
        for (int times = 1 + chance.nextInt(3); times > 0; times--) {
            bytes[chance.nextInt(bytes.length)] = (byte) chance.nextInt(256);
        }
    }

    private record Exchange<R>(Call<R> call, R reply) {
        void check() {
            assertThat(CallCodec.decode(CallCodec.encode(call), MetadataLevel.newest()))
                    .isEqualTo(new CallCodec.Decoded.Complete(call));
            ByteBuffer answer = CallCodec.encodeReply(call, reply, 77);
            assertThat(CallCodec.decodeAnswer(call, answer, IMAGE))
                    .isEqualTo(new CallCodec.Answer.Replied<>(reply, 77));
            assertThat(CallCodec.decodeAnswer(call, CallCodec.notController(), IMAGE))
                    .isEqualTo(new CallCodec.Answer.NotController<>());
            assertThat(CallCodec.decodeAnswer(call, CallCodec.notUnderstood("why"), IMAGE))
                    .isEqualTo(new CallCodec.Answer.Malformed<>("why"));
        }

        /// Damage is caught, or makes another reply; topics are not damaged, for what a controller made of them is
        /// checked by the records' own codec.
        void answerDamaged(SeededRandomness chance) {
            byte[] bytes = CallCodec.encodeReply(call, reply, 77).array().clone();
            int cut = chance.nextInt(bytes.length);
            assertThat(CallCodec.decodeAnswer(
                            call, ByteBuffer.wrap(bytes, 0, cut).slice(), IMAGE))
                    .isInstanceOf(CallCodec.Answer.Malformed.class);
        }
    }

    /// One of each, with any content.
    private record Calls(SeededRandomness chance) {
        private static final ArgumentValue NOTHING = new ArgumentValue.Nothing();

        List<Exchange<?>> all() {
            return List.of(
                    decide(new ChangeTopology(change()), topologyReply()),
                    decide(new CreateTopics(list(this::newTopic), flag()), list(this::createdTopic)),
                    decide(new DeleteTopics(list(() -> new TopicRef(text(), id()))), list(this::deletedTopic)),
                    decide(new CreatePartitions(list(this::morePartitions), flag()), outcomes()),
                    decide(new AlterConfigs(list(this::configChanges), flag()), outcomes()),
                    decide(new AllocateProducerIds(number()), new ProducerIdBlock(outcome(), large(), number())),
                    decide(new UpdateFeatures(list(this::featureChange), flag()), outcome()),
                    decide(new RaiseLeaderEpochs(list(this::behind)), outcome()),
                    decide(new ChangeInSync(number(), large(), list(this::inSync)), outcomes()),
                    decide(new GiveUpReplicas(number(), large(), list(this::partition)), outcome()),
                    decide(new ElectLeaders(any(Election.values()), list(this::partitionRef)), outcomes()),
                    decide(new Reassign(list(this::reassignment), flag()), outcomes()),
                    decide(
                            new RegisterNode(
                                    number(),
                                    id(),
                                    id(),
                                    list(this::id),
                                    text(),
                                    list(this::endpoint),
                                    Map.of(text(), new FeatureRange(number(), number()))),
                            new RegisterNode.Registered(outcome(), large())),
                    decide(new UnregisterNode(number()), outcome()),
                    new Exchange<>(
                            new Call.Beat(new Heartbeat(number(), large(), large() - 1, large() - 2, flag(), flag())),
                            new HeartbeatReply(outcome(), any(Standing.values()), flag(), large() - 2, large() - 1)),
                    new Exchange<>(new Call.AwaitApplied(large() - 1), outcome()),
                    new Exchange<>(new Call.Hear(bulletin()), flag()),
                    new Exchange<>(new Call.DescribeQuorum(), new QuorumReply(outcome(), quorum())),
                    new Exchange<>(new Call.AddVoter(new Voter(number(), id(), list(this::endpoint))), outcome()),
                    new Exchange<>(new Call.RemoveVoter(number(), id()), outcome()));
        }

        private Bulletin bulletin() {
            return new Bulletin(
                    number(),
                    large(),
                    large(),
                    flag(),
                    new Alarms(flag(), flag()),
                    list(() -> new Bulletin.Count(
                            new Seat(any(Seat.Kind.values()), text()), number() & Integer.MAX_VALUE)));
        }

        private TopologyChange change() {
            RandomTopology any = new RandomTopology(chance);
            return any(List.<Supplier<TopologyChange>>of(
                            () -> new TopologyChange.DeclareExchange(any.vhost(), any.exchange()),
                            () -> new TopologyChange.DeleteExchange(any.vhost(), new ExchangeName(text()), flag()),
                            () -> new TopologyChange.Bind(any.vhost(), any.binding()),
                            () -> new TopologyChange.Unbind(any.vhost(), any.binding()),
                            () -> new TopologyChange.DeclareQueue(any.queue(), number(), any.owner()),
                            () -> new TopologyChange.DeleteQueue(any.ref(), id()),
                            () -> new TopologyChange.ConnectionGone(any.connection()),
                            () -> new TopologyChange.PutVhost(any.vhost(), any.arguments()),
                            () -> new TopologyChange.DeleteVhost(any.vhost()),
                            () -> new TopologyChange.PutUser(any.user()),
                            () -> new TopologyChange.DeleteUser(text()),
                            () -> new TopologyChange.PutPermission(any.vhost(), any.permission()),
                            () -> new TopologyChange.DeletePermission(any.vhost(), text()),
                            () -> new TopologyChange.PutTopicPermission(any.vhost(), any.topicPermission()),
                            () -> new TopologyChange.DeleteTopicPermission(any.vhost(), text(), any.exchangeName()),
                            () -> new TopologyChange.PutPolicy(any.vhost(), flag(), any.policy()),
                            () -> new TopologyChange.DeletePolicy(any.vhost(), flag(), text()),
                            () -> new TopologyChange.PutParameter(any.key(), any.value()),
                            () -> new TopologyChange.DeleteParameter(any.key())))
                    .get();
        }

        private TopologyReply topologyReply() {
            RandomTopology any = new RandomTopology(chance);
            return any(List.<Supplier<TopologyReply>>of(
                            () -> new TopologyReply.Done(flag()),
                            () -> new TopologyReply.Refused(refusal()),
                            () -> new TopologyReply.NoVhost(any.vhost()),
                            () -> new TopologyReply.QueueInequivalent(any.ref(), inequivalence()),
                            () -> new TopologyReply.Locked(any.ref()),
                            () -> new TopologyReply.Failed(outcome())))
                    .get();
        }

        private RoutingRefusal refusal() {
            return any(List.of(
                    new RoutingRefusal.DefaultExchange(),
                    new RoutingRefusal.ReservedName(new ExchangeName(text())),
                    new RoutingRefusal.NoExchange(new ExchangeName(text())),
                    new RoutingRefusal.NoQueue(new QueueName(text())),
                    new RoutingRefusal.Inequivalent(new ExchangeName(text()), inequivalence()),
                    new RoutingRefusal.InUse(new ExchangeName(text())),
                    new RoutingRefusal.Invalid(text())));
        }

        private Inequivalence inequivalence() {
            return new Inequivalence(
                    text(), flag(), ArgumentValue.text(text()), flag() ? ArgumentValue.whole(large()) : NOTHING);
        }

        private <T> T any(List<T> among) {
            return among.get(chance.nextInt(among.size()));
        }

        private static <R> Exchange<R> decide(Command<R> command, R reply) {
            return new Exchange<>(new Call.Decide<>(command), reply);
        }

        private NewTopic newTopic() {
            Map<String, @Nullable String> configs = new HashMap<>();
            configs.put(text(), flag() ? text() : null);
            return new NewTopic(text(), number(), number(), Map.of(number(), numbers()), configs);
        }

        private NewTopicReply createdTopic() {
            return new NewTopicReply(text(), outcome(), flag() ? null : topic());
        }

        private static TopicView topic() {
            TopicId id = new TopicId(5, 6);
            return IMAGE.with(List.of(
                            new MetadataRecord.TopicCreated(id, "t", false, Map.of("retention.ms", "77")),
                            new MetadataRecord.PartitionsCreated(
                                    id, 0, Collections.nCopies(3, PartitionState.created(List.of(1, 2))))))
                    .topic(id)
                    .orElseThrow();
        }

        private DeletedTopicReply deletedTopic() {
            return new DeletedTopicReply(text(), id(), outcome());
        }

        private MorePartitions morePartitions() {
            return new MorePartitions(text(), number(), list(this::numbers));
        }

        private ConfigChanges configChanges() {
            return new ConfigChanges(
                    new ConfigResource(any(ConfigResource.Kind.values()), text()),
                    flag(),
                    list(() -> new ConfigChange(text(), any(Operation.values()), flag() ? text() : null)));
        }

        private FeatureChange featureChange() {
            return new FeatureChange(text(), number(), flag(), flag());
        }

        private RaiseLeaderEpochs.Behind behind() {
            return new RaiseLeaderEpochs.Behind(id(), number(), number());
        }

        private InSyncChange inSync() {
            return new InSyncChange(
                    id(), number(), number(), number(), list(() -> new InSyncMember(number(), large())));
        }

        private TopicIdPartition partition() {
            return new TopicIdPartition(id(), number());
        }

        private PartitionRef partitionRef() {
            return new PartitionRef(text(), number());
        }

        private Reassignment reassignment() {
            return new Reassignment(text(), number(), flag() ? Optional.of(numbers()) : Optional.empty());
        }

        private NodeView.Endpoint endpoint() {
            return new NodeView.Endpoint(text(), text(), number());
        }

        private QuorumView quorum() {
            return new QuorumView(number(), number(), large() - 1, list(this::member), list(this::member));
        }

        private Member member() {
            return new Member(number(), id(), large() - 1, large() - 1, large() - 1);
        }

        private List<Outcome> outcomes() {
            return list(this::outcome);
        }

        private Outcome outcome() {
            return new Outcome(any(ErrorKind.values()), text());
        }

        private <T> List<T> list(Supplier<T> element) {
            List<T> list = new ArrayList<>();
            for (int left = chance.nextInt(4); left > 0; left--) {
                list.add(element.get());
            }
            return list;
        }

        private <T> T any(T[] values) {
            return Arrays.asList(values).get(chance.nextInt(values.length));
        }

        private List<Integer> numbers() {
            return list(this::number);
        }

        private boolean flag() {
            return chance.nextBoolean();
        }

        private int number() {
            return (int) chance.nextLong() >> chance.nextInt(31);
        }

        private long large() {
            return chance.nextLong() >>> 1 + chance.nextInt(60);
        }

        private TopicId id() {
            return new TopicId(chance.nextLong(), chance.nextLong());
        }

        /// A broken surrogate is what a client's bad UTF-8 never becomes.
        private String text() {
            return List.of("", "a", "orders.v1", "é€😀", "x".repeat(40_000)).get(chance.nextInt(5));
        }
    }
}
