package io.millrace.cli;

/// What the process ends with. Part of the command's contract: a number never changes its meaning.
public enum ExitCode {
    /// Everything asked for was done.
    OK(0),
    /// It could not be done, for a reason that has no number of its own.
    FAILED(1),
    /// The command line or the configuration is wrong; nothing was tried.
    USAGE(2),
    /// No broker answers.
    UNREACHABLE(3),
    /// The topic, group or folder does not exist.
    NOT_FOUND(4),
    /// The broker said no: it exists already, a value is not allowed, members are still there.
    REFUSED(5),
    /// The check was made and found damage or a broken requirement.
    UNSOUND(6),
    /// Who read our output went away, as `head` does. What a shell reports of a tool that SIGPIPE ended.
    READER_GONE(141);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
