package io.millrace.cli;

/// A command can not go on; the message is for the user to read, and no stack trace is shown.
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ExitCode exit;
    private final String error;
    private final String hint;

    public CommandFailure(ExitCode exit, String error) {
        this(exit, error, "");
    }

    /// @param hint what the user may do about it, as a sentence without its full stop; empty when nobody knows
    public CommandFailure(ExitCode exit, String error, String hint) {
        super(together(error, hint));
        this.exit = exit;
        this.error = error;
        this.hint = hint;
    }

    public CommandFailure(ExitCode exit, String error, Throwable cause) {
        super(error, cause);
        this.exit = exit;
        this.error = error;
        this.hint = "";
    }

    /// @param hint as above
    public CommandFailure(ExitCode exit, String error, String hint, Throwable cause) {
        super(together(error, hint), cause);
        this.exit = exit;
        this.error = error;
        this.hint = hint;
    }

    private CommandFailure(CommandFailure why, String after) {
        super(together(why.error + after, why.hint), why);
        this.exit = why.exit;
        this.error = why.error + after;
        this.hint = why.hint;
    }

    private static String together(String error, String hint) {
        return hint.isEmpty() ? error : error + ". " + hint;
    }

    /// The same with more said after it.
    public CommandFailure and(String after) {
        return new CommandFailure(this, after);
    }

    public ExitCode exit() {
        return exit;
    }

    /// What went wrong, without the hint.
    public String error() {
        return error;
    }

    public String hint() {
        return hint;
    }
}
