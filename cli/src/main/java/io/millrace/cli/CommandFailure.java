package io.millrace.cli;

/// A command can not go on; the message is for the user to read, and no stack trace is shown.
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ExitCode exit;

    public CommandFailure(ExitCode exit, String message) {
        super(message);
        this.exit = exit;
    }

    public CommandFailure(ExitCode exit, String message, Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    public ExitCode exit() {
        return exit;
    }
}
