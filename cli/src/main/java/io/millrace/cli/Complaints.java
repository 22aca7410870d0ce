package io.millrace.cli;

import io.millrace.cli.output.Json;
import io.millrace.cli.output.Missing;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// How a command line says what went wrong, on stderr: a sentence for a person or, with `--output json`, one object
/// with `error` and `hint` for a program. Looks at the words themselves, because a command line that is wrong may not
/// have been understood as far as its `--output`.
final class Complaints {
    private final boolean asJson;

    Complaints(String... args) {
        this.asJson = wantsJson(List.of(args));
    }

    private static boolean wantsJson(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String word = args.get(i).toLowerCase(Locale.ROOT);
            boolean named = word.equals("-o") || word.equals("--output");
            if (named && i + 1 < args.size() && args.get(i + 1).equalsIgnoreCase("json")
                    || word.equals("-ojson")
                    || word.equals("-o=json")
                    || word.equals("--output=json")) {
                return true;
            }
        }
        return false;
    }

    int failed(Exception thrown, CommandLine command) {
        CommandFailure failure = Failures.of(thrown);
        if (asJson) {
            print(command.getErr(), failure.error(), failure.hint());
        } else {
            command.getErr().println(failure.getMessage());
            command.getErr().flush();
        }
        return failure.exit().number();
    }

    /// The words were wrong: the reason, what may have been meant, and where to read on. Only who named no subcommand
    /// at all is shown which ones there are.
    int misunderstood(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        // picocli says "option option '--set'" of a value that is no KEY=VALUE
        String reason = String.valueOf(wrong.getMessage()).replace("option option", "option");
        String help = command.getCommandSpec().qualifiedName() + " --help";
        if (asJson) {
            print(err, reason, help);
            return ExitCode.USAGE.number();
        }
        err.println(reason);
        if (wrong instanceof UnmatchedArgumentException) {
            UnmatchedArgumentException.printSuggestions(wrong, err);
        } else if (!command.getSubcommands().isEmpty()) {
            command.usage(err);
        }
        err.println("See " + help);
        err.flush();
        return ExitCode.USAGE.number();
    }

    private static void print(PrintWriter err, String error, String hint) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("error", error);
        object.put("hint", hint.isEmpty() ? Missing.VALUE : hint);
        err.println(Json.text(object));
        err.flush();
    }
}
