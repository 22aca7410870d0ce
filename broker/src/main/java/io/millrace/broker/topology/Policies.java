package io.millrace.broker.topology;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

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

    private final Ranked policies;
    private final Ranked operatorPolicies;

    public Policies(Collection<PolicyView> policies, Collection<PolicyView> operatorPolicies) {
        this(Ranked.of(policies, Map.of()), Ranked.of(operatorPolicies, Map.of()));
    }

    private Policies(Ranked policies, Ranked operatorPolicies) {
        this.policies = policies;
        this.operatorPolicies = operatorPolicies;
    }

    /// With others of one kind; those that stay as they were are not compiled again.
    public Policies with(boolean operator, Collection<PolicyView> changed) {
        return operator
                ? new Policies(policies, Ranked.of(changed, operatorPolicies.byName()))
                : new Policies(Ranked.of(changed, policies.byName()), operatorPolicies);
    }

    private record Compiled(PolicyView policy, NamePattern pattern) {
        static Compiled of(PolicyView policy, Map<String, Compiled> known) {
            Compiled same = known.get(policy.name());
            return same != null && same.policy.equals(policy) ? same : new Compiled(policy, pattern(policy));
        }

        /// Unlike that of a permission, a policy's empty pattern matches everything.
        private static NamePattern pattern(PolicyView policy) {
            return new NamePattern(policy.pattern().isEmpty() ? ".*" : policy.pattern());
        }

        boolean isFor(String name, Predicate<PolicyTarget> isMeant) {
            return isMeant.test(policy.target()) && pattern.matches(name);
        }
    }

    /// The policies of one kind, the strongest first.
    private record Ranked(List<Compiled> strongestFirst, Map<String, Compiled> byName) {
        static Ranked of(Collection<PolicyView> policies, Map<String, Compiled> known) {
            List<Compiled> ranked = policies.stream()
                    .sorted(ORDER)
                    .map(policy -> Compiled.of(policy, known))
                    .toList();
            Map<String, Compiled> byName = new HashMap<>();
            ranked.forEach(each -> byName.put(each.policy().name(), each));
            return new Ranked(ranked, byName);
        }

        Optional<PolicyView> find(String policy) {
            return Optional.ofNullable(byName.get(policy)).map(Compiled::policy);
        }

        Optional<PolicyView> first(String name, Predicate<PolicyTarget> isMeant) {
            for (Compiled each : strongestFirst) {
                if (each.isFor(name, isMeant)) {
                    return Optional.of(each.policy());
                }
            }
            return Optional.empty();
        }

        /// The first one for `name` when it was `before` and only `changed` is another one.
        Optional<PolicyView> firstAfter(String changed, String before, String name, Predicate<PolicyTarget> isMeant) {
            if (changed.equals(before)) {
                return first(name, isMeant);
            }
            Optional<PolicyView> known = find(before);
            Compiled put = byName.get(changed);
            if (put == null
                    || known.filter(strong -> ORDER.compare(strong, put.policy()) < 0)
                            .isPresent()) {
                return known;
            }
            return put.isFor(name, isMeant) ? Optional.of(put.policy()) : known;
        }
    }

    public EffectivePolicy of(QueueSpec queue) {
        return of(queue.ref().name().value(), target -> target.isFor(queue.type()));
    }

    /// What is in force for a queue now that one policy was put or deleted, as [#of] has it. What was in force is
    /// remembered, so that of all patterns only that of the changed policy is asked, unless it was the one in force.
    ///
    /// @param operator of which kind the changed policy is
    public EffectivePolicy after(boolean operator, String changed, QueueSpec queue, EffectivePolicy before) {
        String name = queue.ref().name().value();
        Predicate<PolicyTarget> isMeant = target -> target.isFor(queue.type());
        Optional<PolicyView> own =
                operator ? policies.find(before.name()) : policies.firstAfter(changed, before.name(), name, isMeant);
        Optional<PolicyView> operators = operator
                ? operatorPolicies.firstAfter(changed, before.operatorName(), name, isMeant)
                : operatorPolicies.find(before.operatorName());
        String ownName = own.map(PolicyView::name).orElse("");
        String operatorName = operators.map(PolicyView::name).orElse("");
        boolean isSame = ownName.equals(before.name())
                && operatorName.equals(before.operatorName())
                && !changed.equals(operator ? operatorName : ownName);
        return isSame ? before : both(own, operators);
    }

    /// The default exchange has none.
    public EffectivePolicy of(ExchangeName exchange) {
        return exchange.isDefault() ? EffectivePolicy.NONE : of(exchange.value(), PolicyTarget::isForExchanges);
    }

    /// Whether a policy says `key`.
    public boolean define(String key) {
        return Stream.of(policies, operatorPolicies)
                .flatMap(kind -> kind.strongestFirst().stream())
                .anyMatch(each -> each.policy().definition().find(key).isPresent());
    }

    private EffectivePolicy of(String name, Predicate<PolicyTarget> isMeant) {
        return both(policies.first(name, isMeant), operatorPolicies.first(name, isMeant));
    }

    private static EffectivePolicy both(Optional<PolicyView> own, Optional<PolicyView> operator) {
        if (own.isEmpty() && operator.isEmpty()) {
            return EffectivePolicy.NONE;
        }
        return new EffectivePolicy(
                own.map(PolicyView::name).orElse(""),
                operator.map(PolicyView::name).orElse(""),
                merged(definition(own), definition(operator)));
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
