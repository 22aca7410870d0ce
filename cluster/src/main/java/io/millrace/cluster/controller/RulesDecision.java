package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.topology.NamePattern;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.TopologyImage;
import io.millrace.cluster.metadata.TopologyRecord;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/// What administrators lay down: policies, topic permissions, parameters and limits. Part of [ChangeTopology].
final class RulesDecision {
    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    private final Decision.Draft draft;

    RulesDecision(Decision.Draft draft) {
        this.draft = draft;
    }

    TopologyReply reply(TopologyChange change) {
        return switch (change) {
            case TopologyChange.PutPolicy asked -> in(asked.vhost(), vhost -> put(asked, vhost));
            case TopologyChange.DeletePolicy asked ->
                in(
                        asked.vhost(),
                        vhost -> find(vhost, asked.operator(), asked.name()).isPresent()
                                ? write(new TopologyRecord.PolicyDeleted(asked.vhost(), asked.operator(), asked.name()))
                                : UNCHANGED);
            case TopologyChange.PutTopicPermission asked -> in(asked.vhost(), vhost -> put(asked, vhost));
            case TopologyChange.DeleteTopicPermission asked -> in(asked.vhost(), vhost -> delete(asked, vhost));
            case TopologyChange.PutParameter asked -> put(asked);
            case TopologyChange.DeleteParameter(ParameterKey key) ->
                topology().parameter(key).isPresent() ? write(new TopologyRecord.ParameterDeleted(key)) : UNCHANGED;
            default -> throw new InvariantViolation("no rule: " + change);
        };
    }

    private TopologyImage topology() {
        return draft.image().topology();
    }

    private TopologyReply in(VhostName name, Function<VhostView, TopologyReply> decide) {
        return topology().vhost(name).map(decide).orElseGet(() -> new TopologyReply.NoVhost(name));
    }

    private TopologyReply write(TopologyRecord record) {
        draft.add(new TopologyRecorded(record));
        return CHANGED;
    }

    private static Optional<PolicyView> find(VhostView vhost, boolean operator, String name) {
        Collection<PolicyView> policies = operator ? vhost.operatorPolicies() : vhost.policies();
        return policies.stream().filter(policy -> policy.name().equals(name)).findFirst();
    }

    private TopologyReply put(TopologyChange.PutPolicy asked, VhostView vhost) {
        PolicyView policy = asked.policy();
        if (!new NamePattern(policy.pattern()).isValid()) {
            return refused("The pattern '" + policy.pattern() + "' is no regular expression.");
        }
        Optional<String> unfit = ArgumentsCodec.refusal(policy.definition());
        if (unfit.isPresent()) {
            return refused("The definition can not be kept: " + unfit.get() + ".");
        }
        return find(vhost, asked.operator(), policy.name())
                        .filter(policy::equals)
                        .isPresent()
                ? UNCHANGED
                : write(new TopologyRecord.PolicyPut(asked.vhost(), asked.operator(), policy));
    }

    private TopologyReply put(TopologyChange.PutTopicPermission asked, VhostView vhost) {
        TopicPermissionView permission = asked.permission();
        if (topology().user(permission.user()).isEmpty()) {
            return refused("There is no user '" + permission.user() + "'.");
        }
        return vhost.topicPermission(permission.user(), permission.exchange())
                        .filter(permission::equals)
                        .isPresent()
                ? UNCHANGED
                : write(new TopologyRecord.TopicPermissionPut(asked.vhost(), permission));
    }

    private TopologyReply delete(TopologyChange.DeleteTopicPermission asked, VhostView vhost) {
        boolean isThere = vhost.topicPermissions().stream()
                .filter(permission -> permission.user().equals(asked.user()))
                .anyMatch(permission ->
                        asked.exchange().map(permission.exchange()::equals).orElse(true));
        return isThere
                ? write(new TopologyRecord.TopicPermissionDeleted(asked.vhost(), asked.user(), asked.exchange()))
                : UNCHANGED;
    }

    private TopologyReply put(TopologyChange.PutParameter asked) {
        ParameterKey key = asked.key();
        ArgumentValue value = asked.value();
        if (key.vhost().isPresent() && topology().vhost(key.vhost().get()).isEmpty()) {
            return new TopologyReply.NoVhost(key.vhost().get());
        }
        boolean isOfUser = key.vhost().isEmpty() && key.component().equals(ParameterKey.USER_LIMITS);
        if (isOfUser && topology().user(key.name()).isEmpty()) {
            return refused("There is no user '" + key.name() + "'.");
        }
        Optional<String> unfit = ArgumentsCodec.refusal(Arguments.of(key.name(), value));
        if (unfit.isPresent()) {
            return refused("The value can not be kept: " + unfit.get() + ".");
        }
        return topology().parameter(key).filter(value::equals).isPresent()
                ? UNCHANGED
                : write(new TopologyRecord.ParameterPut(key, value));
    }

    private static TopologyReply refused(String why) {
        return new TopologyReply.Failed(Outcome.refused(ErrorKind.INVALID_REQUEST, why));
    }
}
