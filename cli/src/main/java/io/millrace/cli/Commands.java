package io.millrace.cli;

import io.millrace.cli.bench.BenchCommand;
import io.millrace.cli.cluster.ClusterCommand;
import io.millrace.cli.cluster.local.LocalClusterCommand;
import io.millrace.cli.config.ConfigCommand;
import io.millrace.cli.definitions.DefinitionsCommand;
import io.millrace.cli.doctor.DoctorCommand;
import io.millrace.cli.experiment.ExperimentCommand;
import io.millrace.cli.group.GroupCommand;
import io.millrace.cli.log.LogCommand;
import io.millrace.cli.policy.PolicyCommand;
import io.millrace.cli.queue.QueueCommand;
import io.millrace.cli.record.ConsumeCommand;
import io.millrace.cli.record.Outlet;
import io.millrace.cli.record.ProduceCommand;
import io.millrace.cli.start.StartCommand;
import io.millrace.cli.topic.TopicCommand;
import io.millrace.cli.user.UserCommand;
import io.millrace.cli.vhost.VhostCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The table of subcommands. Only the one that is asked for is made, since picocli reads every command's annotations:
/// the whole tree would cost each start some hundred milliseconds.
final class Commands {
    private Commands() {}

    private static Map<String, Supplier<Object>> table(Outlet outlet) {
        var table = new LinkedHashMap<String, Supplier<Object>>();
        table.put("start", StartCommand::new);
        table.put("topic", TopicCommand::new);
        table.put("produce", ProduceCommand::new);
        table.put("consume", () -> new ConsumeCommand(outlet));
        table.put("group", GroupCommand::new);
        table.put("queue", QueueCommand::new);
        table.put("policy", PolicyCommand::new);
        table.put("user", UserCommand::new);
        table.put("vhost", VhostCommand::new);
        table.put("definitions", DefinitionsCommand::new);
        table.put("cluster", ClusterCommand::new);
        table.put("log", LogCommand::new);
        table.put("config", ConfigCommand::new);
        table.put("local-cluster", LocalClusterCommand::new);
        table.put("experiment", ExperimentCommand::new);
        table.put("bench", BenchCommand::new);
        table.put("doctor", DoctorCommand::new);
        table.put("version", VersionCommand::new);
        table.put("completion", CompletionCommand::new);
        return table;
    }

    /// The command line for these arguments.
    ///
    /// @param outlet where records go; everything else is text and goes to the command line's own writers
    static CommandLine of(Outlet outlet, String... args) {
        Map<String, Supplier<Object>> table = table(outlet);
        String named = subcommand(args);
        Supplier<Object> only = table.get(named);
        var millrace = new MillraceCommand();
        var line = new CommandLine(millrace);
        if (only == null || named.equals("completion")) {
            table.forEach((name, command) -> line.addSubcommand(name, command.get()));
        } else {
            line.addSubcommand(named, only.get());
        }
        line.setExecutionStrategy(parsed -> execute(millrace, parsed));
        return configured(line, new Complaints(args));
    }

    /// The first word behind a broker's address; empty when there is none, or one that is to be looked at closer.
    private static String subcommand(String... args) {
        int at = 0;
        while (at < args.length && (args[at].startsWith("-b") || args[at].startsWith("--bootstrap"))) {
            at += args[at].equals("-b") || args[at].equals("--bootstrap") ? 2 : 1;
        }
        return at < args.length ? args[at] : "";
    }

    /// Who names a broker to a command that asks none has something else in mind than what would happen.
    private static int execute(MillraceCommand millrace, ParseResult parsed) {
        CommandLine last = parsed.asCommandLineList().getLast();
        CommandSpec command = last.getCommandSpec();
        if (millrace.namesBroker()
                && last.getSubcommands().isEmpty()
                && command.findOption("--bootstrap") == null
                && !last.isUsageHelpRequested()) {
            throw new ParameterException(
                    last, command.qualifiedName() + " asks no broker, so --bootstrap is not for it");
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static CommandLine configured(CommandLine line, Complaints complaints) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExpandAtFiles(false); // a topic or a header may begin with @
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler((wrong, words) -> complaints.misunderstood(wrong));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> complaints.failed(thrown, command));
        return line;
    }
}
