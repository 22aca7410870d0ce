package io.millrace.cli;

import io.millrace.cli.record.Outlet;
import io.millrace.cli.record.StandardOutput;

/// Where `bin/millrace` enters.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        try {
            var outlet = new StandardOutput();
            int exit = Commands.of(outlet, args).execute(args);
            System.exit(exit == 0 && System.out.checkError() ? unwritten(outlet).number() : exit);
        } catch (Error fault) {
            // Memory ran out, or a mapped file's disk did: threads that were started would keep a half-alive process.
            System.err.println("millrace: " + fault);
            Runtime.getRuntime().halt(ExitCode.FAILED.number());
        }
    }

    /// An answer that was given to nobody is no success. Streams of text keep the reason to themselves.
    private static ExitCode unwritten(Outlet outlet) {
        if (outlet.isAbandoned()) {
            return ExitCode.READER_GONE;
        }
        System.err.println("The output can not be written");
        return ExitCode.FAILED;
    }
}
