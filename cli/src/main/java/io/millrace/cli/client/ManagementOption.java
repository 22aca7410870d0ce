package io.millrace.cli.client;

import io.millrace.cli.output.Answer;
import io.millrace.cli.output.OutputOption;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where the management API is and who asks it: the same options for every command about virtual hosts and what is in
/// them.
public final class ManagementOption {
    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "Of any node (default: MILLRACE_MANAGEMENT or http://127.0.0.1:15672).")
    private String address = System.getenv().getOrDefault("MILLRACE_MANAGEMENT", "http://127.0.0.1:15672");

    @Option(
            names = "--login",
            paramLabel = "NAME:PASSWORD",
            description = "Who asks (default: MILLRACE_LOGIN or guest:guest).")
    private String login = System.getenv().getOrDefault("MILLRACE_LOGIN", "guest:guest");

    @Mixin
    private final OutputOption output = new OutputOption();

    public Management api() {
        return new Management(address, login);
    }

    public Answer answer() {
        return output.answer();
    }
}
