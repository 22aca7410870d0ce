package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;

/// Tells why nothing moves, once for each reason, while a client library tries again without a word.
///
/// Owned by: a daemon thread of its own, which asks and tells; made and closed by the command's.
public final class Patience implements AutoCloseable {
    private static final long LOOK_MS = 500;
    private static final long STILL_MS_MAX = 5_000;

    private final ClientOption client;
    private final BooleanSupplier waits;
    private final LongSupplier done;
    private final Consumer<CommandFailure> told;
    private final CountDownLatch over = new CountDownLatch(1);
    private String last = "";

    private Patience(ClientOption client, BooleanSupplier waits, LongSupplier done, Consumer<CommandFailure> told) {
        this.client = client;
        this.waits = waits;
        this.done = done;
        this.told = told;
    }

    /// @param waits whether somebody else has to act for this to go on
    /// @param done grows when it does
    /// @param told hears the reason, on another thread
    public static Patience watching(
            ClientOption client, BooleanSupplier waits, LongSupplier done, Consumer<CommandFailure> told) {
        var patience = new Patience(client, waits, done, told);
        Thread.ofPlatform().daemon().name("millrace-patience").start(patience::watch);
        return patience;
    }

    private void watch() {
        try {
            long before = done.getAsLong();
            long stillMs = 0;
            while (!over.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                long now = done.getAsLong();
                stillMs = now == before && waits.getAsBoolean() ? stillMs + LOOK_MS : 0;
                before = now;
                if (stillMs >= STILL_MS_MAX) {
                    tell();
                    stillMs = 0;
                }
            }
        } catch (InterruptedException endNow) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        CommandFailure why = reason().orElseGet(() -> new CommandFailure(
                ExitCode.UNREACHABLE, "Nothing was answered for " + STILL_MS_MAX / 1_000 + " seconds"));
        if (over.getCount() > 0 && waits.getAsBoolean() && !why.error().equals(last)) {
            last = why.error();
            told.accept(why);
        }
    }

    private Optional<CommandFailure> reason() {
        try (Admin admin = client.admin()) {
            return NoController.found(admin);
        } catch (CommandFailure nobodyAtAll) {
            return Optional.of(nobodyAtAll);
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
