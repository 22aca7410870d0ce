package io.millrace.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static final List<QueueType> TYPES = List.of(QueueType.values());
    private static final List<PolicyTarget> TARGETS = List.of(PolicyTarget.values());

    private static QueueSpec queue(String name, QueueType type) {
        return new QueueSpec(
                new QueueRef(new VhostName("/"), new QueueName(name)), type, true, false, false, Arguments.NONE);
    }

    private static PolicyView policy(String name, String pattern, PolicyTarget target, int priority) {
        return new PolicyView(name, pattern, target, priority, Arguments.of("n", ArgumentValue.text(name)));
    }

    @Test
    void theHighestPriorityThatMatchesCounts() {
        Policies policies = new Policies(
                List.of(
                        policy("all", ".*", PolicyTarget.ALL, 0),
                        policy("b", "rd", PolicyTarget.QUEUES, 7),
                        policy("a", "rd", PolicyTarget.QUEUES, 7),
                        policy("quorum", "rd", PolicyTarget.QUORUM_QUEUES, 9),
                        policy("exchanges", "", PolicyTarget.EXCHANGES, 9),
                        policy("broken", "(", PolicyTarget.ALL, 99)),
                List.of());

        assertThat(policies.of(queue("orders", QueueType.CLASSIC)).name()).isEqualTo("a");
        assertThat(policies.of(queue("orders", QueueType.QUORUM)).name()).isEqualTo("quorum");
        assertThat(policies.of(queue("other", QueueType.CLASSIC)).name()).isEqualTo("all");
        assertThat(policies.of(new ExchangeName("orders")).name()).isEqualTo("exchanges");
        assertThat(policies.of(ExchangeName.DEFAULT)).isEqualTo(EffectivePolicy.NONE);
        assertThat(Policies.NONE.of(queue("orders", QueueType.CLASSIC))).isEqualTo(EffectivePolicy.NONE);
    }

    @Test
    void ofTwoLimitsTheSmallerCountsAndElseTheOperator() {
        Arguments own = Arguments.of("message-ttl", ArgumentValue.whole(5))
                .with("max-length", ArgumentValue.whole(100))
                .with("dead-letter-exchange", ArgumentValue.text("mine"))
                .with("overflow", ArgumentValue.text("drop-head"));
        Arguments operator = Arguments.of("message-ttl", ArgumentValue.whole(9))
                .with("max-length", ArgumentValue.whole(10))
                .with("expires", ArgumentValue.whole(70))
                .with("overflow", ArgumentValue.text("reject-publish"));
        Policies policies = new Policies(
                List.of(new PolicyView("own", "", PolicyTarget.ALL, 0, own)),
                List.of(new PolicyView("operator", "", PolicyTarget.QUEUES, 0, operator)));

        EffectivePolicy effective = policies.of(queue("q", QueueType.CLASSIC));

        assertThat(effective)
                .isEqualTo(new EffectivePolicy(
                        "own",
                        "operator",
                        Arguments.of("message-ttl", ArgumentValue.whole(5))
                                .with("max-length", ArgumentValue.whole(10))
                                .with("dead-letter-exchange", ArgumentValue.text("mine"))
                                .with("overflow", ArgumentValue.text("reject-publish"))
                                .with("expires", ArgumentValue.whole(70))));
    }

    /// What is in force after each change is found from what was in force before, as if all patterns were asked.
    @Property
    void oneChangeAfterAnotherComesToTheSame(SeededRandomness chance) {
        List<Map<String, PolicyView>> kinds = List.of(new TreeMap<>(), new TreeMap<>());
        List<QueueSpec> queues = IntStream.range(0, 6)
                .mapToObj(number -> queue("q" + number, TYPES.get(number % TYPES.size())))
                .toList();
        List<EffectivePolicy> known = new ArrayList<>(Collections.nCopies(queues.size(), EffectivePolicy.NONE));
        Policies policies = Policies.NONE;
        for (int change = 0; change < 40; change++) {
            boolean operator = chance.nextBoolean();
            Map<String, PolicyView> kind = kinds.get(operator ? 1 : 0);
            String name = "p" + chance.nextInt(5);
            if (chance.nextInt(3) == 0) {
                kind.remove(name);
            } else {
                PolicyTarget target = TARGETS.get(chance.nextInt(TARGETS.size()));
                kind.put(name, policy(name, "q[" + chance.nextInt(6) + "-5]", target, chance.nextInt(3)));
            }
            policies = policies.with(operator, kind.values());
            for (int at = 0; at < queues.size(); at++) {
                known.set(at, policies.after(operator, name, queues.get(at), known.get(at)));
                Policies anew =
                        new Policies(kinds.getFirst().values(), kinds.getLast().values());
                assertThat(known.get(at)).isEqualTo(anew.of(queues.get(at)));
            }
        }
    }
}
