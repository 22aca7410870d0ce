package io.millrace.conformance.kafka;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.PeerClasspath;
import io.millrace.conformance.SharedBroker;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Java client 2.8.2, in a class loader that sees nothing newer. What is checked is written in [OldJavaClient].
@ExtendWith(SharedBroker.class)
final class OldJavaClientConformance {
    private static final String VERSION = "2.8.2";

    private final BrokerUnderTest broker;

    OldJavaClientConformance(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"produceAndConsume", "group", "admin"})
    void scenario(String scenario) throws Throwable {
        URL tests = OldJavaClient.class.getProtectionDomain().getCodeSource().getLocation();
        URL[] urls = Stream.concat(
                        Stream.of(tests),
                        Stream.of(PeerClasspath.of("kafka-client-2").urls()))
                .toArray(URL[]::new);

        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            run(loader, scenario);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void run(ClassLoader loader, String scenario) throws Throwable {
        try {
            loader.loadClass(OldJavaClient.class.getName())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {broker.bootstrap(), scenario, VERSION});
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
