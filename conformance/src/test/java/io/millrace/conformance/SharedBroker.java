package io.millrace.conformance;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands the same running broker to every test class that asks for one: starting Kafka costs ten seconds.
///
/// The broker is started by the first test that needs it and ended when JUnit closes its root store. Tests keep
/// apart by fresh topic and group names.
public final class SharedBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedBroker.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrokerUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(BrokerUnderTest.class, ignored -> BrokerUnderTest.start(), BrokerUnderTest.class);
    }
}
