package io.millrace.cli;

/// Where `bin/millrace` enters.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Commands.of(args).execute(args));
    }
}
