package io.millrace.cli;

/// Where `bin/millrace` enters.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        try {
            System.exit(Commands.of(args).execute(args));
        } catch (Error fault) {
            // Memory ran out, or a mapped file's disk did: threads that were started would keep a half-alive process.
            System.err.println("millrace: " + fault);
            Runtime.getRuntime().halt(ExitCode.FAILED.number());
        }
    }
}
