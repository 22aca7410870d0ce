package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is declared goes into the metadata log and the memory of every node: its arguments have a limit.
class ArgumentBytesTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final ExchangeName DIRECT = new ExchangeName("amq.direct");
    private static final Destination TARGET = new Destination.ToExchange(new ExchangeName("amq.fanout"));

    private final Steps steps = new Steps(TestImage.ofNodes(1));

    ArgumentBytesTest() {
        steps.run(new DeclareDefaults());
    }

    private static Arguments of(int bytes) {
        return Arguments.of("x-a", ArgumentValue.text("a".repeat(bytes)));
    }

    /// Everything that takes arguments.
    private static List<TopologyChange> changes(Arguments arguments) {
        return List.of(
                new TopologyChange.DeclareQueue(
                        new QueueSpec(
                                new QueueRef(ROOT, new QueueName("q")),
                                QueueType.CLASSIC,
                                false,
                                false,
                                false,
                                arguments),
                        1,
                        Optional.empty()),
                new TopologyChange.DeclareExchange(
                        ROOT,
                        new ExchangeSpec(new ExchangeName("e"), ExchangeType.TOPIC, true, false, false, arguments)),
                new TopologyChange.Bind(ROOT, new Binding(DIRECT, TARGET, "key", arguments)),
                new TopologyChange.PutVhost(new VhostName("v"), arguments),
                new TopologyChange.PutPolicy(ROOT, false, new PolicyView("p", ".*", PolicyTarget.ALL, 0, arguments)),
                new TopologyChange.PutParameter(ParameterKey.limitsOf(ROOT), new ArgumentValue.Table(arguments)));
    }

    static List<TopologyChange> small() {
        return changes(of(60_000));
    }

    static List<TopologyChange> large() {
        return changes(of(65_536));
    }

    static List<TopologyChange> deep() {
        ArgumentValue value = new ArgumentValue.Nothing();
        for (int depth = 0; depth < 100; depth++) {
            value = new ArgumentValue.Sequence(List.of(value));
        }
        return changes(Arguments.of(Map.of("x-a", value)));
    }

    private TopologyReply run(TopologyChange change) {
        return steps.run(new ChangeTopology(change));
    }

    @ParameterizedTest
    @MethodSource("small")
    void someAreKept(TopologyChange change) {
        assertThat(run(change)).isEqualTo(new TopologyReply.Done(true));
    }

    @ParameterizedTest
    @MethodSource({"large", "deep"})
    void tooManyAreRefused(TopologyChange change) {
        var before = steps.image();
        assertThat(run(change)).isInstanceOfAny(TopologyReply.Refused.class, TopologyReply.Failed.class);
        assertThat(steps.image()).isSameAs(before);
    }

    @Test
    void clientsAreToldHowMany() {
        assertThat(run(large().getFirst()))
                .isEqualTo(new TopologyReply.Refused(
                        new RoutingRefusal.Invalid("arguments take 65545 bytes, 65536 are allowed")));
    }
}
