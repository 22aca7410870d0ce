package io.millrace.broker.topology;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// All policies of a virtual host, ready to say which are in force for a queue or an exchange. Immutable.
///
/// Of each kind, policies and operator policies, the one with the highest priority among those that match counts, the
/// first by name among equals. Where both name a limit the smaller one counts; of anything else the operator's word.
public final class Policies {
    private static final Comparator<PolicyView> ORDER =
            Comparator.comparingInt(PolicyView::priority).reversed().thenComparing(PolicyView::name);
    private static final Set<String> LIMITS = Set.of(
            "message-ttl",
            "expires",
            "max-length",
            "max-length-bytes",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "delivery-limit");

    /// After what it is made with.
    public static final Policies NONE = new Policies(List.of(), List.of());

    private final List<Compiled> policies;
    private final List<Compiled> operatorPolicies;

    public Policies(Collection<PolicyView> policies, Collection<PolicyView> operatorPolicies) {
        this.policies = compiled(policies);
        this.operatorPolicies = compiled(operatorPolicies);
    }

    private record Compiled(PolicyView policy, NamePattern pattern) {}

    private static List<Compiled> compiled(Collection<PolicyView> policies) {
        return policies.stream()
                .sorted(ORDER)
                .map(policy -> new Compiled(policy, pattern(policy)))
                .toList();
    }

    /// Unlike that of a permission, a policy's empty pattern matches everything.
    private static NamePattern pattern(PolicyView policy) {
        return new NamePattern(policy.pattern().isEmpty() ? ".*" : policy.pattern());
    }

    public EffectivePolicy of(QueueSpec queue) {
        return of(queue.ref().name().value(), target -> target.isFor(queue.type()));
    }

    /// The default exchange has none.
    public EffectivePolicy of(ExchangeName exchange) {
        return exchange.isDefault() ? EffectivePolicy.NONE : of(exchange.value(), PolicyTarget::isForExchanges);
    }

    private EffectivePolicy of(String name, Predicate<PolicyTarget> isMeant) {
        Optional<PolicyView> own = first(policies, name, isMeant);
        Optional<PolicyView> operator = first(operatorPolicies, name, isMeant);
        if (own.isEmpty() && operator.isEmpty()) {
            return EffectivePolicy.NONE;
        }
        return new EffectivePolicy(
                own.map(PolicyView::name).orElse(""),
                operator.map(PolicyView::name).orElse(""),
                merged(definition(own), definition(operator)));
    }

    private static Optional<PolicyView> first(List<Compiled> among, String name, Predicate<PolicyTarget> isMeant) {
        for (Compiled each : among) {
            if (isMeant.test(each.policy().target()) && each.pattern().matches(name)) {
                return Optional.of(each.policy());
            }
        }
        return Optional.empty();
    }

    private static Arguments definition(Optional<PolicyView> policy) {
        return policy.map(PolicyView::definition).orElse(Arguments.NONE);
    }

    private static Arguments merged(Arguments own, Arguments operator) {
        if (operator.isEmpty()) {
            return own;
        }
        Map<String, ArgumentValue> merged = new LinkedHashMap<>(own.entries());
        operator.entries()
                .forEach((key, value) -> merged.merge(key, value, (mine, theirs) -> stricter(key, mine, theirs)));
        return Arguments.of(merged);
    }

    private static ArgumentValue stricter(String key, ArgumentValue own, ArgumentValue operator) {
        return LIMITS.contains(key)
                        && own instanceof Whole mine
                        && operator instanceof Whole theirs
                        && mine.value() < theirs.value()
                ? own
                : operator;
    }
}
