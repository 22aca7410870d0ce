package io.millrace.conformance;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/// What Millrace must show at once, Kafka may show a little later.
///
/// Kafka answers an administrative request when its controller has decided; the broker learns of it afterwards, and a
/// client that asks in between sees the old state. Millrace answers when it is so, hence gets no second try.
public final class Soon {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Soon() {}

    /// Checks once against Millrace, and for a few seconds against Kafka.
    public static void check(ThrowingRunnable assertions) {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInSameThread()
                    .ignoreExceptions()
                    .untilAsserted(assertions);
        } else {
            runNow(assertions);
        }
    }

    private static void runNow(ThrowingRunnable assertions) {
        try {
            assertions.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
