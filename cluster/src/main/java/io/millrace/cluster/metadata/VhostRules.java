package io.millrace.cluster.metadata;

import io.millrace.broker.topology.Policies;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.model.ExchangeName;
import java.util.List;

/// What administrators laid down for a virtual host. Immutable.
///
/// @param compiled the policies of both kinds, ready to be asked
record VhostRules(
        PersistentTree<String, PolicyView> policies,
        PersistentTree<String, PolicyView> operatorPolicies,
        PersistentTree<OfUser, TopicPermissionView> topicPermissions,
        Policies compiled) {
    static final VhostRules NONE = new VhostRules(
            PersistentTree.empty(String::compareTo),
            PersistentTree.empty(String::compareTo),
            PersistentTree.empty(OfUser::compareTo),
            Policies.NONE);

    /// Whose topic permission it is, for which exchange.
    record OfUser(String user, ExchangeName exchange) implements Comparable<OfUser> {
        static OfUser of(TopicPermissionView permission) {
            return new OfUser(permission.user(), permission.exchange());
        }

        @Override
        public int compareTo(OfUser other) {
            int byUser = user.compareTo(other.user);
            return byUser != 0 ? byUser : exchange.compareTo(other.exchange);
        }
    }

    PersistentTree<String, PolicyView> policies(boolean operator) {
        return operator ? operatorPolicies : policies;
    }

    VhostRules withPolicies(boolean operator, PersistentTree<String, PolicyView> changed) {
        PersistentTree<String, PolicyView> own = operator ? policies : changed;
        PersistentTree<String, PolicyView> operators = operator ? changed : operatorPolicies;
        return new VhostRules(own, operators, topicPermissions, compiled.with(operator, changed.values()));
    }

    VhostRules with(TopicPermissionView permission) {
        return withTopicPermissions(topicPermissions.with(OfUser.of(permission), permission));
    }

    /// Without the user's topic permissions, for all exchanges.
    VhostRules without(String user) {
        PersistentTree<OfUser, TopicPermissionView> left = topicPermissions;
        for (TopicPermissionView permission : List.copyOf(left.valuesFrom(new OfUser(user, ExchangeName.DEFAULT)))) {
            if (permission.user().equals(user)) {
                left = left.without(OfUser.of(permission));
            }
        }
        return left == topicPermissions ? this : withTopicPermissions(left);
    }

    VhostRules withTopicPermissions(PersistentTree<OfUser, TopicPermissionView> changed) {
        return new VhostRules(policies, operatorPolicies, changed, compiled);
    }
}
