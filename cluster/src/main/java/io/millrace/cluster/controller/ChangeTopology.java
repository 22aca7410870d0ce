package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.routing.RoutingRules;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.TopologyImage;
import io.millrace.cluster.metadata.TopologyRecord;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Changes virtual hosts, exchanges, queues, bindings or users. Whoever asks has checked the same before: what is
/// refused here lost a race.
public record ChangeTopology(TopologyChange change) implements Command<TopologyReply> {
    private static final int QUEUES_PER_STEP = 500;
    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    @Override
    public Decision<TopologyReply> decide(MetadataImage image, Randomness randomness) {
        if (!image.level().has(MetadataLevel.TOPOLOGY)) {
            return Decision.unchanged(image, refused(image.level().tooLowFor(MetadataLevel.TOPOLOGY)));
        }
        Decision.Draft draft = new Decision.Draft(image);
        if (change instanceof TopologyChange.DeleteVhost(VhostName name) && emptied(name, draft, randomness)) {
            return draft.step(this);
        }
        if (change instanceof TopologyChange.ConnectionGone(ConnectionId connection)
                && MemoryQueues.forgetSome(draft, connection)) {
            return draft.step(this);
        }
        TopologyReply reply = new Step(draft, randomness).reply(change);
        Optional<VhostName> ofPolicies = policiesOf(change).filter(_ -> reply instanceof Done);
        return ofPolicies.isPresent() ? new SettleStreams(ofPolicies.get(), reply).after(draft) : draft.decision(reply);
    }

    /// The virtual host whose policies change.
    private static Optional<VhostName> policiesOf(TopologyChange change) {
        return switch (change) {
            case TopologyChange.PutPolicy put -> Optional.of(put.vhost());
            case TopologyChange.DeletePolicy delete -> Optional.of(delete.vhost());
            default -> Optional.empty();
        };
    }

    /// A virtual host with many queues goes in several batches. Answers whether there may be more of them.
    private static boolean emptied(VhostName name, Decision.Draft draft, Randomness randomness) {
        Optional<VhostView> vhost = draft.image().topology().vhost(name);
        QueueDecision queues = new QueueDecision(draft, randomness);
        int deleted = 0;
        for (QueueView queue : vhost.isPresent() ? vhost.get().queuesFrom("") : List.<QueueView>of()) {
            queues.delete(queue);
            deleted++;
            if (deleted == QUEUES_PER_STEP) {
                return true;
            }
        }
        return false;
    }

    /// One decision in the making.
    private record Step(Decision.Draft draft, Randomness randomness) {
        TopologyReply reply(TopologyChange change) {
            return switch (change) {
                case TopologyChange.DeclareExchange asked -> in(asked.vhost(), vhost -> declare(asked, vhost));
                case TopologyChange.DeleteExchange asked -> in(asked.vhost(), vhost -> delete(asked, vhost));
                case TopologyChange.Bind asked -> in(asked.vhost(), vhost -> bind(asked, vhost));
                case TopologyChange.Unbind asked -> in(asked.vhost(), vhost -> unbind(asked, vhost));
                case TopologyChange.DeclareQueue asked ->
                    in(asked.queue().ref().vhost(), vhost -> queues().declare(asked, vhost));
                case TopologyChange.DeleteQueue asked ->
                    in(asked.queue().vhost(), vhost -> queues().delete(asked, vhost));
                case TopologyChange.ConnectionGone(ConnectionId connection) -> end(connection);
                case TopologyChange.PutVhost asked -> put(asked);
                case TopologyChange.DeleteVhost(VhostName name) ->
                    in(name, _ -> write(new TopologyRecord.VhostDeleted(name)));
                case TopologyChange.PutUser asked ->
                    topology()
                                    .user(asked.user().name())
                                    .filter(asked.user()::equals)
                                    .isPresent()
                            ? UNCHANGED
                            : write(new TopologyRecord.UserPut(asked.user()));
                case TopologyChange.DeleteUser(String user) ->
                    topology().user(user).isPresent() ? write(new TopologyRecord.UserDeleted(user)) : UNCHANGED;
                case TopologyChange.PutPermission asked -> in(asked.vhost(), vhost -> put(asked, vhost));
                case TopologyChange.DeletePermission asked ->
                    in(
                            asked.vhost(),
                            vhost -> vhost.permission(asked.user()).isPresent()
                                    ? write(new TopologyRecord.PermissionDeleted(asked.vhost(), asked.user()))
                                    : UNCHANGED);
                case TopologyChange.PutTopicPermission _,
                        TopologyChange.DeleteTopicPermission _,
                        TopologyChange.PutPolicy _,
                        TopologyChange.DeletePolicy _,
                        TopologyChange.PutParameter _,
                        TopologyChange.DeleteParameter _ -> new RulesDecision(draft).reply(change);
            };
        }

        private TopologyImage topology() {
            return draft.image().topology();
        }

        private QueueDecision queues() {
            return new QueueDecision(draft, randomness);
        }

        private TopologyReply in(VhostName name, Function<VhostView, TopologyReply> decide) {
            return topology().vhost(name).map(decide).orElseGet(() -> new TopologyReply.NoVhost(name));
        }

        private TopologyReply write(TopologyRecord record) {
            draft.add(new TopologyRecorded(record));
            return CHANGED;
        }

        private TopologyReply declare(TopologyChange.DeclareExchange asked, VhostView vhost) {
            Optional<RoutingRefusal> refusal = RoutingRules.declare(vhost.routing(), asked.exchange());
            if (refusal.isPresent()) {
                return new TopologyReply.Refused(refusal.get());
            }
            if (vhost.routing().exchange(asked.exchange().name()).isPresent()) {
                return UNCHANGED;
            }
            Optional<String> unfit = ArgumentsCodec.refusal(asked.exchange().arguments());
            if (unfit.isPresent()) {
                return invalid(unfit.get());
            }
            if (asked.exchange().type() == ExchangeType.DELAYED
                    && queues().declareDelays(vhost, asked.exchange().name()) instanceof TopologyReply.Failed failed) {
                return failed;
            }
            long since = draft.image().lastNodeEpoch();
            return write(new TopologyRecord.ExchangeDeclared(asked.vhost(), asked.exchange(), since));
        }

        private TopologyReply delete(TopologyChange.DeleteExchange asked, VhostView vhost) {
            Optional<RoutingRefusal> refusal = RoutingRules.delete(vhost.routing(), asked.exchange(), asked.ifUnused());
            if (refusal.isPresent()) {
                return new TopologyReply.Refused(refusal.get());
            }
            return vhost.routing().exchange(asked.exchange()).isPresent()
                    ? write(new TopologyRecord.ExchangeDeleted(asked.vhost(), asked.exchange()))
                    : UNCHANGED;
        }

        private TopologyReply bind(TopologyChange.Bind asked, VhostView vhost) {
            Optional<RoutingRefusal> refusal = RoutingRules.bind(vhost.routing(), asked.binding());
            if (refusal.isPresent()) {
                return new TopologyReply.Refused(refusal.get());
            }
            if (asked.binding().destination() instanceof Destination.ToTopic(String topic)
                    && draft.image().topic(topic).isEmpty()) {
                return failed(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + topic + "'.");
            }
            return vhost.routing().hasBinding(asked.binding())
                    ? UNCHANGED
                    : written(asked.binding().arguments(), new TopologyRecord.Bound(asked.vhost(), asked.binding()));
        }

        private TopologyReply unbind(TopologyChange.Unbind asked, VhostView vhost) {
            Optional<RoutingRefusal> refusal = RoutingRules.unbind(asked.binding());
            if (refusal.isPresent()) {
                return new TopologyReply.Refused(refusal.get());
            }
            return vhost.routing().hasBinding(asked.binding())
                    ? write(new TopologyRecord.Unbound(asked.vhost(), asked.binding()))
                    : UNCHANGED;
        }

        private TopologyReply end(ConnectionId connection) {
            return topology().queuesOf(connection).isEmpty()
                    ? UNCHANGED
                    : write(new TopologyRecord.ConnectionEnded(connection));
        }

        private TopologyReply put(TopologyChange.PutVhost asked) {
            return topology()
                            .vhost(asked.vhost())
                            .filter(there -> there.traits().equals(asked.traits()))
                            .isPresent()
                    ? UNCHANGED
                    : written(asked.traits(), new TopologyRecord.VhostPut(asked.vhost(), asked.traits()));
        }

        private TopologyReply put(TopologyChange.PutPermission asked, VhostView vhost) {
            String user = asked.permission().user();
            if (topology().user(user).isEmpty()) {
                return failed(ErrorKind.INVALID_REQUEST, "There is no user '" + user + "'.");
            }
            return vhost.permission(user).filter(asked.permission()::equals).isPresent()
                    ? UNCHANGED
                    : write(new TopologyRecord.PermissionPut(asked.vhost(), asked.permission()));
        }

        private TopologyReply written(Arguments arguments, TopologyRecord record) {
            return ArgumentsCodec.refusal(arguments).map(Step::invalid).orElseGet(() -> write(record));
        }

        private static TopologyReply invalid(String why) {
            return new TopologyReply.Refused(new RoutingRefusal.Invalid(why));
        }

        private static TopologyReply failed(ErrorKind why, String message) {
            return new TopologyReply.Failed(Outcome.refused(why, message));
        }
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public TopologyReply refused(Outcome why) {
        return new TopologyReply.Failed(why);
    }
}
