package io.millrace.cli;

import io.millrace.cli.client.NoController;
import io.millrace.log.disk.StorageException;
import io.millrace.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Says in a user's words what went wrong, with the exit code for it.
public final class Failures {
    private Failures() {}

    public static CommandFailure of(Throwable thrown) {
        return switch (thrown) {
            case CommandFailure failure -> failure;
            case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
            case ConfigException wrong -> new CommandFailure(ExitCode.USAGE, message(wrong));
            case StorageException refused -> new CommandFailure(ExitCode.FAILED, message(refused));
            case KafkaException kafka -> ofKafka(kafka);
            case NoSuchFileException missing ->
                new CommandFailure(ExitCode.NOT_FOUND, "There is no " + missing.getFile());
            case IOException io -> new CommandFailure(ExitCode.FAILED, message(io));
            default -> new CommandFailure(ExitCode.FAILED, thrown.toString());
        };
    }

    private static CommandFailure ofKafka(KafkaException thrown) {
        return switch (thrown) {
            case BrokerNotAvailableException none -> NoController.failure(none);
            case TimeoutException slow -> told(ExitCode.UNREACHABLE, "No answer in time: ", slow);
            case DisconnectException lost -> told(ExitCode.UNREACHABLE, "The connection was lost: ", lost);
            case UnknownTopicOrPartitionException missing ->
                told(ExitCode.NOT_FOUND, "There is no such topic or partition: ", missing);
            case GroupIdNotFoundException missing -> told(ExitCode.NOT_FOUND, "There is no such group: ", missing);
            case AuthenticationException denied -> told(ExitCode.REFUSED, "Not allowed in: ", denied);
            case RetriableException later -> told(ExitCode.FAILED, "Not now, try again: ", later);
            case ApiException refused -> told(ExitCode.REFUSED, refusal(refused), refused);
            default ->
                thrown.getCause() == null || thrown.getCause() == thrown
                        ? told(ExitCode.FAILED, "", thrown)
                        : of(thrown.getCause());
        };
    }

    private static CommandFailure told(ExitCode exit, String before, KafkaException thrown) {
        return new CommandFailure(exit, before + message(thrown), thrown);
    }

    private static String refusal(ApiException refused) {
        String kind = refused.getClass().getSimpleName().replace("Exception", "");
        return "The broker refused ("
                + kind.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT) + "): ";
    }

    private static String message(Throwable thrown) {
        return Objects.requireNonNullElse(thrown.getMessage(), thrown.getClass().getSimpleName());
    }
}
