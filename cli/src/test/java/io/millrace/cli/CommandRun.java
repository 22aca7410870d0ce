package io.millrace.cli;

import io.millrace.cli.record.Outlet;
import java.io.PrintWriter;
import java.io.StringWriter;

/// What a command line printed and ended with, run inside the test's process.
record CommandRun(int exit, String out, String err) {
    static CommandRun of(String... args) {
        return of(MemoryOutlet.endless(), args);
    }

    /// With the records of `consume` written there.
    static CommandRun of(Outlet outlet, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Commands.of(outlet, args)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        return new CommandRun(exit, out.toString(), err.toString());
    }
}
