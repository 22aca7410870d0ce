package io.millrace.conformance;

import java.util.List;

/// What a program left behind.
///
/// @param command what was run
/// @param exit its exit code
/// @param out all it wrote to standard output
/// @param err all it wrote to standard error
public record Finished(List<String> command, int exit, String out, String err) {
    /// The same, after checking that it ended well.
    public Finished ok() {
        if (exit != 0) {
            throw new AssertionError("exit code " + exit + " of " + this);
        }
        return this;
    }

    /// Standard output, line by line.
    public List<String> lines() {
        return out.lines().toList();
    }

    @Override
    public String toString() {
        return String.join(" ", command) + "\nexit " + exit + "\nout: " + out + "\nerr: " + err;
    }
}
