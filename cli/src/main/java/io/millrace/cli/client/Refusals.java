package io.millrace.cli.client;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.LoggerFactory;

/// What the broker answers to batches that a producer goes on to send again: a full disk, too few replicas. The client
/// library tells nobody until it gives up, two minutes later, and then only that time is over; its log is the one place
/// where the answers are seen.
///
/// Owned by: the producer's thread, which logs; [#explain(CommandFailure)] may be called from any.
public final class Refusals extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final String LOGGER = "org.apache.kafka.clients.producer.internals.Sender";
    private static final Pattern RETRIED = Pattern.compile("on topic-partition (\\S+), retrying .*Error: (.+)");

    private static final String WORDS = ". Error Message: ";

    private final Consumer<String> told;
    private final Set<String> known = new LinkedHashSet<>();
    private final AtomicReference<String> latest = new AtomicReference<>("");

    private Refusals(Consumer<String> told) {
        this.told = told;
    }

    /// Listens from now on; each kind of answer is told once.
    public static Refusals heard(Consumer<String> told) {
        var refusals = new Refusals(told);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger log = context.getLogger(LOGGER);
            log.setAdditive(log.isWarnEnabled()); // shown as it is only to who asked for the library's log
            log.setLevel(Level.WARN);
            refusals.setContext(context);
            refusals.start();
            log.addAppender(refusals);
        }
        return refusals;
    }

    @Override
    protected void append(ILoggingEvent event) {
        Matcher retried = RETRIED.matcher(event.getFormattedMessage());
        if (retried.find()) {
            String answer = meaning(retried.group(2));
            latest.set(answer);
            if (known.add(answer)) {
                told.accept("The broker answers for " + retried.group(1) + ": " + answer + ". Trying again");
            }
        }
    }

    /// The broker's own words when it sent some, else what the library knows of the error.
    private static String meaning(String answer) {
        int words = answer.indexOf(WORDS);
        if (words >= 0) {
            return answer.substring(0, words) + " (" + answer.substring(words + WORDS.length()) + ")";
        }
        return Stream.of(Errors.values())
                .filter(error -> error.name().equals(answer))
                .findFirst()
                .map(error -> answer + " (" + error.message().replaceFirst("\\.$", "") + ")")
                .orElse(answer);
    }

    /// The failure, with what the broker said before it when that is why.
    public CommandFailure explain(CommandFailure failure) {
        String answer = latest.get();
        return answer.isEmpty() || failure.exit() != ExitCode.UNREACHABLE
                ? failure
                : new CommandFailure(
                        ExitCode.REFUSED,
                        "The broker answered " + answer + " until the time was over",
                        "Its log says more; --timeout SECONDS says how long to try");
    }

    @Override
    public void close() {
        if (getContext() instanceof LoggerContext context) {
            Logger log = context.getLogger(LOGGER);
            log.detachAppender(this);
            log.setLevel(null);
            log.setAdditive(true);
        }
        stop();
    }
}
