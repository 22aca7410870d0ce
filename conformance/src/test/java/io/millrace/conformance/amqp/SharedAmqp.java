package io.millrace.conformance.amqp;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands the same running AMQP broker to every test class that asks for one, and clients of their own to every test.
///
/// The broker is started before the first class that needs it, which is skipped when there is none, and ended when
/// JUnit closes its root store. Tests keep apart by fresh names.
final class SharedAmqp implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedAmqp.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        broker(context);
    }

    private static AmqpBroker broker(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(AmqpBroker.class, ignored -> AmqpBroker.start(), AmqpBroker.class);
    }

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD; // clients live as long as the test, not as long as its class
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == AmqpBroker.class || type == AmqpClients.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getParameter().getType() == AmqpBroker.class) {
            return broker(context);
        }
        // one for each test: the store of a test's own context closes what is in it
        return context.getStore(NAMESPACE)
                .computeIfAbsent(
                        AmqpClients.class,
                        ignored -> new AmqpClients(broker(context).address()),
                        AmqpClients.class);
    }
}
