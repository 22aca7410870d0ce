package io.millrace.cli.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.config.Endpoint;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/// What the banner says about listeners.
class StartCommandTest {
    @Test
    void aListenerIsNamedAsItWasConfiguredWithThePortThatWasHad() {
        var bound = new InetSocketAddress("::", 9092);

        assertThat(StartCommand.bound(new Endpoint("0.0.0.0", 9092), bound)).isEqualTo("0.0.0.0:9092");
        assertThat(StartCommand.bound(new Endpoint("::", 0), bound)).isEqualTo("[::]:9092");
        assertThat(StartCommand.bound(new Endpoint("localhost", 0), bound)).isEqualTo("localhost:9092");
    }
}
