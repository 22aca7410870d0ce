package io.millrace.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NameLoopTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.7");

    private final CompletableFuture<InetAddress> slow = new CompletableFuture<>();
    private final AtomicInteger slowLookUps = new AtomicInteger();
    private final NameLoop names = new NameLoop(this::lookUp);

    private InetAddress lookUp(String host) throws UnknownHostException {
        return switch (host) {
            case "slow" -> {
                slowLookUps.incrementAndGet();
                yield slow.join();
            }
            case "sometimes-slow" -> slowLookUps.getAndIncrement() == 0 ? FIRST : slow.join();
            case "quick" -> FIRST;
            default -> throw new UnknownHostException(host);
        };
    }

    @AfterEach
    void stop() {
        slow.complete(FIRST);
        names.stop();
    }

    private CompletableFuture<InetSocketAddress> resolve(String host, int port) {
        CompletableFuture<InetSocketAddress> answer = new CompletableFuture<>();
        names.resolve(host, port, answer::complete);
        return answer;
    }

    @Test
    void aNameThatTakesLongHoldsUpNoOther() throws Exception {
        var dead = resolve("slow", 1);
        var again = resolve("slow", 2);

        assertThat(resolve("quick", 3).get(10, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(FIRST, 3));
        assertThat(resolve("nobody", 4).get(10, TimeUnit.SECONDS).isUnresolved())
                .isTrue();
        assertThat(dead).isNotDone();
        assertThat(again).isNotDone();

        slow.complete(FIRST);
        assertThat(dead.get(10, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(FIRST, 1));
        assertThat(again.get(10, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(FIRST, 2));
        assertThat(slowLookUps).hasValue(1);
    }

    @Test
    void theLastAddressIsGoodEnoughWhileANameIsLookedUp() throws Exception {
        assertThat(resolve("sometimes-slow", 1).get(10, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(FIRST, 1));
        var waiting = resolve("sometimes-slow", 2);

        assertThat(resolve("sometimes-slow", 3).get(10, TimeUnit.SECONDS)).isEqualTo(new InetSocketAddress(FIRST, 3));
        assertThat(waiting).isNotDone();
    }
}
