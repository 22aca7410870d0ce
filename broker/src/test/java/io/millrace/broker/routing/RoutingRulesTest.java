package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.RoutingRefusal.DefaultExchange;
import io.millrace.broker.routing.RoutingRefusal.InUse;
import io.millrace.broker.routing.RoutingRefusal.Inequivalent;
import io.millrace.broker.routing.RoutingRefusal.Invalid;
import io.millrace.broker.routing.RoutingRefusal.NoExchange;
import io.millrace.broker.routing.RoutingRefusal.NoQueue;
import io.millrace.broker.routing.RoutingRefusal.ReservedName;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingRulesTest {
    private final RoutingTable table = RoutingTable.empty(new VhostName("/"))
            .with(List.of(
                    new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable("x", ExchangeType.TOPIC)),
                    new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable("h", ExchangeType.HEADERS)),
                    new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable("c", ExchangeType.CONSISTENT_HASH)),
                    new RoutingDelta.QueueDeclared(new QueueName("q")),
                    new RoutingDelta.Bound(new Binding("x", new ToQueue("q"), "key"))))
            .table();

    @Test
    void anEquivalentDeclarationIsFine() {
        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("x", ExchangeType.TOPIC)))
                .isEmpty();
        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("amq.topic", ExchangeType.TOPIC)))
                .isEmpty();
        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("new", ExchangeType.RANDOM)))
                .isEmpty();
    }

    @Test
    void theFirstDifferenceIsNamed() {
        var text = ArgumentValue.text("other");
        var arguments = Arguments.of(ExchangeSpec.ALTERNATE_EXCHANGE, text).with("x-anything", text);

        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("x", ExchangeType.DIRECT)))
                .contains(new Inequivalent(
                        new ExchangeName("x"),
                        new Inequivalence("type", false, ArgumentValue.text("direct"), ArgumentValue.text("topic"))));
        assertThat(difference(false, true, true, arguments)).isEqualTo("durable");
        assertThat(difference(true, true, true, arguments)).isEqualTo("auto_delete");
        assertThat(difference(true, false, true, arguments)).isEqualTo("internal");
        assertThat(RoutingRules.declare(table, spec(true, false, false, arguments)))
                .contains(new Inequivalent(
                        new ExchangeName("x"),
                        new Inequivalence(ExchangeSpec.ALTERNATE_EXCHANGE, true, text, new ArgumentValue.Nothing())));
    }

    private String difference(boolean durable, boolean autoDelete, boolean internal, Arguments arguments) {
        RoutingRefusal refusal = RoutingRules.declare(table, spec(durable, autoDelete, internal, arguments))
                .orElseThrow();
        return ((Inequivalent) refusal).difference().name();
    }

    private static ExchangeSpec spec(boolean durable, boolean autoDelete, boolean internal, Arguments arguments) {
        return new ExchangeSpec(new ExchangeName("x"), ExchangeType.TOPIC, durable, autoDelete, internal, arguments);
    }

    @Test
    void theBrokersOwnNamesAreRefused() {
        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("", ExchangeType.DIRECT)))
                .contains(new DefaultExchange());
        assertThat(RoutingRules.declare(table, ExchangeSpec.durable("amq.mine", ExchangeType.DIRECT)))
                .contains(new ReservedName(new ExchangeName("amq.mine")));
        assertThat(RoutingRules.delete(table, ExchangeName.DEFAULT, false)).contains(new DefaultExchange());
        assertThat(RoutingRules.delete(table, new ExchangeName("amq.topic"), false))
                .contains(new ReservedName(new ExchangeName("amq.topic")));
    }

    @Test
    void anExchangeInUseIsDeletedOnlyWhenNobodyAsksWhether() {
        ExchangeName used = new ExchangeName("x");

        assertThat(RoutingRules.delete(table, used, true)).contains(new InUse(used));
        assertThat(RoutingRules.delete(table, used, false)).isEmpty();
        assertThat(RoutingRules.delete(table, new ExchangeName("h"), true)).isEmpty();
        assertThat(RoutingRules.delete(table, new ExchangeName("none"), true)).isEmpty();
    }

    @Test
    void bothEndsOfABindingHaveToBeThere() {
        assertThat(bind("x", new ToQueue("q"), "k")).isNull();
        assertThat(bind("x", new ToTopic("any"), "k")).isNull();
        assertThat(bind("x", new ToExchange("h"), "k")).isNull();
        assertThat(bind("none", new ToQueue("q"), "k")).isEqualTo(new NoExchange(new ExchangeName("none")));
        assertThat(bind("x", new ToExchange("none"), "k")).isEqualTo(new NoExchange(new ExchangeName("none")));
        assertThat(bind("x", new ToQueue("none"), "k")).isEqualTo(new NoQueue(new QueueName("none")));
        assertThat(bind("", new ToQueue("q"), "k")).isEqualTo(new DefaultExchange());
        assertThat(bind("x", new ToExchange(""), "k")).isEqualTo(new DefaultExchange());
        assertThat(RoutingRules.unbind(new Binding("", new ToQueue("q"), "q"))).contains(new DefaultExchange());
        assertThat(RoutingRules.unbind(new Binding("none", new ToQueue("none"), "q")))
                .isEmpty();
    }

    /// Topics are in `/` only: elsewhere a binding would lead out of the virtual host.
    @Test
    void aTopicIsBoundToInItsOwnVirtualHostOnly() {
        RoutingTable tenant = RoutingTable.empty(new VhostName("tenant"));
        Binding binding = new Binding("amq.topic", new ToTopic("payroll"), "#");

        assertThat(RoutingRules.bind(tenant, binding)).contains(new NoQueue(new QueueName("payroll")));
        assertThat(RoutingRules.unbind(binding)).isEmpty();
    }

    @Test
    void typesLookAtTheirBindings() {
        assertThat(bind("c", new ToQueue("q"), "10")).isNull();
        assertThat(bind("c", new ToQueue("q"), "0")).isEqualTo(new Invalid("The binding key must be greater than 0"));
        assertThat(bind("c", new ToQueue("q"), "heavy"))
                .isEqualTo(new Invalid("The binding key must be an integer: <<\"heavy\">>"));
        assertThat(bind("c", new ToQueue("q"), "")).isEqualTo(new Invalid("The binding key must be an integer: <<>>"));
        assertThat(match(ArgumentValue.text("any-with-x"))).isNull();
        assertThat(match(ArgumentValue.text("some")))
                .isEqualTo(new Invalid(
                        "Invalid x-match field value <<\"some\">>; " + "expected all, any, all-with-x, or any-with-x"));
        assertThat(match(ArgumentValue.whole(1))).isInstanceOf(Invalid.class);
    }

    private RoutingRefusal match(ArgumentValue match) {
        var arguments = Arguments.of(HeadersPattern.MATCH, match);
        return RoutingRules.bind(table, new Binding(new ExchangeName("h"), new ToQueue("q"), "", arguments))
                .orElse(null);
    }

    private RoutingRefusal bind(String source, Destination destination, String key) {
        return RoutingRules.bind(table, new Binding(source, destination, key)).orElse(null);
    }

    @Test
    void typesLookAtTheirArguments() {
        assertThat(declare(ExchangeType.DELAYED, "x-delayed-type", "topic")).isEmpty();
        assertThat(declare(ExchangeType.DELAYED, "x-delayed-type", "x-message-deduplication"))
                .isEqualTo("Invalid argument, 'x-delayed-type' must be an existing exchange type");
        assertThat(declare(ExchangeType.DELAYED, "x-delayed-type", "x-delayed-message"))
                .isEqualTo("Invalid argument, 'x-delayed-type' must be an existing exchange type");
        assertThat(declare(ExchangeType.DELAYED, "other", "topic"))
                .isEqualTo("Invalid argument, 'x-delayed-type' must be an existing exchange type");
        assertThat(declare(ExchangeType.CONSISTENT_HASH, "hash-property", "message_id"))
                .isEmpty();
        assertThat(declare(ExchangeType.CONSISTENT_HASH, "hash-header", "anything"))
                .isEmpty();
        assertThat(declare(ExchangeType.CONSISTENT_HASH, "hash-property", "app_id"))
                .isEqualTo("Unsupported property: app_id");
    }

    private String declare(ExchangeType type, String argument, String value) {
        var arguments = Arguments.of(argument, ArgumentValue.text(value));
        return RoutingRules.declare(table, new ExchangeSpec(new ExchangeName("n"), type, true, false, false, arguments))
                .map(refusal -> ((Invalid) refusal).why())
                .orElse("");
    }
}
